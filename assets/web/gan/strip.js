// The time line of the film: a few small frames side by side, and a hand over them that can be dragged.

import { append, set } from "../lib/dom.js";


const SIDE = 56; // px: two digits by two
const FROM = [0, 56]; // px: the part of the sheet that a small frame shows
const GROWN = 1.25; // times as many frames as when the small ones were chosen

export class Strip {
  constructor(parent, scrub) {
    this.root = append(parent, "div", "studio-strip");
    this.row = append(this.root, "div", "studio-thumbs");
    this.row.setAttribute("aria-hidden", "true");
    this.moments = append(this.root, "div", "studio-moments");
    this.hand = append(this.root, "input", "studio-hand");
    this.hand.type = "range";
    this.hand.min = 1;
    this.hand.setAttribute("aria-label", "Frame of the film");
    this.hand.title = "Drag, or use the arrow keys, to see how the digits looked earlier";
    this.hand.addEventListener("input", () => scrub(Number(this.hand.value) - 1));
    this.small = [];
    this.frames = [];
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this.root);
  }

  open(frames, store) {
    Object.assign(this, { frames, store, chosen: 0, whole: false });
    this.hand.max = 1;
    this.hand.disabled = true;
    for (const canvas of this.small) {
      canvas.frame = canvas.wanted = null;
      canvas.getContext("2d").clearRect(0, 0, SIDE, SIDE);
    }
  }

  point(index) {
    this.hand.max = this.frames.length;
    this.hand.disabled = this.frames.length < 2;
    if (Number(this.hand.value) !== index + 1) this.hand.value = index + 1;
  }

  say(words) {
    set(this.hand, "aria-valuetext", words);
  }

  /** As many small frames as fit. */
  lay() {
    const count = Math.max(1, Math.floor(this.root.clientWidth / SIDE));
    if (!this.root.clientWidth || count === this.small.length) return;
    this.row.replaceChildren();
    this.small = Array.from({ length: count }, () => {
      const canvas = append(this.row, "canvas");
      canvas.width = canvas.height = SIDE;
      return canvas;
    });
    this.choose();
  }

  grew(ended) {
    this.hand.max = this.frames.length;
    const due = this.frames.length >= GROWN * this.chosen || (ended && !this.whole);
    if (!due || !this.small.length) return;
    this.whole = ended;
    this.choose();
  }

  choose() {
    this.chosen = this.frames.length;
    this.small.forEach((canvas, i) => {
      const index = Math.round(((i + 0.5) / this.small.length) * (this.chosen - 1));
      canvas.wanted = this.frames[index]?.frame ?? null;
    });
    if (!this.filling) this.fill();
  }

  /** Fetch and draw the small frames one after the other, so that the large one never waits for them. */
  async fill() {
    this.filling = true;
    for (;;) {
      const { store } = this;
      const canvas = this.small.find(({ wanted, frame }) => wanted && wanted !== frame);
      if (!canvas || !store) break;
      const frame = canvas.wanted;
      const picture = await store.get(frame);
      if (store !== this.store) continue;
      canvas.frame = frame;
      if (picture) canvas.getContext("2d").drawImage(picture, ...FROM, SIDE, SIDE, 0, 0, SIDE, SIDE);
    }
    this.filling = false;
  }

  /** Show a mark over each of the chosen frames. */
  mark(chosen) {
    this.moments.replaceChildren();
    for (const frame of chosen) {
      const index = this.frames.findIndex((kept) => kept.frame === frame);
      const mark = append(this.moments, "i");
      mark.style.left = `${(100 * index) / Math.max(1, this.frames.length - 1)}%`;
    }
  }

  close() {
    this.sizes.disconnect();
    this.store = null;
  }
}
