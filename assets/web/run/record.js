// What is known of a run of any kind, gathered from its messages: how it stands and what happened to it.

import { endOf } from "../lib/status.js";

export class Record {
  constructor() {
    this.facts = { status: null, step: 0, steps: null };
  }

  /** Whether the run has ended; what comes late does not take that back. */
  ended = false;

  /** The run's first event says how its steps are to be read, so it is taken before them, and all others after them. */
  add({ events, steps, interrupted }) {
    const first = ({ event }) => event.endsWith("started");
    if (this.facts.status === "interrupted") this.facts.status = "starting"; // it was resumed
    for (const event of events) if (first(event)) this.take(event);
    if (steps) this.takeSteps(steps);
    for (const event of events) if (!first(event)) this.take(event);
    if (interrupted) this.facts.status = "interrupted";
  }

  take(event) {
    const { facts } = this;
    switch (event.event) {
      case "progress":
        facts.speed = event.steps_per_second;
        facts.secondsLeft = event.seconds_left;
        break;
      case "status_changed":
        if (!this.ended) facts.status = event.status;
        break;
      case "recovered":
        facts.recovered = event;
        break;
    }
    const end = endOf(event);
    if (!end) return;
    this.ended = true;
    facts.status = end;
    if (event.why) Object.assign(facts, { why: event.why, cure: event.cure });
  }
}
