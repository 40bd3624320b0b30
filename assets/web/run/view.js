// What every view of a run does: follow its stream from an empty record, and tell the page when its buttons do not fit.

import { RunStream } from "./stream.js";

const SETTLED = 120; // ms without another change of status before the page is told

/** A view has a `record`, which `begin()` makes anew; `took(message)` may look at each message that went into it, and
 *  `schedule()` sees that it is drawn soon. */
export class RunView {
  /** Note what the page says; true where that is another run than before. */
  hear({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (data.status !== before?.status) this.told = null;
    return data.run_id !== before?.run_id;
  }

  /** Leave what was followed for the run that the page names, where it names one. */
  watch() {
    this.leave();
    this.begin();
    if (!this.data.run_id) return;
    this.stream = new RunStream(this.data.run_id, {
      onMessage: (message) => this.take(message),
      onState: (state, reason) => this.connected(state, reason),
    });
  }

  take(message) {
    if (message.after === 0 && this.heard) this.beginAgain();
    this.record.add(message);
    this.took(message);
    this.heard = true;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.tellPage(), SETTLED);
    this.schedule();
  }

  took() {}

  /** The server was restarted and had kept less than it told: it tells all again. */
  beginAgain() {
    this.heard = false;
    this.begin();
  }

  connected(state) {
    this.connection = state;
    this.schedule();
  }

  /** Tell the page once when the run's status is no longer the one it was drawn with. */
  tellPage() {
    const { status } = this.record.facts;
    const same = status === this.data.status || (status === "running" && this.data.status === "starting");
    if (!status || same || status === this.told) return;
    this.told = status;
    this.trigger("status", status);
  }

  leave() {
    this.stream?.close();
    clearTimeout(this.settling);
    this.stream = this.told = this.heard = null;
  }
}
