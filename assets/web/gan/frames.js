// The frames of a GAN's film, fetched by number, and the sheet of a hundred digits that shows one of them.

import { append, set, write } from "../lib/dom.js";

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

  /** The largest side up to `room` (CSS px) at which a pixel of the sheet covers whole pixels of the screen. */
  sideWithin(room) {
    const ratio = window.devicePixelRatio || 1;
    return (Math.max(1, Math.floor((room * ratio) / SIDE)) * SIDE) / ratio;
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
