// Checks before a long run as they are done: a line for each, with what was seen and what to try.

import { append, icon, mounting, set, turn, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { failure, Record, standing } from "../run/record.js";
import { RunView } from "../run/view.js";

// The name of each check and why it is done.
const CHECKS = {
  first_loss: [say("First loss"), say("Before its first step a network should know nothing.")],
  updates: [say("Size of a step"), say("Too small, and it hardly learns; too large, and it forgets at each step.")],
  pictures: [say("Pictures or nothing"), say("The same training on empty pictures must be worse.")],
  by_heart: [say("By heart"), say("A network that cannot learn 32 pictures will not learn 60,000.")],
};

class ChecksRecord extends Record {
  told = {};

  take(event) {
    super.take(event);
    if (event.event === "checks_went") Object.assign(this.facts, { done: event.done, steps: event.steps });
    if (event.event === "check_done") this.told[event.check] = event;
    if (event.event === "checks_finished") Object.assign(this.facts, { good: event.good, count: event.done });
  }
}

class ChecksView extends RunView {
  constructor(parent) {
    super();
    this.root = parent.querySelector(".checks");
    const list = append(this.root, "ul", "checks-list");
    this.lines = Object.fromEntries(Object.entries(CHECKS).map(([name, [title, why]]) => [name, new Line(list, title, why)]));
    const foot = append(this.root, "div", "checks-foot");
    const bar = append(foot, "div", "checks-bar");
    this.filled = append(bar, "div", "checks-filled");
    this.words = append(foot, "span", "checks-words");
    this.words.setAttribute("role", "status");
  }

  update(component) {
    if (this.hear(component)) this.watch();
    this.schedule();
  }

  begin() {
    this.record = new ChecksRecord();
  }

  schedule() {
    const { facts, told } = this.record;
    set(this.root, "data-run", facts.status ?? "");
    for (const [name, line] of Object.entries(this.lines)) line.show(told[name]);
    const share = this.record.ended ? 1 : facts.steps ? facts.done / facts.steps : 0;
    this.filled.style.transform = `scaleX(${share})`;
    write(this.words, this.sentence());
  }

  sentence() {
    const { facts, ended } = this.record;
    if (facts.why) return failure(facts);
    if (!ended || facts.status !== "finished") return standing(facts.status).word;
    const { good, count } = facts;
    if (good === Object.keys(CHECKS).length) return say("All is well: a long run is worth its time.");
    return say("{good} of {count} checks are good. See what to try, then check again.", { good, count });
  }

  remove() {
    this.leave();
    this.root.replaceChildren();
  }
}

class Line {
  constructor(list, title, why) {
    this.root = append(list, "li", "checks-line");
    this.mark = icon(this.root, "dot");
    append(this.root, "b", "", title);
    this.said = append(this.root, "span", "checks-said");
    this.cure = append(this.root, "span", "checks-cure");
    this.why = why;
  }

  show(told) {
    set(this.root, "data-state", told ? (told.good ? "good" : "bad") : "open");
    turn(this.mark, told ? (told.good ? "check" : "warn") : "dot");
    write(this.said, told ? say(told.said) : this.why);
    write(this.cure, told?.cure ? say(told.cure) : "");
  }
}

export const mount = mounting((parent) => new ChecksView(parent));
