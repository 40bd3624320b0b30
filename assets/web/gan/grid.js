// The sheet of a hundred made digits, each pixel a whole number of screen pixels.

import { append, set, write } from "../lib/dom.js";


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
