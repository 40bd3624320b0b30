// Two small plots over the rounds: both losses, and D's mean verdict on real and on generated points.

import { append } from "../lib/component.js";
import { SpokenChart } from "../lib/spoken_chart.js";
import { figure, say, whole } from "../lib/text.js";
import { reach } from "../lib/chart_frame.js";
import { css } from "./picture.js";

const LEFT = 40; // px for the numbers beside an axis
const TITLE = 24; // px
const TITLE_SIZE = 13; // px
const [KEY, KEY_GAP] = [36, 8]; // px of the line before a name, and after a name
const FOOT = 16; // px
const OPENER = 64; // px of the button beside the titles
const FIRST_ROUNDS = 500;
const PLOTS = [
  { title: say("Loss"), lines: [["dLoss", "discriminator", say("of D"), [6, 3]], ["gLoss", "generator", say("of G"), []]] },
  { title: say("D's verdict"), lines: [["real", "real", say("on real"), [6, 3]], ["made", "made", say("on generated"), []]], verdict: true },
];

/** What the chart shows now, in a sentence; and its curves as a table has them. */
function sentence(record) {
  if (!record?.facts.step) return say("Nothing is drawn yet: the first round is not played.");
  const [d, g, real, made] = series(record).map(([, { y }]) => figure(y.at(-1)));
  return say("At round {step:,} the loss of D is {d}, that of G {g}; D's verdict is {real} on real and {made} on generated points.", { step: record.facts.step, d, g, real, made });
}

function series(record) {
  if (!record) return [];
  const { dLoss, gLoss, real, made } = record.curves;
  return [
    [say("D's loss"), dLoss, ".3f"],
    [say("G's loss"), gLoss, ".3f"],
    [say("D on real points"), real, ".3f"],
    [say("D on generated points"), made, ".3f"],
  ];
}

export class PlaneCurves {
  /** `seek(step)` is called when the visitor clicks on a round. */
  constructor(parent, seek) {
    this.root = append(parent, "div", "plane-chart");
    this.canvas = append(this.root, "canvas", "plane-curves");
    this.canvas.title = say("Click to see the picture of that round");
    this.pen = this.canvas.getContext("2d");
    this.spoken = new SpokenChart(this.canvas, {
      name: say("Both losses, and D's mean verdict on real and on generated points, over the rounds"),
      counts: say("round"),
      series: () => series(this.record),
      sentence: () => sentence(this.record),
      pointed: (step) => this.point(step),
      chosen: seek,
    });
    this.canvas.addEventListener("click", ({ offsetX }) => {
      const share = (offsetX - LEFT) / (this.canvas.clientWidth - LEFT);
      if (share >= 0 && this.record?.facts.step) seek(share * this.reach());
    });
  }

  /** Mark a round that the keys have come to; null for none. */
  point(step) {
    this.pointed = step;
    this.paint(this.record, this.shown);
  }

  reach() {
    return reach(this.record.facts, FIRST_ROUNDS);
  }

  /** `look` has the colours and the font; `verdict` and `even` say what D's outputs mean; `moment` is where the film stands. */
  paint(record, shown) {
    Object.assign(this, { record, shown });
    this.spoken.tell();
    const { look, verdict, even } = shown ?? {};
    const moment = this.pointed ? { step: this.pointed } : shown?.moment;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = window.devicePixelRatio || 1;
    if (!width || !look) return;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.pen.scale(ratio, ratio);
    this.pen.font = `13px ${look.font}`;
    PLOTS.forEach((plot, i) => {
      const box = { top: (i * height) / 2 + TITLE, bottom: ((i + 1) * height) / 2 - FOOT, left: LEFT, right: width - 2 };
      this.paintPlot(plot, box, { look, probable: plot.verdict && verdict === "probability", even: plot.verdict ? even : null, moment });
    });
  }

  paintPlot({ title, lines }, box, { look, probable, even, moment }) {
    const curves = lines.map(([name, ...rest]) => [this.record.curves[name], ...rest]);
    const [low, high] = probable ? [0, 1] : range(curves.flatMap(([curve]) => curve.y));
    const most = this.reach();
    const x = (step) => box.left + ((box.right - box.left) * step) / most;
    const y = (value) => box.bottom - ((box.bottom - box.top) * (value - low)) / (high - low);
    this.paintTitle(title, lines, box, look);
    this.paintAxes(box, { low, high, most, y, look, even });
    for (const [curve, role, , dash] of curves) this.paintCurve(curve, { x, y, box, colour: look[role], dash });
    if (moment) this.line([x(moment.step), box.top, x(moment.step), box.bottom], css(look.ink), [], 1.5);
  }

  paintTitle(title, lines, box, look) {
    const { pen } = this;
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    let left = 0;
    const measured = (text, weight) => {
      pen.font = `${weight} ${TITLE_SIZE}px ${look.font}`;
      return pen.measureText(text).width;
    };
    const words = measured(title, 600) + lines.reduce((sum, [, , name]) => sum + measured(name, 400), 0);
    const gaps = KEY_GAP + (KEY + KEY_GAP) * lines.length;
    const size = TITLE_SIZE * Math.min(1, (box.right - gaps - OPENER) / words); // a long language gets smaller letters
    const write = (text, weight) => {
      pen.font = `${weight} ${size}px ${look.font}`;
      pen.fillStyle = css(look.ink);
      pen.fillText(text, left, box.top - 8);
      left += pen.measureText(text).width + KEY_GAP;
    };
    write(title, 600);
    for (const [, role, name, dash] of lines) {
      this.line([left + 6, box.top - 12, left + 30, box.top - 12], css(look[role]), dash, 3);
      left += KEY;
      write(name, 400);
    }
  }

  paintAxes(box, { low, high, most, y, look, even }) {
    const { pen } = this;
    pen.fillStyle = css(look.muted);
    pen.font = `12px ${look.font}`;
    pen.textAlign = "right";
    pen.textBaseline = "middle";
    for (const value of [low, high]) {
      pen.fillText(figure(value), box.left - 6, y(value));
      this.line([box.left, y(value), box.right, y(value)], css(look.rule), [], 1);
    }
    if (even !== null && even > low && even < high) {
      pen.fillText(figure(even), box.left - 6, y(even));
      this.line([box.left, y(even), box.right, y(even)], css(look.muted), [2, 3], 1);
    }
    pen.textBaseline = "top";
    pen.fillText(say("{count} rounds", { count: whole(most) }), box.right, box.bottom + 2);
    pen.textAlign = "left";
    pen.fillText("0", box.left, box.bottom + 2);
  }

  paintCurve({ x: steps, y: values }, { x, y, box, colour, dash }) {
    const { pen } = this;
    pen.save();
    pen.beginPath();
    pen.rect(box.left, box.top - 2, box.right - box.left, box.bottom - box.top + 4);
    pen.clip();
    pen.strokeStyle = css(colour);
    pen.lineWidth = 2.5;
    pen.setLineDash(dash);
    pen.beginPath();
    steps.forEach((step, i) => pen.lineTo(x(step), y(values[i])));
    pen.stroke();
    pen.restore();
  }

  line([fromX, fromY, toX, toY], colour, dash, width) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = width;
    pen.setLineDash(dash);
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
    pen.setLineDash([]);
  }
}

/** From the lowest to the highest value; never of length 0. */
function range(values) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  if (high - low < 1e-6) return [low - 0.5, high + 0.5];
  return low > 0 && low < high / 2 ? [0, high] : [low, high];
}
