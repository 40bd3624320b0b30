// What is known of a run of any kind, gathered from its messages: how it stands and what happened to it.

const ENDS = ["finished", "stopped", "diverged", "failed"];

export class Record {
  constructor() {
    this.facts = { status: null, step: 0, steps: null };
  }

  get ended() {
    return ENDS.includes(this.facts.status);
  }

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
        if (!this.ended || ENDS.includes(event.status)) facts.status = event.status;
        break;
      case "recovered":
        facts.recovered = event;
        break;
      case "diverged":
      case "failed":
        Object.assign(facts, { status: event.event, why: event.why, cure: event.cure });
        break;
      case "finished":
      case "gan_finished":
      case "study_finished":
      case "plane_finished":
        facts.status = event.stopped ? "stopped" : "finished";
        break;
    }
  }
}
