// An address of ours asked again and again, while the tab is looked at.

const PATIENCE = 8000; // ms for an answer

/** Calls `onAnswer(json)` about every `every` ms; `onGone()` whenever the server does not answer. `onAnswer` may return
 *  true to end it. Begins at once. */
export class Poll {
  constructor(path, every, { onAnswer, onGone = () => {} }) {
    Object.assign(this, { path, every, onAnswer, onGone });
    this.looked = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.looked);
    this.ask();
  }

  async ask() {
    if (this.asking || this.closed) return;
    clearTimeout(this.timer);
    this.asking = true;
    const answer = await this.fetched();
    this.asking = false;
    if (this.closed) return;
    if (answer === null) this.onGone();
    else if (this.onAnswer(answer)) this.close();
    if (!this.closed && !document.hidden) this.timer = setTimeout(() => this.ask(), this.every);
  }

  /** The answer, or null where there was none that can be used. */
  async fetched() {
    try {
      const response = await fetch(this.path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.looked);
  }
}
