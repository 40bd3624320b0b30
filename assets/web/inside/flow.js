// The flow: all layers at work on the digit of the pad, and one of their numbers taken apart.

import { append, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { Reader } from "../pad/reader.js";
import { Detail } from "./detail.js";
import { largest, Strips } from "./strips.js";

export class Flow {
  constructor(root, context) {
    Object.assign(this, { root, context });
    root.classList.add("inside-both");
    this.forget();
    const flow = append(root, "section", "inside-flow");
    flow.setAttribute("aria-label", say("Layers"));
    append(flow, "h2", "unseen", say("Layers"));
    this.#buildPages(flow);
    this.scroll = append(flow, "div", "inside-scroll");
    this.strips = new Strips(this.scroll, {
      chosen: (strip, at) => this.#choose(strip.id, at ?? largest(strip)),
      turned: (strip) => this.#turn(strip.id),
      paged: (strip, first) => this.#page(strip.id, first),
    });
    this.detail = new Detail(append(root, "section", "inside-detail"), (at) => this.#choose(this.layer, at));
    this.reader = new Reader((answer, question) => this.#told(answer, question));
    this.resizes = new ResizeObserver(() => this.#paint());
    this.resizes.observe(this.scroll);
  }

  // Another network, of which nothing is known yet.
  forget() {
    Object.assign(this, { flow: null, start: 0, turned: new Set(), firsts: new Map(), layer: null, at: null, shownAt: null });
  }

  paint() {
    this.#paint();
    this.detail.paint(this.context.colours);
  }

  query() {
    const query = new URLSearchParams({ start: this.start });
    if (this.turned.size) query.set("turn", [...this.turned].join(","));
    if (this.firsts.size) query.set("first", [...this.firsts].map((pair) => pair.join(":")).join(","));
    return `?${query}`;
  }

  take(answer) {
    this.flow = answer;
    if (!this.layer) this.#begin(firstLayer(answer.strips));
    this.#paint();
    this.#ask(false);
  }

  close() {
    this.reader.drop();
    this.resizes.disconnect();
  }

  #buildPages(flow) {
    const bar = append(flow, "div", "inside-pages");
    this.count = append(bar, "span", "inside-count", say("All layers at work"));
    this.earlier = this.#pager(bar, say("Earlier layers"), () => this.flow.start - this.flow.strips.length);
    this.later = this.#pager(bar, say("Later layers"), () => this.flow.start + this.flow.strips.length);
  }

  #pager(bar, label, start) {
    const made = append(bar, "button", "inside-button", label);
    made.type = "button";
    made.hidden = true;
    made.addEventListener("click", () => {
      this.start = Math.max(0, start());
      this.scroll.scrollTop = 0;
      this.context.again();
    });
    return made;
  }

  #begin(strip) {
    Object.assign(this, { layer: strip.id, at: largest(strip) });
  }

  #paint() {
    const { colours } = this.context;
    if (!this.flow || !colours) return;
    const { strips, start, count } = this.flow;
    const told = { first: start + 1, last: start + strips.length, count };
    write(this.count, strips.length < count ? say("Layers {first}–{last} of {count}", told) : say("All layers at work"));
    this.earlier.hidden = this.later.hidden = strips.length === count;
    this.earlier.disabled = start === 0;
    this.later.disabled = start + strips.length >= count;
    this.strips.show(strips, colours);
    this.strips.mark(this.layer, this.shownAt ?? this.at);
  }

  #choose(layer, at) {
    if (layer !== this.layer) this.shownAt = null;
    Object.assign(this, { layer, at });
    this.strips.mark(layer, at);
    this.#ask(false);
  }

  #turn(id) {
    if (!this.turned.delete(id)) this.turned.add(id);
    this.context.again();
  }

  #page(id, first) {
    this.firsts.set(id, Math.max(0, first));
    this.context.again();
  }

  // How the chosen number comes about, for what is on the pad now.
  #ask(now) {
    const { question } = this.context;
    if (!question || !this.layer) return;
    const query = new URLSearchParams({ layer: this.layer });
    if (this.at) query.set("at", this.at.join(","));
    this.reader.want({ ...question, url: this.context.address("unit", query), layer: this.layer }, now);
  }

  #told(answer, question) {
    if (question.layer !== this.layer) return;
    if (answer.error) {
      this.detail.refuse(answer.error);
      return;
    }
    if (!answer.form) return;
    this.shownAt = answer.at;
    this.at ??= answer.at;
    this.strips.mark(this.layer, answer.at);
    this.detail.show(answer, this.context.colours);
  }
}

function firstLayer(strips) {
  return strips.find((strip) => !strip.times && strip.id !== "input") ?? strips[0];
}
