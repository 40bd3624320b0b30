// The keys of the Build page. Ctrl+Z takes the last change of the network back and Ctrl+Shift+Z or Ctrl+Y makes it again,
// but for whoever types in a field, which has its own undo. Who opens or folds a card by the keyboard goes on in it.

import { mounting } from "../lib/component.js";

function undo(event) {
  const key = event.key.toLowerCase();
  const [target] = event.composedPath();
  const typing = /^(input|textarea)$/i.test(target.tagName ?? "") || target.isContentEditable;
  if (!(event.ctrlKey || event.metaKey) || event.altKey || typing || !["z", "y"].includes(key)) return;
  const name = key === "y" || event.shiftKey ? "redo" : "undo";
  event.preventDefault();
  document.querySelector(`.st-key-${name} button:enabled`)?.click();
}

const PATIENCE = 5000; // ms for the page to draw a card anew, and anew once more
const ACTS = ["keydown", "pointerdown"]; // of a visitor who has gone on

class Keys {
  constructor(root) {
    this.root = root;
    this.settled = () => this.settle();
    document.addEventListener("keydown", undo);
    this.pressed = (event) => (this.byKeyboard = event.detail === 0); // a click without a pointer
    document.addEventListener("click", this.pressed, true);
  }

  update({ data: { card, folded, count } }) {
    const place = folded ? `.st-key-line-${card} button` : `[class*="st-key-layer-${card}-"] input`;
    if (this.count !== undefined && count !== this.count && this.byKeyboard) this.enter(place);
    this.count = count;
  }

  /** Put the focus on the first field of a card, or on its line, as soon as that is there; again where it is drawn anew
   *  under the focus, until the visitor goes on. */
  enter(place) {
    this.settle();
    let field = null;
    const find = () => {
      if (field && document.activeElement !== document.body) return;
      field = document.querySelector(place) ?? field;
      field?.focus();
    };
    this.watch = new MutationObserver(find);
    this.watch.observe(document.body, { childList: true, subtree: true });
    this.timer = setTimeout(() => this.settle(), PATIENCE);
    for (const act of ACTS) document.addEventListener(act, this.settled, true);
    find();
  }

  settle() {
    this.watch?.disconnect();
    clearTimeout(this.timer);
    for (const act of ACTS) document.removeEventListener(act, this.settled, true);
  }

  remove() {
    this.settle();
    document.removeEventListener("keydown", undo);
    document.removeEventListener("click", this.pressed, true);
  }
}

export const mount = mounting((parent) => new Keys(parent));
