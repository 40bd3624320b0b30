// The frames of a GAN's film, fetched by number; the sheet of a hundred digits that shows one, the strip that shows many.

import { append, set, write } from "../lib/component.js";
import { say } from "../lib/text.js";

const MOST_DECODED = 90; // of 280 x 280 px: 28 MB

export class Frames {
  constructor(runId) {
    this.address = `/api/runs/${encodeURIComponent(runId)}/frames/`;
    this.decoded = new Map(); // number -> ImageBitmap, the last used one last
    this.coming = new Map(); // number -> promise
    this.stop = new AbortController();
  }

  /** The picture of `frame` when it lies ready, else null. */
  ready(frame) {
    const picture = this.decoded.get(frame);
    if (!picture) return null;
    this.decoded.delete(frame);
    this.decoded.set(frame, picture);
    return picture;
  }

  /** A promise of the picture of `frame`; null when it could not be had. */
  async get(frame) {
    const picture = this.ready(frame);
    if (picture) return picture;
    if (!this.coming.has(frame)) this.coming.set(frame, this.fetch(frame));
    return this.coming.get(frame);
  }

  async fetch(frame) {
    try {
      const answer = await fetch(this.address + frame, { signal: this.stop.signal });
      if (!answer.ok) return null;
      const picture = await this.read(answer);
      this.keep(frame, picture);
      return picture;
    } catch {
      return null; // the visitor went on, or the connection broke: the next frame comes soon
    } finally {
      this.coming.delete(frame);
    }
  }

  /** What an answer of the server holds, ready to be drawn. */
  async read(answer) {
    return createImageBitmap(await answer.blob());
  }

  keep(frame, picture) {
    this.decoded.set(frame, picture);
    if (this.decoded.size > MOST_DECODED) this.decoded.delete(this.decoded.keys().next().value);
  }

  close() {
    this.stop.abort();
    this.decoded.clear();
  }
}

const SIDE = 280; // px of the sheet as it comes
const ROWS = 10;

export class Grid {
  constructor(parent) {
    this.root = append(parent, "div", "studio-sheet");
    this.labels = append(this.root, "div", "studio-rows");
    this.labels.setAttribute("aria-hidden", "true");
    for (let digit = 0; digit < ROWS; digit++) append(this.labels, "span", "", String(digit));
    this.canvas = append(this.root, "canvas", "studio-canvas");
    this.canvas.width = this.canvas.height = SIDE;
    this.canvas.setAttribute("role", "img");
    this.pen = this.canvas.getContext("2d");
    this.empty = append(this.root, "span", "studio-empty");
  }

  /** Make it as large as `room` (CSS px) allows, so that a pixel of the sheet covers whole pixels of the screen; or one
   *  and a half, where two are too many. The new side in CSS px. */
  fit(room) {
    const ratio = window.devicePixelRatio || 1;
    const most = (room * ratio) / SIDE;
    const scale = Math.max(1, most < 2 ? Math.floor(2 * most) / 2 : Math.floor(most));
    set(this.root, "data-smooth", Number.isInteger(scale) ? "no" : "yes");
    return (scale * SIDE) / ratio;
  }

  /** Put a decoded picture on the sheet in one go; what was there stays until then. */
  show(picture, words) {
    this.pen.drawImage(picture, 0, 0, SIDE, SIDE);
    set(this.canvas, "aria-label", words);
    set(this.root, "data-drawn", "yes");
    write(this.empty, "");
  }

  clear(words) {
    this.pen.clearRect(0, 0, SIDE, SIDE);
    set(this.root, "data-drawn", "no");
    set(this.canvas, "aria-label", words);
    write(this.empty, words);
  }

  set conditional(told) {
    set(this.root, "data-labelled", told ? "yes" : "no");
  }
}

const SMALL_SIDE = 56; // px: two digits by two
const SMALL_FROM = [0, 56]; // px: the part of the sheet that a small frame shows
const GROWN = 1.25; // times as many frames as when the small ones were chosen

/** The time line: small frames over the whole film, and a hand to scrub. */
export class Strip {
  constructor(parent, scrub) {
    this.root = append(parent, "div", "studio-strip");
    this.row = append(this.root, "div", "studio-thumbs");
    this.row.setAttribute("aria-hidden", "true");
    this.moments = append(this.root, "div", "studio-moments");
    this.hand = append(this.root, "input", "studio-hand");
    this.hand.type = "range";
    this.hand.min = 1;
    this.hand.setAttribute("aria-label", say("Frame of the film"));
    this.hand.title = say("Drag, or use the arrow keys, to see how the digits looked earlier");
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
      canvas.getContext("2d").clearRect(0, 0, SMALL_SIDE, SMALL_SIDE);
    }
  }

  point(index) {
    this.hand.max = this.frames.length;
    this.hand.disabled = this.frames.length < 2;
    if (Number(this.hand.value) !== index + 1) this.hand.value = index + 1;
  }

  describe(words) {
    set(this.hand, "aria-valuetext", words);
  }

  /** As many small frames as fit. */
  lay() {
    const count = Math.max(1, Math.floor(this.root.clientWidth / SMALL_SIDE));
    if (!this.root.clientWidth || count === this.small.length) return;
    this.row.replaceChildren();
    this.small = Array.from({ length: count }, () => {
      const canvas = append(this.row, "canvas");
      canvas.width = canvas.height = SMALL_SIDE;
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
      if (picture) canvas.getContext("2d").drawImage(picture, ...SMALL_FROM, SMALL_SIDE, SMALL_SIDE, 0, 0, SMALL_SIDE, SMALL_SIDE);
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
