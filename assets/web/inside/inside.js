// One network looked into: the digit of the pad on its way through it, why it is read so, and what else there is to see. One
// part at a time; nothing is asked for those that are not open.

import { append, button, mounting, press } from "../lib/component.js";
import { say } from "../lib/text.js";
import { askAgain, followPad, putTestPicture } from "../pad/pad.js";
import { Flow } from "./flow.js";
import { Learned } from "./learned.js";
import { DigitMap } from "./map.js";
import { Mistakes } from "./mistakes.js";
import { inkScale, pngOf, signScale } from "./pixels.js";
import { Robust } from "./robust.js";
import { Slide } from "./slide.js";
import { Sure } from "./sure.js";
import { Surgery } from "./surgery.js";
import { Why } from "./why.js";

const KEPT = "inside-part";
const PARTS = {
  flow: [say("Flow"), Flow],
  why: [say("Why this answer"), Why],
  learned: [say("What it learned"), Learned],
  mistakes: [say("Mistakes"), Mistakes],
  map: [say("Map of digits"), DigitMap],
  sure: [say("How sure"), Sure],
  robust: [say("Hard pictures"), Robust],
  surgery: [say("Surgery"), Surgery],
  slide: [say("Convolution"), Slide],
};

export const mount = mounting((parent, data) => new Inside(parent, data));

class Inside {
  constructor(parent, data) {
    this.root = parent.querySelector(".inside");
    this.root.replaceChildren();
    this.context = {
      model: data.model,
      question: null,
      again: () => askAgain(this.pad),
      address: (part, query, model = this.context.model) => `/api/inside/${encodeURIComponent(model)}/${part}?${query}`,
      through: async (number, pixels) => {
        putTestPicture(this.pad, number, await pngOf(pixels));
        this.#open("flow");
        this.tabs.flow.focus();
      },
    };
    const head = append(this.root, "div", "inside-parts");
    head.setAttribute("role", "group");
    head.setAttribute("aria-label", say("What to see of this network"));
    this.tabs = Object.fromEntries(
      Object.entries(PARTS).map(([name, [label]]) => [
        name, button(head, { label, why: label, kind: "inside-part", does: () => this.#open(name) }),
      ]),
    );
    this.parts = {};
    this.#part("flow"); // it says which layers the pad asks for
    const last = data.part || sessionStorage.getItem(KEPT);
    this.#open(last in PARTS ? last : "flow");
  }

  update({ data, setTriggerValue }) {
    this.root.style.setProperty("--positive", data.positive);
    this.root.style.setProperty("--negative", data.negative);
    this.context.others = data.others;
    this.context.trainOn = data.mayTrain ? (edits) => setTriggerValue("operated", edits) : null;
    Object.assign(this.context, { colours: inkScale(this.root), signs: signScale(this.root, data), digits: data.digits });
    if (data.model !== this.context.model) {
      Object.assign(this.context, { model: data.model, question: null });
      this.answer = null;
      for (const part of Object.values(this.parts)) part.forget();
    }
    if (!this.leave) {
      const follower = {
        query: () => this.parts.flow.query(),
        take: (...given) => this.#take(...given),
        blank: () => (this.root.dataset.state = "blank"),
      };
      this.pad = data.pad;
      this.leave = followPad(data.pad, follower);
    }
    this.parts[this.name].paint();
  }

  remove() {
    this.leave?.();
    for (const part of Object.values(this.parts)) part.close();
  }

  #part(name) {
    if (!this.parts[name]) {
      const place = append(this.root, "div", "inside-place");
      place.hidden = true;
      this.parts[name] = Object.assign(new PARTS[name][1](place, this.context), { place });
    }
    return this.parts[name];
  }

  #open(name) {
    this.name = name;
    sessionStorage.setItem(KEPT, name);
    const part = this.#part(name);
    for (const [other, tab] of Object.entries(this.tabs)) press(tab, other === name);
    for (const [other, { place }] of Object.entries(this.parts)) place.hidden = other !== name;
    part.paint();
    if (this.answer) part.take(this.answer);
  }

  #take(answer, question) {
    if (!answer.strips || !question.url.includes(`/inside/${encodeURIComponent(this.context.model)}?`)) return;
    this.answer = answer;
    this.context.question = question;
    this.root.dataset.state = "shown";
    this.parts[this.name].take(answer);
  }
}
