// From many numbers to two: a tour through ten dimensions, and a turn that keeps a map like the one before.

const DIMENSIONS = 10;
// Each plane that one of the two axes turns in has a speed of its own, the roots of primes, so that no view comes twice.
const SPEEDS = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59].map(Math.sqrt);

/** The corners of the ten dimensions in the plane, `[x, y]` each, after the tour has turned by `angle`: two columns that stand
 *  at right angles and have length 1 (Asimov 1985, the torus method). */
export function axesAt(angle) {
  // At first the corners stand around the middle, all as far apart as can be.
  const columns = [Math.cos, Math.sin].map((way) =>
    Array.from({ length: DIMENSIONS }, (_, i) => way((2 * Math.PI * i) / DIMENSIONS) / Math.sqrt(DIMENSIONS / 2)),
  );
  let speed = 0;
  for (const axis of [0, 1]) {
    for (let other = axis + 1; other < DIMENSIONS; other++) {
      const turn = angle * SPEEDS[speed++];
      const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
      for (const column of columns) {
        const [a, b] = [column[axis], column[other]];
        [column[axis], column[other]] = [cos * a - sin * b, sin * a + cos * b];
      }
    }
  }
  return Array.from({ length: DIMENSIONS }, (_, i) => [columns[0][i], columns[1][i]]);
}

/** Rows of ten numbers as places in the plane: `[x0, y0, x1, y1, ...]`. */
export function projected(rows, axes) {
  const places = new Float32Array((2 * rows.length) / DIMENSIONS);
  for (let row = 0; row < rows.length / DIMENSIONS; row++) {
    for (let i = 0; i < DIMENSIONS; i++) {
      const value = rows[row * DIMENSIONS + i];
      places[2 * row] += value * axes[i][0];
      places[2 * row + 1] += value * axes[i][1];
    }
  }
  return places;
}

/** Numbers of two bytes, the higher one first, from -most to most. */
export function lined(bytes, most) {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => ((256 * bytes[2 * i] + bytes[2 * i + 1]) / 65535 * 2 - 1) * most);
}

/** The rotation or reflection `(x, y) => [x, y]` after which `places` lie nearest to those `before` (Procrustes). */
export function turnedLike(places, before) {
  const sums = [0, 0, 0, 0]; // x x', x y', y x', y y'
  for (let i = 0; i < places.length; i += 2) {
    sums[0] += places[i] * before[i];
    sums[1] += places[i] * before[i + 1];
    sums[2] += places[i + 1] * before[i];
    sums[3] += places[i + 1] * before[i + 1];
  }
  const [rotated, mirrored] = [
    [sums[0] + sums[3], sums[1] - sums[2]],
    [sums[0] - sums[3], sums[1] + sums[2]],
  ].map(([cos, sin]) => ({ size: Math.hypot(cos, sin), cos, sin }));
  const { size, cos, sin } = rotated.size >= mirrored.size ? rotated : mirrored;
  if (!size) return (x, y) => [x, y];
  const [c, s, sign] = [cos / size, sin / size, rotated.size >= mirrored.size ? 1 : -1];
  return (x, y) => [c * x - sign * s * y, s * x + sign * c * y];
}
