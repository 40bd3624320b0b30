// The life of a component that Streamlit calls again and again: made once, updated, removed; what it keeps, what it asks.

/** A function for Streamlit to call at first and whenever the data or the theme changed; it returns what to do on unmount.
 *
 *  `make(parent, data)` gives a view with its `root` element, `update(component)` and `remove()`. A view that stands for
 *  another run than `data.run_id` is made anew where `perRun`.
 */
export function mounting(make, { perRun = false } = {}) {
  const views = new WeakMap(); // by the element that Streamlit gave the component
  return (component) => {
    const { parentElement: parent, data } = component;
    if (!parent.isConnected && !parent.host?.isConnected) return () => {}; // the visitor left while scripts were loading
    let view = views.get(parent);
    if (view && (!view.root.isConnected || (perRun && view.runId !== data.run_id))) {
      view.remove(); // Streamlit has put new markup into the same place, or another run is to be shown
      view = null;
    }
    if (!view) views.set(parent, (view = make(parent, data)));
    view.update(component);
    const call = (view.calls = (view.calls ?? 0) + 1);
    return () => {
      if (views.get(parent) !== view || view.calls !== call) return; // a late goodbye of an earlier call
      views.delete(parent);
      view.remove();
    };
  };
}

/** The value kept as JSON under `key`; null without one, or with one that cannot be read. */
export function recalled(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

const PATIENCE = 8000; // ms for an answer

/** Asks the server for `path` at once and then about every `every` ms, while the page is visible. Calls `onAnswer(json)`,
 *  which may return true to end it, and `onGone()` whenever the server does not answer. */
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
