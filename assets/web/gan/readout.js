// The figures of a GAN's run on digits: its head, and tiles that say how good its pictures are.

import { append, set, write } from "../lib/dom.js";
import { NONE, percent, whole } from "../lib/format.js";
import { GanHead, tile } from "./head.js";

export class Readout {
  constructor(parent) {
    this.head = new GanHead(parent);
  }

  /** The tiles stand elsewhere on the page than the head; `explain(sentence)` is called when one is pressed. */
  addTiles(parent, explain) {
    this.tiles = append(parent, "div", "studio-tiles");
    this.tiles.addEventListener("click", (event) => {
      const pressed = event.target.closest(".studio-tile");
      if (pressed) explain(pressed.title);
    });
    this.distance = tile(this.tiles, "Distance", "", "button");
    this.covered = tile(this.tiles, "Digits covered", "How many of the ten digits are drawn at least one time in a hundred.", "button");
    this.cells = append(this.covered.parentElement, "div", "studio-cells");
    for (let digit = 0; digit < 10; digit++) append(this.cells, "i", "", String(digit));
    this.agreement = tile(
      this.tiles,
      "Drawn as asked",
      "Of the digits that G was asked for, how many a classifier reads as that digit. 95 % and more is good.",
      "button",
    );
    this.variety = tile(
      this.tiles,
      "Variety",
      "How different the pictures of one digit are, beside real ones: 100 % is as varied as MNIST, near 0 is always the same picture.",
      "button",
    );
  }

  show({ facts, started }, connection) {
    this.head.show(facts, connection);
    const { quality } = facts;
    const real = started?.real_distance;
    write(this.distance, quality ? distance(quality.distance) : NONE);
    set(
      this.distance.parentElement,
      "title",
      "Fréchet distance of made pictures from real ones, by what a digit classifier sees in them. " +
        `Pure noise is at 1,046, readable from about 25, clean from 12${real ? `; real pictures score ${real.toFixed(0)}` : ""}.`,
    );
    write(this.covered, quality ? `${quality.digits_covered} / 10` : NONE);
    write(this.agreement, quality ? percent(quality.agreement ?? NaN) : NONE);
    write(this.variety, quality ? percent(quality.variety) : NONE);
    const shares = quality?.shares ?? [];
    this.cells.childNodes.forEach((cell, digit) => {
      const share = shares[digit] ?? 0;
      set(cell, "data-covered", share >= 0.01 ? "yes" : "no");
      set(cell, "title", `${digit}: ${percent(share)} of the made pictures`);
    });
  }
}

function distance(value) {
  return value >= 100 ? whole(value) : value.toFixed(1);
}
