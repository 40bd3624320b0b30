// What is known of a run in the plane, gathered from its messages: the curves, the frames of its film, the latest facts.

import { Curve, Smoothed } from "./curve.js";

const ENDS = ["finished", "stopped", "diverged", "failed"];
const SPAN = 25; // rounds
const SMOOTHED = { dLoss: "d_loss", gLoss: "g_loss", real: "real", made: "made" };

export class PlaneRecord {
  constructor() {
    this.curves = {};
    this.means = {};
    for (const name of Object.keys(SMOOTHED)) {
      this.curves[name] = new Curve();
      this.means[name] = new Smoothed(SPAN);
    }
    this.marks = []; // {step, name, value}: where the visitor changed a setting
    this.frames = []; // {frame, step, seconds}, in their order
    this.facts = { status: null, step: 0, steps: null, seconds: null };
    this.started = null; // the first event of the run
  }

  get ended() {
    return ENDS.includes(this.facts.status);
  }

  add(message) {
    for (const event of message.events) this.take(event);
    const columns = message.steps;
    if (!columns) return;
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
    const { facts } = this;
    switch (event.event) {
      case "plane_started":
        this.started = event;
        facts.steps = event.steps;
        break;
      case "frame_drawn":
        this.frames.push({ frame: event.frame, step: event.step, seconds: event.seconds });
        facts.seconds = event.seconds;
        break;
      case "setting_changed":
        this.marks.push({ step: event.step, name: event.name, value: event.value });
        break;
      case "progress":
        facts.speed = event.steps_per_second;
        break;
      case "status_changed":
        if (!this.ended || ENDS.includes(event.status)) facts.status = event.status;
        break;
      case "diverged":
      case "failed":
        Object.assign(facts, { status: event.event, why: event.why, cure: event.cure });
        break;
      case "plane_finished":
        facts.status = event.stopped ? "stopped" : "finished";
        facts.seconds = event.seconds;
        break;
    }
  }
}
