// The guessing game: eight pictures, those are tapped that seem made, then the truth, the score, and scores over time.

import { append, button, press, set, write } from "../lib/dom.js";
import { whole } from "../lib/format.js";
import { Asking, scaleWithin, Tile } from "./play_parts.js";
import { Scores } from "./quiz.js";

const PICTURES = 8;
const ACROSS = 4;
const LARGEST_SCALE = 7;
const BORDERS = 16; // px that the frames of a row take more than those of other tiles
const QUESTION = "Some of these eight digits were written by people, some were made. Tap those that are made.";

export class Game {
  constructor(parent, context) {
    this.context = context;
    this.ask = new Asking(context, "quiz", (answer) => this.deal(answer));
    append(parent, "h3", "", "Which are made?");
    append(parent, "p", "quiet", QUESTION);
    this.board = append(parent, "div", "board");
    this.tiles = Array.from({ length: PICTURES }, (_, i) =>
      new Tile(this.board, { label: `Picture ${i + 1}`, why: "Tap it if you think it was made", does: () => this.tap(i) }),
    );
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this.board);
    const bar = append(parent, "div", "tools");
    this.reveal = button(bar, { label: "Show the truth", why: "Who made which, and your score", kind: "push main", does: () => this.next() });
    this.words = append(bar, "p", "verdict");
    this.words.setAttribute("role", "status");
    this.scores = new Scores(parent, context.runId);
    this.pictures = null;
  }

  lay() {
    const scale = scaleWithin(this.board.clientWidth - BORDERS, ACROSS, LARGEST_SCALE);
    for (const tile of this.tiles) tile.scale = scale;
  }

  /** Eight new pictures by the newest G. */
  load() {
    this.ask.want({ seed: Math.floor(Math.random() * 2 ** 31) });
  }

  deal({ step, pictures }) {
    Object.assign(this, { step, pictures, shown: false, tapped: new Set() });
    this.tiles.forEach((tile, i) => {
      press(tile.root, false);
      tile.root.removeAttribute("data-truth");
      tile.show(pictures[i].image, "", "");
    });
    write(this.reveal.label, "Show the truth");
    this.say();
  }

  tap(index) {
    if (!this.pictures || this.shown) return;
    if (!this.tapped.delete(index)) this.tapped.add(index);
    const { root, words } = this.tiles[index];
    press(root, this.tapped.has(index));
    write(words, this.tapped.has(index) ? "made?" : "");
    this.say();
  }

  say() {
    write(this.words, this.tapped.size ? `You think ${this.tapped.size} of ${PICTURES} are made.` : "");
  }

  next() {
    if (!this.pictures) return;
    if (this.shown) this.load();
    else this.show();
  }

  show() {
    this.shown = true;
    let right = 0;
    this.pictures.forEach(({ real }, i) => {
      const { root, words } = this.tiles[i];
      const found = this.tapped.has(i) !== real;
      right += found;
      const truth = real ? "real" : "made";
      set(root, "data-truth", truth);
      write(words, `${found ? "✓" : "✗"} ${truth}`);
      set(root, "aria-label", `Picture ${i + 1}: ${truth}, you were ${found ? "right" : "wrong"}`);
    });
    write(this.words, `${right} of ${PICTURES} right, with G after round ${whole(this.step)}.`);
    write(this.reveal.label, "Next eight");
    this.scores.add(this.step, right);
  }

  close() {
    this.ask.drop();
    this.sizes.disconnect();
    this.scores.close();
  }
}
