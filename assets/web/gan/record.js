// What is known of a run of two networks, on digits or in the plane, gathered from its messages.

import { say } from "../lib/text.js";
import { Curve, Record, Smoothed } from "../run/record.js";

export const NOISE = 1046; // the Fréchet distance of pure noise
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
    const [dTrained, gTrained] = [columns.d_loss, columns.g_loss].map((losses) => Number.isFinite(losses.at(-1)));
    this.facts.only = dTrained === gTrained ? null : dTrained ? "D" : "G"; // of both, the one that the newest round trained
  }

  take(event) {
    super.take(event);
    const { event: name, step, seconds } = event;
    if (name.endsWith("started")) {
      this.started = event;
      this.facts.steps = event.steps;
    }
    if (name === "frame_drawn") this.frames.push({ frame: event.frame, step, seconds });
    if (name === "setting_changed" && event.name !== "pace") this.marks.push({ step, name: event.name, value: event.value });
    if (seconds !== undefined) this.facts.seconds = seconds;
  }
}

const FIGURES = ["distance", "digits_covered", "agreement", "variety", "shares"];

export class GanRecord extends Rounds {
  constructor() {
    super();
    const raw = () => new Curve({ extremes: true });
    Object.assign(this.curves, { dLossRaw: raw(), gLossRaw: raw(), distance: new Curve(), covered: new Curve() });
    this.newest = null; // the last round's row
    this.round = null; // the last round shown in slow motion
    this.health = null;
  }

  takeSteps(columns) {
    super.takeSteps(columns);
    columns.step.forEach((step, i) => {
      this.curves.dLossRaw.push(step, columns.d_loss[i]);
      this.curves.gLossRaw.push(step, columns.g_loss[i]);
    });
    this.newest = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.at(-1)]));
  }

  take(event) {
    super.take(event);
    if (event.event === "health_changed") this.health = event;
    if (event.event === "round_shown") this.round = event;
    if (["gan_evaluated", "gan_finished"].includes(event.event)) this.takeQuality(event);
  }

  takeQuality(event) {
    this.facts.quality = Object.fromEntries(FIGURES.map((name) => [name, event[name]]));
    this.curves.distance.put(event.step, event.distance);
    this.curves.covered.put(event.step, event.digits_covered);
  }
}

/** The settings of a run, named as on screen. */
export const SPOKEN = {
  generator_lr: say("G's learning rate"),
  discriminator_lr: say("D's learning rate"),
  generator_steps: say("steps of G"),
  discriminator_steps: say("steps of D"),
  label_smoothing: say("label smoothing"),
  instance_noise: say("instance noise"),
};

/** A scale a little wider than the finite values, for verdicts that are plain scores. */
export function around(values) {
  const known = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const margin = 0.1 * (high - low) + 0.1;
  return [low - margin, high + margin];
}
