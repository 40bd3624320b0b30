// What is known of a GAN's run, gathered from its messages: the curves, the frames of its film, the latest figures.

import { Curve, Smoothed } from "./curve.js";

const ENDS = ["finished", "stopped", "diverged", "failed"];
const SPAN = 25; // rounds
const SMOOTHED = { dLoss: "d_loss", gLoss: "g_loss", real: "real", made: "made" };
const FIGURES = ["distance", "digits_covered", "agreement", "variety", "shares"];

export class GanRecord {
  constructor() {
    const raw = () => new Curve({ extremes: true });
    this.curves = { dLossRaw: raw(), gLossRaw: raw(), distance: new Curve(), covered: new Curve() };
    this.means = {};
    for (const name of Object.keys(SMOOTHED)) {
      this.curves[name] = new Curve();
      this.means[name] = new Smoothed(SPAN);
    }
    this.marks = []; // {step, name, value}: where the visitor changed a setting
    this.frames = []; // {frame, step, seconds}, in their order
    this.facts = { status: null, step: 0, steps: null, seconds: null };
    this.newest = null; // the last round's row
    this.round = null; // the last round shown in slow motion
    this.health = null;
  }

  get ended() {
    return ENDS.includes(this.facts.status);
  }

  add(message) {
    for (const event of message.events) if (event.event === "gan_started") this.take(event);
    if (message.steps) this.takeSteps(message.steps);
    for (const event of message.events) if (event.event !== "gan_started") this.take(event);
  }

  takeSteps(columns) {
    const { step } = columns;
    for (let i = 0; i < step.length; i++) {
      this.curves.dLossRaw.push(step[i], columns.d_loss[i]);
      this.curves.gLossRaw.push(step[i], columns.g_loss[i]);
      for (const [name, column] of Object.entries(SMOOTHED)) {
        this.curves[name].push(step[i], this.means[name].next(columns[column][i]));
      }
    }
    this.newest = Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.at(-1)]));
    this.facts.step = step.at(-1);
  }

  take(event) {
    const { facts } = this;
    switch (event.event) {
      case "gan_started":
        facts.started = event;
        facts.steps = event.steps;
        break;
      case "frame_drawn":
        this.frames.push({ frame: event.frame, step: event.step, seconds: event.seconds });
        facts.seconds = event.seconds;
        break;
      case "gan_evaluated":
        this.takeQuality(event);
        break;
      case "setting_changed":
        this.marks.push({ step: event.step, name: event.name, value: event.value });
        break;
      case "health_changed":
        this.health = event;
        break;
      case "round_shown":
        this.round = event;
        break;
      case "progress":
        facts.speed = event.steps_per_second;
        facts.secondsLeft = event.seconds_left;
        break;
      case "status_changed":
        if (!this.ended || ENDS.includes(event.status)) facts.status = event.status;
        break;
      case "diverged":
      case "failed":
        facts.status = event.event;
        facts.why = event.why;
        facts.cure = event.cure;
        break;
      case "gan_finished":
        facts.status = event.stopped ? "stopped" : "finished";
        this.takeQuality(event);
        break;
    }
  }

  takeQuality(event) {
    this.facts.quality = Object.fromEntries(FIGURES.map((name) => [name, event[name]]));
    this.facts.seconds = event.seconds;
    this.curves.distance.put(event.step, event.distance);
    this.curves.covered.put(event.step, event.digits_covered);
  }
}
