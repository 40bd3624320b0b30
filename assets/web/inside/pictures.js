// Pictures of the test set as buttons: pressed, one goes through the network. And what is asked about them.

import { append, button, set, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const SIDE = 28;
const SHOWN = 56; // px
const PATIENCE = 180_000; // ms: to read all test pictures takes seconds, and others may come first
const SILENCE = say("The server does not answer. Check the connection, then press again.");

/** Asks the server for what `told(answer)` gets, `{error: sentence}` where it refuses; only the newest question counts. */
export class Asker {
  constructor(told) {
    this.told = told;
  }

  async want(url) {
    this.drop();
    const control = (this.control = new AbortController());
    const timer = setTimeout(() => control.abort(), PATIENCE);
    const answer = await fetched(url, control.signal);
    clearTimeout(timer);
    if (this.control === control) this.told(answer);
  }

  drop() {
    this.control?.abort();
    this.control = null;
  }
}

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

async function fetched(url, signal) {
  try {
    const response = await fetch(url, { signal, cache: "no-store" });
    const answer = await response.json();
    return response.ok ? answer : { error: answer.error ?? SILENCE };
  } catch {
    return { error: SILENCE };
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

/** Two buttons around `{first}–{last} of {total}`; `turned(first)` is asked for another page. */
export class Pager {
  constructor(parent, turned) {
    this.root = append(parent, "div", "inside-pager");
    this.back = this.#turner("‹", say("Earlier ones"), () => turned(Math.max(0, this.first - this.most)));
    this.bounds = append(this.root, "span", "inside-bounds");
    this.next = this.#turner("›", say("Later ones"), () => turned(this.first + this.count));
    this.root.append(this.back, this.bounds, this.next);
  }

  show({ first, count, total, most }) {
    Object.assign(this, { first, count, most });
    this.root.hidden = total <= count && first === 0;
    this.bounds.textContent = say("{first}–{last} of {total}", { first: first + 1, last: first + count, total });
    this.back.disabled = first === 0;
    this.next.disabled = first + count >= total;
  }

  #turner(sign, name, does) {
    const made = append(this.root, "button", "inside-turn", sign);
    made.type = "button";
    made.setAttribute("aria-label", name);
    made.addEventListener("click", does);
    return made;
  }
}
