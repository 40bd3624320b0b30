// Teaching: drawings that the visitor names are collected; from some on, the network can learn them.

import { append, recalled, set, write } from "../lib/component.js";
import { percent, plural, say } from "../lib/text.js";

const KEPT = "playground-own-digits"; // in this tab, so that a reload loses none
const SIDE = 28;
const PATIENCE = 5000; // ms for the page to begin it or to refuse

export class Teaching {
  // `named(label)` is called when the visitor says what is on the pad.
  constructor(root, named) {
    this.ones = kept(); // [{label, pixels}], pixels as base64
    this.gone = null; // all of them, after "Forget all"
    this.root = append(root, "section", "teach");
    set(this.root, "aria-label", say("Teach it"));
    append(this.root, "h2", "", say("Teach it your hand"));
    append(this.root, "p", "", say("Does it misread your digits? Draw one, then say which it is. It is collected here, and the pad is free for the next."));
    this.#buildNames(named);
    this.count = append(this.root, "p", "teach-count");
    this.tray = append(this.root, "ol", "teach-tray");
    set(this.tray, "aria-label", say("Digits of yours"));
    this.#buildStart();
    this.figures = append(this.root, "div", "teach-figures");
  }

  #buildNames(named) {
    const row = append(this.root, "div", "teach-names");
    set(row, "role", "group");
    set(row, "aria-label", say("The digit on the pad is"));
    append(row, "span", "", say("To teach it: this is a"));
    this.names = Array.from({ length: 10 }, (_, label) => {
      const made = append(row, "button");
      made.type = "button";
      append(made, "b", "", String(label));
      made.counted = append(made, "small", "", "0");
      made.addEventListener("click", () => named(label));
      return made;
    });
  }

  #buildStart() {
    const rehearse = append(this.root, "label", "teach-rehearse");
    this.rehearse = append(rehearse, "input");
    this.rehearse.type = "checkbox";
    this.rehearse.checked = true;
    const text = append(rehearse, "span", "", say("Mix in 1,000 pictures of MNIST"));
    append(text, "small", "", say("Without them it learns your digits and forgets other people's. Try both."));
    const row = append(this.root, "div", "teach-start");
    this.start = append(row, "button", "teach-go", say("Teach it"));
    this.forget = append(row, "button", "", say("Forget all"));
    this.start.type = this.forget.type = "button";
    this.start.addEventListener("click", () => this.#teach());
    this.forget.addEventListener("click", () => this.#forget());
  }

  // `data` as ui/draw/teaching.py has it; `send` gives the digits to the page.
  update(data, send) {
    Object.assign(this, { data, send });
    this.#again();
    this.#tell(data.figures);
  }

  get isFull() {
    return this.ones.length >= this.data.most;
  }

  // Collect a picture of 28 x 28 pixels, light ink on black.
  take(label, picture) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    const bytes = Array.from({ length: SIDE * SIDE }, (_, i) => String.fromCharCode(data[4 * i]));
    this.ones.push({ label, pixels: btoa(bytes.join("")) });
    this.gone = null;
    this.#show();
  }

  #show() {
    keep(this.ones);
    const { least, most, busy } = this.data;
    const count = this.ones.length;
    this.names.forEach((made, label) => {
      const mine = this.ones.filter((one) => one.label === label).length;
      write(made.counted, String(mine));
      set(made, "aria-label", say("{label}, collected: {count}", { label, count: mine }));
    });
    const missing = least - count;
    const enough = missing <= 0;
    const more = say(plural("{count} more digit and it can learn.", "{count} more digits and it can learn.", { count: missing }));
    write(this.count, busy || this.#busy || (enough ? say("{count} digits, of at most {most}. Those in dashed frames are only tested.", { count, most }) : more));
    this.start.disabled = !enough || Boolean(busy) || this.sent === true;
    this.forget.disabled = !count && !this.gone;
    write(this.forget, this.gone ? say("Bring them back") : say("Forget all"));
    this.#fillTray();
  }

  get #busy() {
    return this.sent ? say("It begins to learn.") : "";
  }

  #fillTray() {
    const shown = [...this.tray.children];
    shown.slice(this.ones.length).forEach((item) => item.remove());
    this.ones.forEach((one, i) => {
      const item = this.tray.children[i] ?? this.#place(i);
      const canvas = item.querySelector("canvas");
      if (item.one !== one) paint(canvas, one.pixels);
      item.one = one;
      write(item.querySelector("span"), String(one.label));
      const held = this.data.held.includes(i);
      item.toggleAttribute("data-held", held);
      const said = held ? say("A {label}, only tested. Take it out", one) : say("A {label}. Take it out", one);
      set(item.firstChild, "title", said);
      set(item.firstChild, "aria-label", said);
    });
  }

  #place(i) {
    const item = append(this.tray, "li");
    const made = append(item, "button");
    made.type = "button";
    const canvas = append(made, "canvas");
    canvas.width = canvas.height = SIDE;
    append(made, "span");
    made.addEventListener("click", () => {
      this.ones.splice(i, 1);
      this.#show();
      (this.tray.children[Math.min(i, this.ones.length - 1)]?.firstChild ?? this.names[0]).focus();
    });
    return item;
  }

  #forget() {
    [this.ones, this.gone] = this.gone ? [this.gone, null] : [[], this.ones];
    this.#show();
  }

  #teach() {
    this.sent = true;
    setTimeout(() => this.#again(), PATIENCE);
    this.#show();
    const labels = this.ones.map((one) => one.label).join("");
    this.send({ labels, pictures: this.ones.map((one) => one.pixels), rehearse: this.rehearse.checked });
  }

  // The page has begun it, or refused.
  #again() {
    this.sent = false;
    this.#show();
  }

  // What was read right before and after.
  #tell(figures) {
    if (JSON.stringify(figures) === this.told) return;
    this.told = JSON.stringify(figures);
    this.figures.replaceChildren();
    if (!figures) return;
    const table = append(this.figures, "table");
    append(table, "caption", "", say("Read right, before and after it was taught"));
    const head = append(append(table, "thead"), "tr");
    for (const title of [say("Pictures"), say("Before"), say("After")]) set(append(head, "th", "", title), "scope", "col");
    const body = append(table, "tbody");
    const row = (title, before, after) => {
      const line = append(body, "tr");
      set(append(line, "th", "", title), "scope", "row");
      for (const value of [before, after]) append(line, "td", "", value);
    };
    const of = (count, all) => say("{count} of {all}", { count, all });
    const [taught, first, now] = figures.taught;
    const [held, heldFirst, heldNow] = figures.held;
    row(say("Digits of yours that it was taught"), of(first, taught), of(now, taught));
    row(say("Digits of yours that were held back"), of(heldFirst, held), of(heldNow, held));
    row(say("Test pictures of MNIST"), percent(figures.test[0], 2), percent(figures.test[1], 2));
    append(this.figures, "p", "", this.#verdict(figures.test));
  }

  #verdict([before, after]) {
    const lost = before - after;
    if (lost > 0.02) return say("It has forgotten much of what it knew: {lost} of MNIST. Teach it with pictures of MNIST mixed in.", { lost: percent(lost, 1) });
    if (lost > 0.0005) return say("It pays a little for it: {lost} of MNIST. The held-back digits tell whether it learned your hand, not these drawings by heart.", { lost: percent(lost, 2) });
    return say("It has forgotten nothing of MNIST. The held-back digits tell whether it learned your hand, not these drawings by heart.");
  }
}

function kept() {
  const found = recalled(KEPT);
  const isOne = (one) => Number.isInteger(one?.label) && typeof one.pixels === "string";
  return Array.isArray(found) ? found.filter(isOne) : [];
}

function keep(ones) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(ones));
  } catch {
    // a browser that keeps nothing: they are there until the page is left
  }
}

function paint(canvas, pixels) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(SIDE, SIDE);
  const bytes = atob(pixels);
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    image.data.fill(bytes.charCodeAt(i), 4 * i, 4 * i + 3);
    image.data[4 * i + 3] = 255;
  }
  context.putImageData(image, 0, 0);
}
