// Pictures of the test set as buttons: pressed, one goes through the network. And parts that ask about them.

import { Asker } from "../lib/asking.js";
import { append, button, set, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const SIDE = 28;
const SHOWN = 56; // px

/** A part that asks when it is first seen, and shows the answer until it is to forget it. Whoever extends it has
 *  `begin()`, which asks, `show()`, and `note`, the place for what is said meanwhile. */
export class AskedOnce {
  constructor(root, context, title) {
    Object.assign(this, { root, context, answer: null, asked: false });
    set(root, "role", "region");
    set(root, "aria-label", title);
    this.asker = new Asker((answer) => this.#told(answer));
  }

  /** What stands above: a title, a button that asks again, and the place for what is said meanwhile. */
  buildHead(title, label, why) {
    const head = append(this.root, "div", "inside-question");
    this.title = append(head, "h2", "inside-title", title);
    this.again = button(head, { label, why, kind: "inside-button", does: () => this.begin() });
    this.note = append(this.root, "p", "inside-quiet");
    set(this.note, "role", "status");
  }

  forget() {
    this.asker.drop();
    Object.assign(this, { answer: null, asked: false });
  }

  take() {}

  paint() {
    if (this.answer) this.show();
    else if (!this.asked) this.begin();
  }

  close() {
    this.asker.drop();
  }

  ask(part, query) {
    this.asked = true;
    this.asker.want(this.context.address(part, query));
  }

  #told(answer) {
    if (answer.error) {
      this.asked = false;
      write(this.note, answer.error);
      return;
    }
    this.answer = answer;
    this.show();
  }
}

/** Show `items` in `root`, each with its pixels (bytes, or as base64) and the text that `named(item)` gives; `through(number, pixels)` gets the
 *  one that is pressed. */
export function showPictures(root, items, pixels, { named, through, colours }) {
  root.replaceChildren();
  const bytes = typeof pixels === "string" ? bytesOf(pixels) : pixels;
  items.forEach((item, i) => {
    const own = bytes.slice(i * SIDE * SIDE, (i + 1) * SIDE * SIDE);
    const made = append(append(root, "li"), "button", "inside-tile");
    made.type = "button";
    const words = named(item);
    const name = say("Test picture {number}: {words}. Send it through the network.", { number: item.number, words });
    set(made, "aria-label", name);
    made.title = name;
    const canvas = pictureCanvas(made, { size: [SIDE, SIDE], bytes: own }, SHOWN, colours, "");
    canvas.removeAttribute("role");
    append(made, "span", "", words);
    made.addEventListener("click", () => through(item.number, own));
  });
}
