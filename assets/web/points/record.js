// What is known of a run on points, gathered from its messages.

import { Curve, Record } from "../run/record.js";

export class PointsRecord extends Record {
  constructor() {
    super();
    this.curves = { train: new Curve(), test: new Curve() };
    this.started = this.shown = this.measured = null; // the newest events of their kind
    this.confirmed = []; // names of weights whose change the run has confirmed
    this.facts.seconds = null;
  }

  takeSteps({ step }) {
    this.facts.step = step.at(-1);
  }

  take(event) {
    super.take(event);
    const { facts } = this;
    switch (event.event) {
      case "points_started":
        this.started = event;
        facts.steps = event.steps;
        break;
      case "points_shown":
        this.shown = event;
        break;
      case "points_measured":
        this.measured = event;
        this.curves.train.put(event.step, event.train_loss);
        if (event.test_loss !== null) this.curves.test.put(event.step, event.test_loss);
        break;
      case "points_finished":
        Object.assign(facts, { step: event.step, seconds: event.seconds, flawless: event.flawless });
        break;
      case "setting_changed":
        this.confirmed.push(event.name);
        break;
    }
  }
}
