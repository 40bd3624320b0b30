// Real or made? The guessing game on the left, one's own drawing before the discriminator on the right.

import { append, set, write } from "../lib/dom.js";
import { whole } from "../lib/format.js";
import { mounting } from "../lib/mounting.js";
import { markDark } from "../lib/theme.js";
import { isSeen, setSides } from "./play_parts.js";
import { Game } from "./quiz_game.js";
import { Judge } from "./quiz_judge.js";

const AGAIN = 1100; // ms between two looks at a discriminator that learns; the server has newer weights after 1000

class Quiz {
  constructor(root, data) {
    Object.assign(this, { root, runId: data.run_id, learning: data.learning });
    root.replaceChildren();
    for (const [kind, colour] of Object.entries(data.colours)) root.style.setProperty(`--${kind}`, colour);
    const context = { runId: data.run_id, refused: (sentence) => this.refused(sentence) };
    this.message = append(root, "p", "message");
    this.message.setAttribute("role", "status");
    const body = append(root, "div", "quiz-body");
    this.game = new Game(append(body, "section"), context);
    this.judge = new Judge(append(body, "section"), context);
    this.sizes = () => setSides(root);
    this.sizes();
    window.addEventListener("resize", this.sizes);
    this.clock = setInterval(() => this.again(), AGAIN);
    this.game.load();
    this.judge.refresh();
  }

  update({ data: { learning } }) {
    markDark(this.root);
    set(this.root, "data-learning", learning ? "yes" : "no");
    this.game.scores.draw();
    this.judge.paint();
    this.learning = learning;
  }

  again() {
    if (!isSeen(this.root)) return;
    if (!this.game.pictures) this.game.load();
    if (this.learning) this.judge.refresh(false);
  }

  refused(sentence) {
    write(this.message, sentence);
    set(this.message, "data-refused", sentence ? "yes" : "no");
  }

  remove() {
    clearInterval(this.clock);
    window.removeEventListener("resize", this.sizes);
    this.game.close();
    this.judge.close();
  }
}

export const mount = mounting((parent, data) => new Quiz(parent.querySelector(".play"), data), { perRun: true });

const BEST = 8;
const GUESSING = 4;
const MOST = 200;
const HEIGHT = 132; // px
const EDGE = { left: 34, right: 12, top: 10, bottom: 24 };

export class Scores {
  constructor(parent, runId) {
    this.place = `gan-quiz:${runId}`;
    this.games = recalled(this.place);
    append(parent, "p", "quiet", "Right answers of eight, by the round that G had reached. At the dashed line it is pure guessing: nobody can tell.");
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
    const y = (right) => HEIGHT - EDGE.bottom - (right / BEST) * (HEIGHT - EDGE.top - EDGE.bottom);
    drawAxes(pen, { x, y, width, last, style, empty: !games.length });
    drawGames(pen, games, x, y, style);
    const mean = games.reduce((sum, { right }) => sum + right, 0) / games.length;
    const words = games.length ? `${games.length} game${games.length > 1 ? "s" : ""}, ${mean.toFixed(1)} of ${BEST} right on average.` : "No game yet: your first score appears here.";
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
  for (const right of [0, GUESSING, BEST]) {
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
  pen.fillText(`round ${whole(last)}`, x(last), HEIGHT - 5);
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
