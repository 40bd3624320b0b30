// Draw a digit and ask D: its verdict on a scale, among those on real and on made pictures.

import { append, button, set, write } from "../lib/dom.js";
import { figure } from "../lib/format.js";
import { Asking, paint as paintPixels, picture } from "./play_parts.js";
import { Pen, paintCross } from "../pad/pen.js";
import { Strokes, paint } from "../pad/strokes.js";

const drawings = new Map(); // run -> Strokes, so that coming back finds the drawing
const KINDS = { real: "real pictures", made: "made pictures" };
const NOTHING = "Draw a digit: D says how real it finds it.";

export class Judge {
  constructor(parent, context) {
    this.context = context;
    if (!drawings.has(context.runId)) drawings.set(context.runId, new Strokes());
    this.strokes = drawings.get(context.runId);
    this.ask = new Asking(context, "judge", (answer) => this.show(answer));
    append(parent, "h3", "", "Fool the discriminator");
    append(parent, "p", "quiet", "Draw a digit yourself. D does not know that you are no generator.");
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
    this.canvas.setAttribute("aria-label", "Drawing pad: arrow keys move, space puts the pen down and up, Z undoes, C clears");
    this.pen = new Pen(this.canvas, this.strokes, { moved: () => this.paint(), drawn: (ended) => this.drawn(ended) });
    const tools = append(box, "div", "tools");
    button(tools, { label: "Undo", why: "Take the last stroke away", kind: "push", does: () => this.act("undo") });
    button(tools, { label: "Clear", why: "Begin anew", kind: "push", does: () => this.act("clear") });
  }

  buildVerdict(box) {
    this.verdict = box;
    this.words = append(box, "p", "judge-words", NOTHING);
    this.words.setAttribute("role", "status");
    this.scale = append(box, "div", "judge-scale");
    this.rows = Object.fromEntries(Object.entries(KINDS).map(([kind, words]) => {
      const row = append(this.scale, "div", `judge-row judge-${kind}`);
      const label = append(row, "span", "judge-label", words);
      return [kind, { label, track: append(row, "div", "judge-track"), ticks: [] }];
    }));
    this.mark = append(this.scale, "div", "judge-mark");
    append(this.mark, "span", "", "yours");
    const ends = append(this.scale, "div", "judge-ends");
    this.ends = [append(ends, "span"), append(ends, "span")];
    const seen = append(box, "div", "judge-seen");
    this.seen = picture(seen, "What D sees");
    append(seen, "span", "quiet", "What D sees: 28 × 28 pixels, placed as in MNIST");
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
    this.ends.forEach((end, i) => write(end, i ? `${said(high, kind)}: real` : `${said(low, kind)}: made`));
    const digit = label === null ? "This" : `As a ${label}, this`;
    write(this.words, `${digit} is ${said(verdict, kind)}${kind === "probability" ? " real" : ""} to D: ${compared(verdict, realMean, madeMean)}`);
  }

  tick(kind, verdicts, mean, at, unit) {
    const { label, track, ticks } = this.rows[kind];
    while (ticks.length <= verdicts.length) ticks.push(append(track, "i", ticks.length ? "" : "mean"));
    ticks[0].style.left = at(mean);
    verdicts.forEach((value, i) => (ticks[i + 1].style.left = at(value)));
    write(label, `${KINDS[kind]}, ${said(mean, unit)} on average`);
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

function said(value, kind) {
  return kind === "probability" ? `${(100 * value).toFixed(0)} %` : figure(value);
}

function compared(verdict, real, made) {
  if (verdict >= real) return "at least as real as real pictures are on average.";
  if (verdict <= made) return "no more real than what G makes.";
  return "between what G makes and real pictures.";
}
