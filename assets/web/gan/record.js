// What is known of a GAN's run on digits, gathered from its messages: rounds and film, and how good its pictures are.

import { Curve } from "../run/curve.js";
import { Rounds } from "./rounds.js";

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
