// The guessing game: tap those of eight pictures that seem generated; then the truth, the score, and scores over time.

import { append, button, press, set, write } from "../lib/component.js";
import { plural, say, whole } from "../lib/text.js";
import { Asking, scaleWithin, Tile } from "./play_parts.js";

const PICTURES = 8;
const ACROSS = 4;
const LARGEST_SCALE = 7;
const BORDERS = 16; // px that the frames of a row take more than those of other tiles
const QUESTION = say("Some of these eight digits were written by people, some were generated. Tap those that are generated.");
const TRUTHS = { real: say("real"), made: say("generated") };

export class Game {
  constructor(parent, context) {
    this.context = context;
    this.ask = new Asking(context, "quiz", (answer) => this.deal(answer));
    append(parent, "h3", "", say("Which are generated?"));
    append(parent, "p", "quiet", QUESTION);
    this.board = append(parent, "div", "board");
    this.tiles = Array.from({ length: PICTURES }, (_, i) =>
      new Tile(this.board, { label: say("Picture {number}", { number: i + 1 }), why: say("Tap it if you think it was generated"), does: () => this.tap(i) }),
    );
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this.board);
    const bar = append(parent, "div", "tools");
    this.reveal = button(bar, { label: say("Show the truth"), why: say("Which are generated, and your score"), kind: "push main", does: () => this.next() });
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
    write(this.reveal.label, say("Show the truth"));
    this.tell();
  }

  tap(index) {
    if (!this.pictures || this.shown) return;
    if (!this.tapped.delete(index)) this.tapped.add(index);
    const { root, words } = this.tiles[index];
    press(root, this.tapped.has(index));
    write(words, this.tapped.has(index) ? say("generated?") : "");
    this.tell();
  }

  tell() {
    const count = this.tapped.size;
    const guess = plural("You think {count} of {all} is generated.", "You think {count} of {all} are generated.", { count, all: PICTURES });
    write(this.words, count ? say(guess) : "");
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
      write(words, `${found ? "✓" : "✗"} ${TRUTHS[truth]}`);
      const told = { number: i + 1, truth: TRUTHS[truth] };
      set(root, "aria-label", found ? say("Picture {number}: {truth}, you were right", told) : say("Picture {number}: {truth}, you were wrong", told));
    });
    write(this.words, say("{right} of {all} right, with G after round {step}.", { right, all: PICTURES, step: whole(this.step) }));
    write(this.reveal.label, say("Next eight"));
    this.scores.add(this.step, right);
  }

  close() {
    this.ask.drop();
    this.sizes.disconnect();
    this.scores.close();
  }
}

const GUESSING = 4; // right answers of eight by chance
const MOST = 200; // games kept
const HEIGHT = 132; // px
const EDGE = { left: 34, right: 12, top: 10, bottom: 24 };

class Scores {
  constructor(parent, runId) {
    this.place = `gan-quiz:${runId}`;
    this.games = recalled(this.place);
    append(parent, "p", "quiet", say("Right answers of eight, by the round that G had reached. At the dashed line it is pure guessing: nobody can tell."));
    this.canvas = append(parent, "canvas", "scores");
    this.canvas.setAttribute("role", "img");
    this.words = append(parent, "p", "quiet");
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.canvas);
  }

  add(step, right) {
    this.games = [...this.games, { step, right }].slice(-MOST);
    localStorage.setItem(this.place, JSON.stringify(this.games));
    this.draw();
  }

  draw() {
    const { canvas, games } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    if (!width) return;
    canvas.width = width * ratio;
    canvas.height = HEIGHT * ratio;
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const last = Math.max(1, ...games.map(({ step }) => step));
    const x = (step) => EDGE.left + (step / last) * (width - EDGE.left - EDGE.right);
    const y = (right) => HEIGHT - EDGE.bottom - (right / PICTURES) * (HEIGHT - EDGE.top - EDGE.bottom);
    drawAxes(pen, { x, y, width, last, style, empty: !games.length });
    drawGames(pen, games, x, y, style);
    const mean = games.reduce((sum, { right }) => sum + right, 0) / games.length;
    const score = plural("{count} game, {mean:.1f} of {best} right on average.", "{count} games, {mean:.1f} of {best} right on average.", {
      count: games.length, mean, best: PICTURES,
    });
    const words = games.length ? say(score) : say("No game yet: your first score appears here.");
    write(this.words, words);
    canvas.setAttribute("aria-label", words);
  }

  close() {
    this.sizes.disconnect();
  }
}

function drawAxes(pen, { x, y, width, last, style, empty }) {
  pen.font = `13px ${style.fontFamily}`;
  pen.fillStyle = pen.strokeStyle = style.color;
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  for (const right of [0, GUESSING, PICTURES]) {
    pen.globalAlpha = right === GUESSING ? 0.9 : 0.25;
    pen.setLineDash(right === GUESSING ? [5, 4] : []);
    pen.beginPath();
    pen.moveTo(EDGE.left, y(right));
    pen.lineTo(width - EDGE.right, y(right));
    pen.stroke();
    pen.globalAlpha = 1;
    pen.fillText(String(right), EDGE.left - 8, y(right));
  }
  pen.setLineDash([]);
  if (empty) return;
  pen.textBaseline = "alphabetic";
  pen.fillText(say("round {step}", { step: whole(last) }), x(last), HEIGHT - 5);
  pen.textAlign = "left";
  pen.fillText("0", EDGE.left, HEIGHT - 5);
}

function drawGames(pen, games, x, y, style) {
  const stacked = {};
  pen.fillStyle = style.accentColor;
  games.forEach(({ step, right }) => {
    const key = `${step},${right}`;
    stacked[key] = (stacked[key] ?? 0) + 1;
    pen.globalAlpha = 0.75;
    pen.beginPath();
    pen.arc(x(step), y(right), 4 + 1.5 * (stacked[key] - 1), 0, 2 * Math.PI);
    pen.fill();
  });
  pen.globalAlpha = 1;
}

function recalled(place) {
  try {
    return (JSON.parse(localStorage.getItem(place)) ?? []).filter(({ step, right }) => step >= 0 && right >= 0);
  } catch {
    return [];
  }
}
