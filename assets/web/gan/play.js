// Play: five ways to ask a generator for pictures, one at a time; all follow the generator while it learns.

import { append, button, markDark, mounting, press, set, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { Between, Sums } from "./play_mix.js";
import { isSeen, setSides } from "./play_parts.js";
import { Picks } from "./play_picks.js";
import { Latent } from "./play_latent.js";
import { Write } from "./play_write.js";

const AGAIN = 1100; // ms between two looks at a generator that learns; the server has newer weights after 1000
const VIEWS = {
  write: [say("Write a number"), Write],
  plane: [say("Latent space"), Latent],
  between: [say("Between two"), Between],
  sums: [say("Arithmetic"), Sums],
  picks: [say("My picks"), Picks],
};

class Play {
  constructor(root, data) {
    Object.assign(this, { root, runId: data.run_id, learning: data.learning });
    root.replaceChildren();
    this.context = {
      runId: data.run_id, z: data.z, conditional: data.conditional,
      refused: (sentence) => this.refused(sentence),
      keep: (tile) => this.keep(tile),
      counted: (count) => this.count(count),
    };
    this.head = append(root, "div", "segments");
    this.head.setAttribute("role", "group");
    this.head.setAttribute("aria-label", say("Ways to play"));
    this.tabs = Object.fromEntries(
      Object.entries(VIEWS).map(([name, [label]]) => [
        name, button(this.head, { label, why: label, kind: "segment", does: () => this.open(name) }),
      ]),
    );
    this.message = append(root, "p", "message", this.hint(data));
    this.message.setAttribute("role", "status");
    this.views = {};
    this.sizes = () => setSides(root);
    this.sizes();
    window.addEventListener("resize", this.sizes);
    this.clock = setInterval(() => this.again(), AGAIN);
    this.view("picks"); // it counts what was kept before a reload
    this.count(this.views.picks.kept.length);
    const last = sessionStorage.getItem("gan-play");
    this.open(last in VIEWS ? last : "write");
  }

  /** The view by its name, built when it is first opened. */
  view(name) {
    if (!this.views[name]) {
      const place = append(this.root, "section", `view view-${name}`);
      place.hidden = true;
      this.views[name] = Object.assign(new VIEWS[name][1](place, this.context), { place });
    }
    return this.views[name];
  }

  open(name) {
    this.name = name;
    sessionStorage.setItem("gan-play", name);
    this.refused("");
    this.view(name).refresh();
    for (const [other, tab] of Object.entries(this.tabs)) press(tab, other === name);
    for (const [other, { place }] of Object.entries(this.views)) place.hidden = other !== name;
  }

  update({ data: { learning } }) {
    markDark(this.root);
    set(this.root, "data-learning", learning ? "yes" : "no");
    if (this.learning && !learning) this.view(this.name).refresh();
    this.learning = learning;
  }

  again() {
    if (this.learning && isSeen(this.root)) this.view(this.name).refresh(false);
  }

  hint({ verdict }) {
    this.usual =
      verdict === "probability"
        ? say("“D: 40 % real” says how real the discriminator finds a picture. Press a picture to keep it.")
        : say("“D's score” says how real the discriminator finds a picture, the higher the more real. Press a picture to keep it.");
    return this.usual;
  }

  keep(tile) {
    const kept = this.view("picks").keep(tile);
    write(this.message, kept ? say("Kept. You find it under My picks.") : say("You have kept this one already."));
  }

  /** Say what the server refused; without a sentence all is well again. */
  refused(sentence) {
    if (sentence || this.message.dataset.refused) write(this.message, sentence || this.usual);
    this.message.dataset.refused = sentence ? "yes" : "";
  }

  count(count) {
    write(this.tabs.picks.label, count ? say("My picks ({count})", { count }) : say("My picks"));
  }

  remove() {
    clearInterval(this.clock);
    window.removeEventListener("resize", this.sizes);
    for (const view of Object.values(this.views)) view.close();
  }
}

export const mount = mounting((parent, data) => new Play(parent.querySelector(".play"), data), { perRun: true });
