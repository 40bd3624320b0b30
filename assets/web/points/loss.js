// The curves of the loss on training and on test points over the steps.

import { append } from "../lib/component.js";
import { SpokenChart } from "../lib/spoken_chart.js";
import { figure, say, whole } from "../lib/text.js";

const [LEFT, TOP, FOOT] = [40, 22, 18]; // px
const FIRST_STEPS = 100;

export class LossCurves {
  constructor(parent) {
    this.root = append(parent, "div", "points-loss");
    this.canvas = append(this.root, "canvas");
    this.pen = this.canvas.getContext("2d");
    this.spoken = new SpokenChart(this.canvas, {
      name: say("Loss on training and on test points, over the steps"),
      counts: say("step"),
      series: () => this.series(),
      sentence: () => this.sentence(),
    });
  }

  series() {
    if (!this.record) return [];
    const { train, test } = this.record.curves;
    return [[say("training loss"), train, ".3f"], [say("test loss"), test, ".3f"]];
  }

  sentence() {
    const [train, test] = this.series().map(([, { y }]) => y.at(-1));
    if (train === undefined) return say("Nothing is drawn yet: no step is done.");
    const values = { step: this.record.facts.step, train: figure(train), test: figure(test ?? NaN) };
    return say("At step {step:,} the loss is {train} on training points and {test} on test points.", values);
  }

  /** `look` has the colours `train`, `test`, `ink`, `rule` as CSS, and the font. */
  paint(record, look) {
    Object.assign(this, { record });
    this.spoken.tell();
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !look) return;
    const ratio = window.devicePixelRatio || 1;
    Object.assign(this.canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
    const { pen } = this;
    pen.scale(ratio, ratio);
    pen.font = `12px ${look.font}`;
    const { train, test } = record.curves;
    const most = Math.max(FIRST_STEPS, record.facts.step);
    const high = Math.max(0.1, ...train.y, ...test.y.filter(Number.isFinite));
    const box = { left: LEFT, right: width - 4, top: TOP, bottom: height - FOOT };
    const x = (step) => box.left + ((box.right - box.left) * step) / most;
    const y = (loss) => box.bottom - ((box.bottom - box.top) * loss) / high;
    pen.strokeStyle = look.rule;
    pen.strokeRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
    pen.fillStyle = look.ink;
    pen.textAlign = "right";
    pen.fillText(figure(high), box.left - 5, box.top + 9);
    pen.fillText("0", box.left - 5, box.bottom);
    pen.fillText(say("{count} steps", { count: whole(most) }), box.right, height - 3);
    pen.textAlign = "left";
    this.line(train, x, y, look.train, []);
    this.line(test, x, y, look.test, [6, 3]);
    this.key(look);
  }

  line(curve, x, y, colour, dash) {
    const { pen } = this;
    pen.strokeStyle = colour;
    pen.lineWidth = 2;
    pen.setLineDash(dash);
    pen.beginPath();
    curve.x.forEach((step, i) => pen.lineTo(x(step), y(curve.y[i])));
    pen.stroke();
    pen.setLineDash([]);
  }

  key(look) {
    const { pen } = this;
    let left = LEFT;
    for (const [words, colour, dash] of [[say("training loss"), look.train, []], [say("test loss"), look.test, [6, 3]]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = 2;
      pen.setLineDash(dash);
      pen.beginPath();
      pen.moveTo(left, 10);
      pen.lineTo(left + 22, 10);
      pen.stroke();
      pen.setLineDash([]);
      pen.fillStyle = look.ink;
      pen.fillText(words, left + 27, 14);
      left += 40 + pen.measureText(words).width;
    }
  }
}
