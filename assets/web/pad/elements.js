// The elements of the pad and their words; and the answer on screen: the digit, ten bars, and the pictures on the way to the
// 28 x 28 that the network sees.

import { append, isDark, press, set, write } from "../lib/component.js";
import { NONE, percent, say } from "../lib/text.js";

const KEYS = [
  [say("Arrows"), say("move, with Shift in small steps")],
  [say("Space"), say("pen down, pen up")],
  ["Z", say("undo")],
  ["Y", say("redo")],
  ["C", say("clear")],
  [say("Ctrl V"), say("paste a picture")],
];

const NAMING = ["0 – 9", say("say which digit it is, to teach it")];

/** Fill `root`: the drawing with its tools, the answer, the steps from the drawing to what the network sees. */
export function buildPad(root, teaches) {
  root.replaceChildren();
  const drawing = part(root, "section", "drawing", { "aria-label": say("Drawing") });
  append(drawing, "h2", "unseen", say("Drawing"));
  buildPaper(part(drawing, "div", "paper"));
  buildTools(part(drawing, "div", "tools", { role: "group", "aria-label": say("Drawing tools") }));
  part(drawing, "p", "message", { role: "alert" });
  buildKeys(part(drawing, "div", "keys", { id: "keys", hidden: "" }), teaches ? [...KEYS, NAMING] : KEYS);
  const answer = part(root, "section", "answer", { "aria-label": say("Answer") });
  append(answer, "h2", "unseen", say("Answer"));
  buildAnswer(answer);
  append(root, "h2", "unseen steps-title", say("From the drawing to what the network sees"));
  part(root, "ol", "steps", { "aria-label": say("From the drawing to what the network sees") });
  part(root, "p", "unseen spoken-answer", { role: "status" });
}

function buildPaper(paper) {
  part(paper, "canvas", "ink", { tabindex: "0", role: "application", "aria-label": say("Drawing pad"), "aria-describedby": "keys" });
  part(paper, "div", "frames", { "aria-hidden": "true" });
  part(paper, "img", "picture", { alt: say("The picture that is read instead of a drawing"), hidden: "" });
  const hint = part(paper, "p", "hint", { "aria-hidden": "true" });
  symbol(hint, "draw");
  append(hint, "span", "", say("Draw a digit\nfrom 0 to 9"));
  const touch = matchMedia("(pointer: coarse)").matches;
  append(hint, "small", "", touch ? say("or upload a picture") : say("or drop a picture here"));
}

function buildTools(tools) {
  tool(tools, "undo", "undo", say("Undo"));
  tool(tools, "redo", "redo", say("Redo"));
  tool(tools, "clear", "delete", say("Clear"));
  const pen = append(tools, "label", "pen", say("Pen"));
  part(pen, "span", "nib", { "aria-hidden": "true" });
  part(pen, "input", "", { type: "range", min: "12", max: "60", step: "2", value: "32", "aria-label": say("Pen width") });
  tool(tools, "choose", "upload", say("Upload"), { title: say("Read a picture file instead") });
  tool(tools, "help", "keyboard", say("Keys"), { "aria-expanded": "false", "aria-controls": "keys" });
  part(tools, "input", "", { type: "file", accept: "image/*", hidden: "" });
}

function buildKeys(keys, known) {
  const list = append(keys, "dl");
  for (const [key, does] of known) {
    append(list, "dt", "", key);
    append(list, "dd", "", does);
  }
  append(keys, "p", "", say("Click the pad first, or reach it with Tab."));
}

function buildAnswer(answer) {
  const reading = append(answer, "div", "reading");
  append(reading, "p", "caption", say("The network reads"));
  part(reading, "p", "digit", { "aria-hidden": "true" });
  append(reading, "p", "sure");
  part(reading, "div", "several", { role: "group", "aria-label": say("The digits, one by one"), hidden: "" });
  const seen = append(answer, "figure", "seen");
  const box = append(seen, "div", "box");
  part(box, "canvas", "pixels", { width: "28", height: "28", role: "img", "aria-label": say("What the network sees") });
  append(seen, "figcaption", "", say("What it sees: 28 × 28 pixels,\ncentred by its mass"));
  part(answer, "ol", "bars", { "aria-label": say("How sure the network is of each digit") });
  const raw = append(answer, "label", "raw");
  part(raw, "input", "", { type: "checkbox", role: "switch" });
  append(raw, "span", "track");
  append(raw, "span", "", say("As the network sees it"));
}

/** A button with a symbol and a word. */
function tool(parent, name, picture, word, attributes = {}) {
  const made = part(parent, "button", name, { type: "button", ...attributes });
  symbol(made, picture);
  append(made, "span", "word", word);
}

function symbol(parent, name) {
  part(parent, "span", "symbol", { "aria-hidden": "true" }).textContent = name;
}

function part(parent, tag, className, attributes = {}) {
  const made = append(parent, tag, className);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const STEPS = [
  ["ink", say("Ink"), say("the strokes alone, without paper")],
  ["crop", say("Cut out"), say("no margin around the ink")],
  ["20 x 20", say("Scaled down"), say("fitted into 20 × 20 pixels")],
  ["centred", say("Centred"), say("by its mass in 28 × 28 pixels, all the network sees")],
];

export class Answer {
  constructor(root, colours) {
    this.root = root;
    this.raw = false; // light on black, as the network gets it, whatever the theme
    this.spoken = null;
    this.bars = colours.map((colour, digit) => bar(root.querySelector(".bars"), digit, colour));
    const steps = root.querySelector(".steps");
    this.steps = new Map(STEPS.map((step) => [step[0], stepFigure(steps, ...step)]));
    this.seen = root.querySelector(".seen .pixels");
    this.several = root.querySelector(".several");
    this.chosen = 0; // of several digits, the one that the bars and the picture are of
    this.blank();
  }

  blank() {
    this.spoken = null;
    this.#write("?", say("Nothing to read yet"));
    this.#offer([]);
    this.bars.forEach(({ row, value }) => {
      row.classList.remove("best");
      row.style.setProperty("--share", 0);
      value.textContent = NONE;
    });
    for (const canvas of [this.seen, ...this.steps.values()]) canvas.width = canvas.height = 28;
  }

  // Resolves to false, and shows nothing, when `current()` is no longer true once the pictures are decoded.
  async show({ digit, probabilities, image, steps = [], parts = [] }, current) {
    const ones = parts.length ? parts : [{ digit, probabilities, image }];
    const pictures = await Promise.all([...ones.map((one) => one.image), ...steps.map((step) => step.image)].map(decoded));
    if (!current()) return false;
    this.ones = ones.map((one, i) => ({ ...one, picture: pictures[i] }));
    this.chosen = Math.min(this.chosen, ones.length - 1);
    this.#offer(parts);
    this.#showOne();
    steps.forEach(({ name }, i) => {
      if (this.steps.has(name)) paintPicture(this.steps.get(name), pictures[ones.length + i]);
    });
    return true;
  }

  // The bars and the picture of the one digit, or of the chosen one of several.
  #showOne() {
    const { digit, probabilities, picture } = this.ones[this.chosen];
    const { read, least } = this.#read();
    this.#write(read, this.ones.length > 1 ? say("Read one by one, each at least {percent} sure", { percent: least }) : say("{percent} sure", { percent: least }));
    this.bars.forEach(({ row, value }, i) => {
      row.classList.toggle("best", i === digit);
      row.style.setProperty("--share", probabilities[i]);
      value.textContent = percent(probabilities[i], 1);
    });
    paintPicture(this.seen, picture);
    [...this.several.children].forEach((made, i) => press(made, i === this.chosen));
  }

  // A button for each of several digits.
  #offer(parts) {
    this.several.hidden = !parts.length;
    this.root.toggleAttribute("data-several", parts.length > 0);
    if (this.several.children.length !== parts.length) {
      this.several.replaceChildren();
      parts.forEach((_, i) => {
        const made = append(this.several, "button", "one");
        made.type = "button";
        made.addEventListener("click", () => {
          this.chosen = i;
          this.#showOne();
        });
      });
    }
    parts.forEach(({ digit }, i) => {
      const made = this.several.children[i];
      write(made, String(digit));
      set(made, "aria-label", say("Digit {number}, read as {digit}: show its bars", { number: i + 1, digit }));
    });
  }

  // Show the pictures in the colours of the theme, dark ink on light paper or the reverse, or as the network gets them.
  colour() {
    const darkTheme = isDark(this.root);
    this.root.toggleAttribute("data-dark", darkTheme);
    this.root.toggleAttribute("data-inverted", !darkTheme && !this.raw);
  }

  /** The 28 x 28 pixels that the network saw last; null without any. */
  get picture() {
    return this.spoken === null ? null : this.ones[this.chosen].picture;
  }

  // Tell screen readers, once for each new digit or number.
  speak() {
    const { read, least } = this.#read();
    const sentence = say("Read as {digit}, {percent} sure.", { digit: read, percent: least });
    if (this.spoken !== read) this.root.querySelector(".spoken-answer").textContent = sentence;
    this.spoken = read;
  }

  // All digits side by side, and how sure the network is of that which it is least sure of.
  #read() {
    const least = Math.min(...this.ones.map((one) => one.probabilities[one.digit]));
    return { read: this.ones.map((one) => one.digit).join(""), least: percent(least, 1) };
  }

  #write(digit, sure) {
    this.root.querySelector(".digit").textContent = digit;
    this.root.querySelector(".sure").textContent = sure;
  }
}

function bar(list, digit, colour) {
  const row = list.appendChild(document.createElement("li"));
  row.style.setProperty("--digit-colour", colour);
  const parts = ["name", "track", "value"].map((part) => {
    const element = row.appendChild(document.createElement("span"));
    element.className = part;
    return element;
  });
  parts[0].textContent = digit;
  return { row, value: parts[2] };
}

function stepFigure(list, name, title, caption) {
  const item = list.appendChild(document.createElement("li"));
  const box = item.appendChild(document.createElement("div"));
  const text = item.appendChild(document.createElement("p"));
  box.className = "box";
  const canvas = box.appendChild(document.createElement("canvas"));
  canvas.dataset.step = name;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", say("{title}: {caption}", { title, caption }));
  text.appendChild(document.createElement("strong")).textContent = title;
  text.append(caption);
  return canvas;
}

async function decoded(url) {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  return picture;
}

function paintPicture(canvas, picture) {
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  canvas.style.setProperty("--wide", canvas.width);
  canvas.style.setProperty("--high", canvas.height);
  canvas.getContext("2d").drawImage(picture, 0, 0);
}
