// What every run of two networks tells, on digits or in the plane: losses and verdicts of its rounds, and its film.

import { Curve, Smoothed } from "../run/curve.js";
import { Record } from "../run/record.js";

const SPAN = 25; // rounds
const SMOOTHED = { dLoss: "d_loss", gLoss: "g_loss", real: "real", made: "made" };

export class Rounds extends Record {
  constructor() {
    super();
    this.curves = {};
    this.means = {};
    for (const name of Object.keys(SMOOTHED)) {
      this.curves[name] = new Curve();
      this.means[name] = new Smoothed(SPAN);
    }
    this.marks = []; // {step, name, value}: where the visitor changed a setting
    this.frames = []; // {frame, step, seconds}, in their order
    this.started = null; // the first event of the run
    this.facts.seconds = null;
  }

  takeSteps(columns) {
    const { step } = columns;
    for (const [name, column] of Object.entries(SMOOTHED)) {
      for (let i = 0; i < step.length; i++) {
        const mean = this.means[name].next(columns[column][i] ?? NaN);
        if (mean !== null) this.curves[name].push(step[i], mean);
      }
    }
    this.facts.step = step.at(-1);
  }

  take(event) {
    super.take(event);
    const { event: name, step, seconds } = event;
    if (name.endsWith("started")) {
      this.started = event;
      this.facts.steps = event.steps;
    }
    if (name === "frame_drawn") this.frames.push({ frame: event.frame, step, seconds });
    if (name === "setting_changed") this.marks.push({ step, name: event.name, value: event.value });
    if (seconds !== undefined) this.facts.seconds = seconds;
  }
}
