// Pictures that a network reads while it learns and afterwards: those of its test set, or one that the visitor gives.

import { append, button, mounting, Poll, press, set, write } from "../lib/component.js";
import { jpegOf, Lens } from "../lib/lens.js";
import { Sketch } from "../lib/sketch.js";
import { percent, say } from "../lib/text.js";
import { ask, prepared } from "../pad/reader.js";

const EVERY = 1000; // ms between two looks at a network that learns
const GAP = 250; // ms between an answer and the next picture of the camera
const SIDE = 320; // px of it

export const mount = mounting((parent, data) => new Trying(parent, data));

class Trying {
  constructor(parent, data) {
    this.root = parent.querySelector(".trying");
    this.root.replaceChildren();
    this.first = 0;
    this.chosen = 0;
    this.#buildAnswer();
    this.message = append(this.root, "p", "message");
    this.message.setAttribute("role", "alert");
    const tools = append(this.root, "div", "tools");
    const upload = { label: say("Give it a picture"), why: say("Read a picture of yours; or drop one here"), kind: "plain" };
    button(tools, { ...upload, does: () => this.input.click() });
    const others = { label: say("Other test pictures"), why: say("Show the next pictures of the test set"), kind: "plain" };
    button(tools, { ...others, does: () => this.#next() });
    const live = { label: say("Camera"), why: say("Read what the camera sees, again and again"), kind: "plain" };
    this.live = button(tools, { ...live, does: () => this.#turn() });
    press(this.live, false);
    const why = { label: say("Why?"), why: say("Cover the picture with a grey square, place by place, and see what counts"), kind: "plain" };
    this.asking = button(tools, { ...why, does: () => this.#askWhy() });
    const drawing = { label: say("Draw"), why: say("Draw a picture, and have it read after each stroke"), kind: "plain" };
    this.drawing = button(tools, { ...drawing, does: () => this.#fold() });
    press(this.drawing, false);
    this.sheet = append(this.root, "div");
    this.sheet.hidden = true;
    this.sketch = new Sketch(this.sheet, SIDE, (canvas) => canvas && this.#read(canvas));
    this.video = append(this.root, "video");
    this.video.hidden = true;
    this.lens = new Lens(this.video);
    this.input = append(this.root, "input");
    Object.assign(this.input, { type: "file", accept: "image/*", hidden: true });
    this.input.addEventListener("change", () => {
      if (this.input.files[0]) this.#give(this.input.files[0]);
      this.input.value = "";
    });
    const over = (event) => {
      event.preventDefault();
      this.root.toggleAttribute("data-over", event.type === "dragover");
    };
    for (const name of ["dragover", "dragleave"]) this.root.addEventListener(name, over);
    this.root.addEventListener("drop", (event) => {
      over(event);
      if (event.dataTransfer.files[0]) this.#give(event.dataTransfer.files[0]);
    });
    this.run = data.run;
  }

  #buildAnswer() {
    const answer = append(this.root, "div", "answer");
    const frame = append(answer, "div", "frame");
    this.picture = append(frame, "img");
    this.counts = append(frame, "img", "counts");
    this.counts.alt = "";
    const side = append(answer, "div");
    this.reading = append(side, "p", "reading");
    this.truth = append(side, "p", "truth");
    this.bars = append(side, "ul", "bars");
    const least = append(side, "label", "least");
    this.least = append(least, "span");
    this.bound = append(least, "input");
    Object.assign(this.bound, { type: "range", min: "0", max: "0.99", step: "0.01", value: "0" });
    this.bound.addEventListener("input", () => this.#draw());
    this.why = append(this.root, "p", "why");
    this.wall = append(this.root, "div", "wall");
    this.wall.setAttribute("role", "group");
    this.wall.setAttribute("aria-label", say("Pictures of the test set"));
  }

  update({ data }) {
    this.drawing.hidden = !data.own;
    const news = JSON.stringify([data.run, data.over]);
    if (data.run !== this.run) Object.assign(this, { run: data.run, first: 0, chosen: 0, own: null });
    if (news === this.news) return;
    this.news = news;
    this.#look();
  }

  remove() {
    this.lens.close();
    this.poll?.close();
  }

  // The sheet to draw on, or none.
  #fold() {
    this.sheet.hidden = !this.sheet.hidden;
    press(this.drawing, !this.sheet.hidden);
    if (this.sheet.hidden) return;
    this.#dark();
    this.sheet.scrollIntoView({ block: "nearest" });
  }

  async #read(canvas) {
    this.own = { content: await jpegOf(canvas), type: "image/jpeg", answer: this.own?.answer };
    await this.#ask();
  }

  // The camera on or off; while it is on, what it sees is read.
  async #turn() {
    if (this.lens.isOn) this.#dark();
    else {
      if (!this.sheet.hidden) this.#fold();
      write(this.message, await this.lens.open());
      this.video.hidden = !this.lens.isOn;
      press(this.live, this.lens.isOn);
      this.#watch();
    }
  }

  #dark() {
    this.lens.close();
    this.video.hidden = true;
    press(this.live, false);
  }

  async #watch() {
    const { stream } = this.lens; // switched off and on again, it has another one, and is looked through anew
    while (stream && this.lens.stream === stream && this.root.isConnected) {
      const canvas = document.hidden ? null : this.lens.shot(SIDE);
      if (canvas) await this.#read(canvas);
      await new Promise((resolve) => setTimeout(resolve, GAP));
    }
  }

  get address() {
    return `/api/try/${encodeURIComponent(this.run)}`;
  }

  #look() {
    this.poll?.close();
    this.poll = new Poll(`${this.address}?first=${this.first}`, EVERY, {
      onAnswer: (answer) => this.#take(answer),
      onGone: () => this.#gone(),
    });
  }

  #next() {
    this.#dark();
    this.first = (this.first + this.count()) % (this.answer?.count || 1);
    this.own = null;
    this.chosen = 0;
    this.#look();
  }

  count() {
    return this.answer?.pictures.length ?? 0;
  }

  #gone() {
    if (!this.answer) write(this.message, say("The server does not answer. Check the connection."));
  }

  #take(answer) {
    this.answer = answer;
    if (answer.note || this.noted) write(this.message, answer.note ?? "");
    this.noted = Boolean(answer.note);
    if (this.own && answer.learning && !this.lens.isOn) this.#ask();
    this.#draw();
    return !answer.learning;
  }

  async #give(file) {
    this.#dark();
    const sent = await prepared(file);
    this.own = sent.error ? null : sent;
    if (sent.error) write(this.message, sent.error);
    else await this.#ask();
  }

  async #ask() {
    const given = this.own;
    const answer = await ask({ url: this.address, ...given });
    if (given !== this.own || !answer) return;
    write(this.message, answer.error ?? "");
    if (answer.error) this.own = null;
    else this.own.answer = answer;
    this.#draw();
  }

  // Which places of the picture count for its answer; where the camera runs, of what it sees now.
  async #askWhy() {
    this.#dark();
    const shown = this.#shown;
    if (!shown) return;
    this.asking.disabled = true;
    const told = this.own ? await ask({ url: `${this.address}?why=1`, ...this.own }) : await this.#counted();
    this.asking.disabled = false;
    if (!told || shown.image !== this.#shown?.image) return;
    if (told.error) write(this.message, told.error);
    else this.explained = { ...told, of: shown };
    this.#draw();
  }

  async #counted() {
    const number = (this.first + this.chosen) % (this.answer?.count || 1);
    try {
      const response = await fetch(`${this.address}?why=1&first=${number}`);
      return await response.json();
    } catch {
      return { error: say("The server does not answer. Check the connection.") };
    }
  }

  get #shown() {
    return this.own?.answer ?? this.answer?.pictures[this.chosen];
  }

  #draw() {
    const { pictures } = this.answer ?? { pictures: [] };
    while (this.wall.children.length > pictures.length) this.wall.lastChild.remove();
    pictures.forEach((one, place) => this.#tile(one, place));
    const shown = this.#shown;
    if (!shown) return;
    this.#explain(shown);
    set(this.picture, "src", shown.image);
    set(this.picture, "alt", say("The picture as the network sees it"));
    const [name, share] = shown.shares[0];
    const bound = Number(this.bound.value);
    const none = share < bound;
    write(this.reading, none ? say("None of these") : say("{name}, {share}", { name, share: percent(share) }));
    write(this.least, bound ? this.#cost(bound, pictures) : say("Answer, however unsure"));
    this.root.toggleAttribute("data-none", none);
    write(this.truth, shown.true === undefined ? say("Your picture, as the network sees it") : say("It is: {name}", { name: shown.true }));
    this.root.dataset.right = shown.true === undefined || none ? "" : shown.true === name ? "yes" : "no";
    while (this.bars.children.length > shown.shares.length) this.bars.lastChild.remove();
    shown.shares.forEach(([label, part], place) => {
      const bar = this.bars.children[place] ?? this.#bar();
      write(bar.children[0], label);
      bar.children[0].title = label;
      bar.children[1].style.setProperty("--share", part);
      write(bar.children[2], percent(part));
    });
  }

  // What a bound does to the test pictures shown.
  #cost(bound, pictures) {
    const told = pictures.filter((one) => one.shares[0][1] >= bound);
    const right = told.filter((one) => one.true === one.shares[0][0]).length;
    const values = { bound: percent(bound, 0), told: told.length, all: pictures.length, right };
    return say("Answer from {bound} on: {told} of the {all} test pictures shown, {right} of them right", values);
  }

  // It stays for as long as the same picture does, with the figures of when it was asked.
  #explain(shown) {
    const told = this.explained?.of.image === shown.image ? this.explained : null;
    this.counts.hidden = !told;
    if (told) set(this.counts, "src", told.map);
    const values = told && { name: told.read, share: percent(told.share), least: percent(told.least) };
    write(this.why, told ? say("It is {share} sure of {name}, and {least} with a grey square on the worst place. Orange: covered, it is less sure; blue: surer.", values) : "");
  }

  #bar() {
    const bar = append(this.bars, "li");
    append(bar, "span", "name");
    append(bar, "span", "track");
    append(bar, "span", "number");
    return bar;
  }

  #tile({ image, shares, true: truth }, place) {
    let tile = this.wall.children[place];
    if (!tile) {
      tile = append(this.wall, "button", "tile");
      tile.type = "button";
      append(tile, "img").alt = "";
      append(tile, "span");
      tile.addEventListener("click", () => {
        this.#dark();
        Object.assign(this, { chosen: place, own: null });
        this.#draw();
      });
      tile.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation());
    }
    const read = shares[0][0];
    set(tile.children[0], "src", image);
    write(tile.children[1], `${read === truth ? "✓" : "✗"} ${read}`);
    set(tile, "data-right", read === truth ? "yes" : "no");
    set(tile, "aria-pressed", String(place === this.chosen && !this.own));
    set(tile, "aria-label", read === truth ? say("{name}, read rightly", { name: truth }) : say("{name}, read as {read}", { name: truth, read }));
  }
}
