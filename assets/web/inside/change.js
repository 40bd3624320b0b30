// What would make it another digit: every pixel changed by the same small amount, each in the direction that helps.

import { append, set, write } from "../lib/component.js";
import { percent, say } from "../lib/text.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const SIDE = 140; // px of a picture

export class Change {
  constructor(root, context) {
    Object.assign(this, { root, context });
    this.title = append(root, "h3");
    append(root, "p", "inside-quiet", say(
      "The fast gradient sign method: one step of the same size for every pixel, in the direction that helps the other digit. It shows how easily this network is misled, not how people see.",
    ));
    const label = append(root, "label", "inside-slide");
    this.name = append(label, "span", "", say("Size of the step"));
    this.hand = append(label, "input");
    this.value = append(label, "output");
    Object.assign(this.hand, { type: "range", min: 0, step: 1, value: 5 });
    this.hand.addEventListener("input", () => this.#paint());
    this.pictures = append(root, "div", "inside-three");
    this.told = append(root, "p", "inside-reading");
    set(this.told, "role", "status");
    this.when = append(root, "p", "inside-quiet");
  }

  show({ image, change }) {
    Object.assign(this, { image: bytesOf(image.pixels), change });
    this.hand.max = change.sizes.length - 1;
    const { target, sizes, shares } = change;
    write(this.title, say("What would make it a {digit}?", { digit: target }));
    const first = shares.findIndex((row) => readOf(row) === target);
    write(this.when, first < 0
      ? say("No size shown here makes it a {digit}.", { digit: target })
      : say("The smallest size that makes it a {digit}: {size} of the way from paper to ink.",
          { digit: target, size: percent(sizes[first]) }));
    this.#paint();
  }

  close() {}

  #paint() {
    const { change, image, context } = this;
    if (!change || !context.signs) return;
    const at = Number(this.hand.value);
    const step = 255 * change.sizes[at];
    const signs = bytesOf(change.signs); // 0 is less ink, 128 none, 255 more
    const changed = image.map((ink, i) => Math.max(0, Math.min(255, ink + step * Math.sign(signs[i] - 128))));
    const difference = changed.map((ink, i) => Math.round(127.5 + (ink - image[i]) / 2));
    write(this.value, say("{size} of ink", { size: percent(change.sizes[at]) }));
    this.pictures.replaceChildren();
    const show = (bytes, colours, title) => {
      const figure = append(this.pictures, "figure");
      pictureCanvas(append(figure, "div", "inside-box"), { size: [28, 28], bytes }, SIDE, colours, title);
      append(figure, "figcaption", "", title);
    };
    show(image, context.colours, say("The digit"));
    show(difference, context.signs, say("The change: blue more ink, orange less"));
    show(changed, context.colours, say("The changed digit"));
    const shares = change.shares[at];
    const read = readOf(shares);
    write(this.told, say("Read as {read} with {share}; {target} has {chance}.", {
      read, share: percent(shares[read], 1), target: change.target, chance: percent(shares[change.target], 1),
    }));
  }
}

function readOf(shares) {
  return shares.indexOf(Math.max(...shares));
}
