// What the network reads, on screen: the digit, ten bars, and the pictures on the way to the 28 x 28 it sees.

import { NONE, percent } from "../lib/format.js";
import { say } from "../lib/text.js";
import { isDark } from "../lib/theme.js";

const STEPS = [
  ["ink", say("Ink"), say("the strokes alone, without paper")],
  ["crop", say("Cut out"), say("no margin around the ink")],
  ["20 x 20", say("Made small"), say("fitted into 20 × 20 pixels")],
  ["centred", say("Centred"), say("28 × 28 pixels, all the network sees")],
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
    this.blank();
  }

  blank() {
    this.spoken = null;
    this.#write("?", say("Nothing to read yet"));
    this.bars.forEach(({ row, value }) => {
      row.classList.remove("best");
      row.style.setProperty("--share", 0);
      value.textContent = NONE;
    });
    for (const canvas of [this.seen, ...this.steps.values()]) canvas.width = canvas.height = 28;
  }

  // Resolves to false, and shows nothing, when `current()` is no longer true once the pictures are decoded.
  async show({ digit, probabilities, image, steps = [] }, current) {
    const pictures = await Promise.all([image, ...steps.map((step) => step.image)].map(decoded));
    if (!current()) return false;
    this.#write(String(digit), say("{percent} sure", { percent: percent(probabilities[digit], 1) }));
    this.bars.forEach(({ row, value }, i) => {
      row.classList.toggle("best", i === digit);
      row.style.setProperty("--share", probabilities[i]);
      value.textContent = percent(probabilities[i], 1);
    });
    paintPicture(this.seen, pictures[0]);
    steps.forEach(({ name }, i) => {
      if (this.steps.has(name)) paintPicture(this.steps.get(name), pictures[i + 1]);
    });
    return true;
  }

  // Show the pictures in the colours of the theme, dark ink on light paper or the reverse, or as the network gets them.
  colour() {
    const darkTheme = isDark(this.root);
    this.root.toggleAttribute("data-dark", darkTheme);
    this.root.toggleAttribute("data-inverted", !darkTheme && !this.raw);
  }

  // Tell screen readers, once for each new digit.
  speak(digit, probability) {
    const sentence = say("Read as {digit}, {percent} sure.", { digit, percent: percent(probability, 1) });
    if (this.spoken !== digit) this.root.querySelector(".spoken").textContent = sentence;
    this.spoken = digit;
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
