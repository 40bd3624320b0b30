// What is known of a classifier's run, gathered from its messages: the curves and the latest figures.

import { Curve, Smoothed } from "./curve.js";
import { Record } from "./record.js";

export class RunRecord extends Record {
  constructor() {
    super();
    this.curves = {
      batchLoss: new Curve({ extremes: true }),
      loss: new Curve(),
      validationLoss: new Curve(),
      testLoss: new Curve(),
      batchAccuracy: new Curve({ extremes: true }),
      accuracy: new Curve(),
      validationAccuracy: new Curve(),
      testAccuracy: new Curve(),
      lr: new Curve(),
    };
    this.marks = []; // {step, lr}: where the visitor changed the learning rate
    Object.assign(this.facts, { epoch: 0, stepsPerEpoch: null, epochs: null });
    this.smooth(20);
  }

  smooth(span) {
    this.smoothedLoss = new Smoothed(span);
    this.smoothedAccuracy = new Smoothed(span);
    this.facts.span = span;
  }

  takeSteps({ step, epoch, loss, accuracy, lr }) {
    const { curves, facts } = this;
    for (let i = 0; i < step.length; i++) {
      const percent = 100 * accuracy[i];
      curves.batchLoss.push(step[i], loss[i]);
      curves.batchAccuracy.push(step[i], percent);
      curves.loss.push(step[i], this.smoothedLoss.next(loss[i]));
      curves.accuracy.push(step[i], this.smoothedAccuracy.next(percent));
      curves.lr.push(step[i], lr[i]);
    }
    facts.step = step.at(-1);
    facts.epoch = epoch.at(-1);
    facts.loss = this.smoothedLoss.value;
    facts.accuracy = this.smoothedAccuracy.value;
    facts.lr = lr.at(-1);
  }

  take(event) {
    super.take(event);
    const { curves, facts } = this;
    switch (event.event) {
      case "started":
        facts.steps = event.steps;
        facts.stepsPerEpoch = event.steps_per_epoch;
        facts.epochs = Math.round(event.steps / event.steps_per_epoch);
        facts.validationImages = event.validation_images;
        this.smooth(Math.min(30, Math.max(5, Math.round(event.steps_per_epoch / 30))));
        break;
      case "evaluated":
        this.takeValidation(event.step, event.loss, event.accuracy);
        break;
      case "epoch_done":
        if (event.validation_loss !== null) {
          this.takeValidation(event.step, event.validation_loss, event.validation_accuracy);
        }
        break;
      case "setting_changed":
        if (this.marks.at(-1)?.step === event.step) this.marks.pop();
        this.marks.push({ step: event.step, lr: event.value });
        break;
      case "progress":
        facts.speed = event.samples_per_second;
        break;
      case "finished":
        facts.speed = event.samples_per_second;
        facts.testLoss = event.test_loss;
        facts.testAccuracy = 100 * event.test_accuracy;
        facts.trainSeconds = event.train_seconds;
        curves.testLoss.put(event.step, event.test_loss);
        curves.testAccuracy.put(event.step, 100 * event.test_accuracy);
        break;
    }
  }

  takeValidation(step, loss, share) {
    this.curves.validationLoss.put(step, loss);
    this.curves.validationAccuracy.put(step, 100 * share);
    this.facts.validationLoss = loss;
    this.facts.validationAccuracy = 100 * share;
  }
}
