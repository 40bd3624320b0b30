// The tour keeps right angles and lengths, and a map that was turned is turned back.

import { axesAt, lined, projected, turnedLike } from "/web/inside/plane_of.js";
import { equal, near } from "./expect.js";

const dot = (corners, a, b) => corners.reduce((sum, corner) => sum + corner[a] * corner[b], 0);

export function the_axes_of_the_tour_stay_at_right_angles_and_of_length_one() {
  for (const angle of [0, 0.1, 3, 250]) {
    const corners = axesAt(angle);
    equal(corners.length, 10);
    near(dot(corners, 0, 0), 1);
    near(dot(corners, 1, 1), 1);
    near(dot(corners, 0, 1), 0);
  }
  const [before, after] = [axesAt(1), axesAt(1.5)];
  if (Math.abs(before[0][0] - after[0][0]) < 1e-3) throw new Error("the tour stands still");
}

export function a_picture_of_one_digit_lies_in_its_corner() {
  const axes = axesAt(0.4);
  const sure = Float32Array.from({ length: 10 }, (_, i) => Number(i === 7));
  const [x, y] = projected(sure, axes);
  near(x, axes[7][0], 1e-6);
  near(y, axes[7][1], 1e-6);
}

export function two_bytes_are_one_number() {
  equal([...lined(Uint8Array.from([0, 0, 255, 255]), 2)], [-2, 2]);
}

export function a_turned_or_mirrored_map_is_turned_back() {
  const before = [3, 1, -2, 0.5, 0, -4, 1, 1];
  for (const mirror of [1, -1]) {
    const [cos, sin] = [Math.cos(2.2), Math.sin(2.2)];
    const turned = [];
    for (let i = 0; i < before.length; i += 2) {
      const [x, y] = [before[i], mirror * before[i + 1]];
      turned.push(cos * x - sin * y, sin * x + cos * y);
    }
    const back = turnedLike(turned, before);
    for (let i = 0; i < before.length; i += 2) {
      const [x, y] = back(turned[i], turned[i + 1]);
      near(x, before[i], 1e-6);
      near(y, before[i + 1], 1e-6);
    }
  }
}

export function nothing_can_be_turned_like_a_single_point() {
  equal(turnedLike([0, 0], [1, 1])(2, 3), [2, 3]);
}
