// How the game stands, in one sentence with its number, and the button that cures it. Its place is always kept.

import { append, button, icon, set, turn, write } from "../lib/dom.js";
import { say } from "../lib/text.js";
import { SPOKEN } from "./rounds.js";

const EXPLAINED = 8000; // ms that another sentence stands here
const EARLY = "Too early to say how the game between G and D stands.";

export class Health {
  /** `cure(step)` is called when the visitor takes the cure that was offered at round `step`. */
  constructor(parent, cure) {
    this.root = append(parent, "div", "studio-health");
    this.mark = icon(this.root, "check");
    this.words = append(this.root, "span", "studio-why");
    this.words.setAttribute("role", "status");
    this.remedy = button(this.root, {
      label: "", why: "", does: () => this.take(cure),
      kind: "studio-button studio-cure",
    });
  }

  take(cure) {
    this.taken = this.told;
    this.remedy.style.visibility = "hidden";
    cure(this.told.step);
  }

  /** Say something else for a while, in the same place. */
  explain(sentence) {
    clearTimeout(this.explaining);
    this.explained = sentence;
    write(this.words, sentence);
    set(this.root, "data-state", "explaining");
    turn(this.mark, "info");
    this.explaining = setTimeout(() => {
      this.explained = null;
      this.show(...this.last);
    }, EXPLAINED);
  }

  show(record, { mine }) {
    this.last = [record, { mine }];
    if (this.explained) return;
    const { facts, health } = record;
    const broken = facts.why && health?.state !== "diverged" ? { state: facts.status, why: `${say(facts.why)} ${say(facts.cure)}`, changes: {} } : null;
    const told = (this.told = broken ?? health ?? { state: "healthy", why: EARLY, changes: {} });
    const well = told.state === "healthy";
    set(this.root, "data-state", told.state);
    turn(this.mark, health || broken ? (well ? "check" : "warn") : "dot");
    write(this.words, say(told.why));
    set(this.words, "title", say(told.why));
    const offered = !well && Boolean(told.cure) && told !== this.taken && (!told.live || (mine && !record.ended));
    this.remedy.style.visibility = offered ? "visible" : "hidden";
    this.remedy.style.display = told.cure && !well ? "" : "none";
    write(this.remedy.label, say(told.cure));
    const change = Object.entries(told.changes).map(([name, value]) => `${SPOKEN[name] ?? name.replaceAll("_", " ")} ${short(value)}`);
    const how = told.live ? "Changes it while it trains" : "Starts again with";
    set(this.remedy, "title", `${how}: ${change.join(", ")}.`);
  }
}

function short(value) {
  return typeof value === "number" ? Number(value.toPrecision(3)) : value;
}
