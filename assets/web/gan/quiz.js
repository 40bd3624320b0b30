// Real or generated? The guessing game on the left; on the right D's verdict on a drawing, on a scale with its verdicts on
// real and on generated pictures.

import { append, button, markDark, mounting, set, write } from "../lib/component.js";
import { figure, percent, say } from "../lib/text.js";
import { Pen, paint, paintCross, Strokes } from "../pad/strokes.js";
import { Asking, isSeen, paint as paintPixels, picture, setSides } from "./play_parts.js";
import { Game } from "./quiz_game.js";

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

const drawings = new Map(); // run -> Strokes, so that coming back finds the drawing
const KINDS = {
  real: [say("real pictures"), (mean) => say("real pictures, {mean} on average", { mean })],
  made: [say("generated pictures"), (mean) => say("generated pictures, {mean} on average", { mean })],
};
const NOTHING = say("Draw a digit: D says how real it finds it.");

class Judge {
  constructor(parent, context) {
    this.context = context;
    if (!drawings.has(context.runId)) drawings.set(context.runId, new Strokes());
    this.strokes = drawings.get(context.runId);
    this.ask = new Asking(context, "judge", (answer) => this.show(answer));
    append(parent, "h3", "", say("Fool the discriminator"));
    append(parent, "p", "quiet", say("Draw a digit yourself. D does not know that you are no generator."));
    const body = append(parent, "div", "judge");
    this.buildPad(append(body, "div", "judge-pad"));
    this.buildVerdict(append(body, "div", "judge-verdict"));
    this.sizes = new ResizeObserver(() => this.paint());
    this.sizes.observe(this.canvas);
  }

  buildPad(box) {
    this.canvas = append(box, "canvas", "paper");
    Object.assign(this.canvas, { tabIndex: 0 });
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", say("Drawing pad: arrow keys move, space puts the pen down and up, Z undoes, C clears"));
    this.pen = new Pen(this.canvas, this.strokes, { moved: () => this.paint(), drawn: (ended) => this.drawn(ended) });
    const tools = append(box, "div", "tools");
    button(tools, { label: say("Undo"), why: say("Take the last stroke away"), kind: "push", does: () => this.act("undo") });
    button(tools, { label: say("Clear"), why: say("Begin again"), kind: "push", does: () => this.act("clear") });
  }

  buildVerdict(box) {
    this.verdict = box;
    this.words = append(box, "p", "judge-words", NOTHING);
    this.words.setAttribute("role", "status");
    this.scale = append(box, "div", "judge-scale");
    this.rows = Object.fromEntries(Object.entries(KINDS).map(([kind, [words]]) => {
      const row = append(this.scale, "div", `judge-row judge-${kind}`);
      const label = append(row, "span", "judge-label", words);
      return [kind, { label, track: append(row, "div", "judge-track"), ticks: [] }];
    }));
    this.mark = append(this.scale, "div", "judge-mark");
    append(this.mark, "span", "", say("yours"));
    const ends = append(this.scale, "div", "judge-ends");
    this.ends = [append(ends, "span"), append(ends, "span")];
    const seen = append(box, "div", "judge-seen");
    this.seen = picture(seen, say("What D sees"));
    append(seen, "span", "quiet", say("What D sees: 28 × 28 pixels, placed as in MNIST"));
  }

  act(name) {
    this.strokes[name]();
    this.drawn(true);
  }

  drawn(ended) {
    this.paint();
    this.refresh(ended);
  }

  refresh(now = true) {
    if (this.strokes.blank) {
      this.ask.drop();
      this.show({ verdict: null });
    } else {
      this.ask.want(this.strokes, now);
    }
  }

  show(answer) {
    const blank = answer.verdict === null;
    set(this.verdict, "data-blank", blank ? "yes" : "no");
    if (blank) return write(this.words, NOTHING);
    const { verdict, verdict_kind: kind, image, label, real, made, real_mean: realMean, made_mean: madeMean } = answer;
    paintPixels(this.seen, image);
    const all = [...real, ...made, verdict];
    const [low, high] = kind === "probability" ? [0, 1] : [Math.min(...all), Math.max(...all)];
    const at = (value) => `${100 * Math.max(0, Math.min(1, (value - low) / (high - low || 1)))}%`;
    this.tick("real", real, realMean, at, kind);
    this.tick("made", made, madeMean, at, kind);
    this.mark.style.left = at(verdict);
    write(this.ends[0], say("{verdict}: generated", { verdict: verdictOf(low, kind) }));
    write(this.ends[1], say("{verdict}: real", { verdict: verdictOf(high, kind) }));
    write(this.words, `${judged(verdictOf(verdict, kind), kind, label)} ${compared(verdict, realMean, madeMean)}`);
  }

  tick(kind, verdicts, mean, at, unit) {
    const { label, track, ticks } = this.rows[kind];
    while (ticks.length <= verdicts.length) ticks.push(append(track, "i", ticks.length ? "" : "mean"));
    ticks[0].style.left = at(mean);
    verdicts.forEach((value, i) => (ticks[i + 1].style.left = at(value)));
    write(label, KINDS[kind][1](verdictOf(mean, unit)));
  }

  paint() {
    const { canvas, strokes, pen } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (!side) return;
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    paint(context, strokes, side, style.color);
    if (pen.cross) paintCross(context, pen.cross, strokes.width, style.accentColor);
  }

  close() {
    this.ask.drop();
    this.sizes.disconnect();
  }
}

function verdictOf(value, kind) {
  return kind === "probability" ? percent(value) : figure(value);
}

/** D's verdict in a sentence; `digit` is what the drawing was judged as, or null. */
function judged(verdict, kind, digit) {
  if (kind === "probability") {
    return digit === null ? say("This is {verdict} real to D.", { verdict }) : say("As a {digit}, this is {verdict} real to D.", { digit, verdict });
  }
  return digit === null ? say("D's score for this is {verdict}.", { verdict }) : say("As a {digit}, D's score for this is {verdict}.", { digit, verdict });
}

function compared(verdict, real, made) {
  if (verdict >= real) return say("It is at least as real as real pictures are on average.");
  if (verdict <= made) return say("It is no more real than what G generates.");
  return say("It lies between what G generates and real pictures.");
}

export const mount = mounting((parent, data) => new Quiz(parent.querySelector(".play"), data), { perRun: true });
