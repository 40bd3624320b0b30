// The line over a run: how it stands, how far it is, and a few figures. Built once, then only texts change.

import { append, icon, set, turn, write } from "../lib/dom.js";
import { NONE, whole } from "../lib/format.js";
import { standing } from "../lib/status.js";
import { say } from "../lib/text.js";

export class Head {
  /** `figures` are `[name, before, after, why]`: words around a number, and what it means. `unit` is what a step is called,
   *  `meanings` says what a status means where that is not the same for every kind of run. */
  constructor(parent, { figures, unit, meanings }) {
    Object.assign(this, { unit, meanings });
    this.root = append(parent, "div", "run-head");
    this.root.style.setProperty("--figures", figures.length);
    this.status = append(this.root, "span", "run-status");
    this.icon = icon(this.status, "dot");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.root, "div", "run-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the run");
    this.filled = append(this.bar, "div", "run-filled");
    this.aside = append(this.root, "div", "run-aside");
    this.aside.setAttribute("role", "status");
    this.values = {};
    for (const [name, before, after, why] of figures) {
      const box = append(this.root, "span", `run-figure run-figure-${name}`);
      box.title = why;
      if (before) append(box, "span", "", before);
      this.values[name] = append(box, "b", "", NONE);
      if (after) append(box, "span", "", after);
    }
  }

  /** `facts` are those of a record, `values` the figures by their names, `connection` the state of the stream. */
  show({ status, step, steps, why, cure, recovered }, values, connection) {
    const { word, mark, meaning, status: known } = standing(status, this.meanings);
    write(this.word, word);
    set(this.status, "title", why ? `${say(why)} ${say(cure)}` : meaning);
    turn(this.icon, mark);
    set(this.root, "data-status", known);
    set(this.root, "data-connection", connection);
    const share = steps ? step / steps : 0;
    this.filled.style.transform = `scaleX(${share.toFixed(4)})`;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
    for (const [name, text] of Object.entries(values)) write(this.values[name], text);
    this.tell(known === "interrupted" ? meaning : recovered ? `${this.unit} ${whole(recovered.step)}: ${say(recovered.why)}` : "");
  }

  /** A quiet line in a place that is always there. */
  tell(sentence) {
    write(this.aside, sentence);
    set(this.aside, "title", sentence);
  }
}
