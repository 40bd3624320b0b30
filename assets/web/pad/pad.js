// The pad: draw a digit, or give a picture, and a network reads it while the pen is still down.

import { Answer, buildPad } from "./elements.js";
import { ask, prepared, Reader, receivePictures } from "./reader.js";
import { Pen, SIDE, Strokes, paint, paintCross } from "./strokes.js";
import { Teaching } from "./teach.js";
import { append } from "../lib/component.js";
import { say } from "../lib/text.js";

const REREAD = 1150; // ms between two readings by a network that learns; the server has newer weights after 1000
const NOT_SEEN = say("There is no digit to see in this picture. Use dark ink on light paper, or light on dark.");

const DRAW_FIRST = say("Draw a digit first, then say which it is.");
const ONE_ONLY = say("To teach it, draw one digit at a time.");
const ENOUGH = say("There are as many digits as it can be taught at once.");
const TWO = say("These look like several digits; the network reads one.");

const styles = new CSSStyleSheet();
const sheets = ["./pad.css", "./answer.css", "./teach.css"].map(async (sheet) => (await fetch(new URL(sheet, import.meta.url))).text());
styles.replaceSync((await Promise.all(sheets)).join("\n"));

const pads = new WeakMap(); // shadow root -> Pad
const open = new Map(); // pad's key -> the Pad on screen
let latest = null; // key of the pad that was drawn on last
const followers = new Map(); // pad's key -> what follows its drawing
const drawings = new Map(); // pad's key -> Strokes, so that leaving the page and coming back keeps them

/** Let `follower` take part in what the pad `key` asks: `query()` adds to the address, `take(answer, question)` gets every
 *  answer, `blank()` is called for an empty pad. Returns what ends that. */
export function followPad(key, follower) {
  followers.set(key, follower);
  askAgain(key);
  return () => followers.get(key) === follower && followers.delete(key);
}

/** Put a picture of MNIST's test set on the pad `key`, by its number, shown as the PNG `shown`, until something is drawn. */
export function putTestPicture(key, number, shown) {
  open.get(key)?.putTest(number, shown);
}

/** Read what is on the pad `key` again, at once. */
export function askAgain(key) {
  open.get(key)?.again();
}

// Called by Streamlit at first and whenever the data or the theme changes.
export function mount(component) {
  show(component);
  return () => leave(component);
}

function show({ parentElement, data, setTriggerValue }) {
  if (!parentElement.isConnected) return; // the visitor left before the script came
  // Streamlit may put another page's pad into the same place, with new markup.
  if (!pads.get(parentElement)?.isOf(data.key)) {
    pads.get(parentElement)?.close();
    pads.set(parentElement, new Pad(parentElement, data));
  }
  const [learned, taught] = [() => setTriggerValue("learned", data.model), (digits) => setTriggerValue("taught", digits)];
  pads.get(parentElement).update(data, learned, taught);
}

// Called when the pad may be gone; Streamlit also calls it for a start that a quick rerun overtook.
function leave({ parentElement }) {
  if (parentElement.isConnected) return;
  pads.get(parentElement)?.close();
  pads.delete(parentElement);
}

class Pad {
  constructor(shadow, data) {
    shadow.adoptedStyleSheets = [styles];
    this.root = shadow.querySelector(".pad");
    buildPad(this.root, Boolean(data.teaching));
    this.canvas = this.root.querySelector(".ink");
    if (!drawings.has(data.key)) drawings.set(data.key, new Strokes());
    this.strokes = drawings.get(data.key);
    if (data.through === "inside") this.#takeOver(data.key);
    this.data = data;
    this.picture = this.#firstPicture(); // {content, type} read in place of the strokes; one of the test set until something is drawn
    this.answer = new Answer(this.root, data.colours);
    this.teaching = data.teaching ? new Teaching(this.root, (label) => this.#name(label)) : null;
    this.naming = null; // what is on the pad, said before it was read
    this.revision = 0; // counts what was on the pad, so that an answer to an older state is known as such
    this.reader = new Reader((answer, question) => this.#answered(answer, question));
    this.pen = new Pen(this.canvas, this.strokes, {
      moved: () => this.#paint(),
      drawn: (ended) => this.#drawn(ended),
      clear: () => this.#clear(),
    });
    this.#wire();
    this.leavePage = receivePictures(this.root, (file) => this.#give(file), (sentence) => this.#tell(sentence));
    this.resizes = new ResizeObserver(() => this.#paint());
    this.resizes.observe(this.canvas);
    open.set(data.key, this);
    this.clock = setInterval(() => this.#reread(), REREAD);
  }

  isOf(key) {
    return this.root.isConnected && this.data.key === key;
  }

  // `learned` tells the page that the network has learned all it will, `taught` sends it the collected digits.
  update(data, learned, taught) {
    this.learned = learned;
    this.teaching?.update(data.teaching, taught);
    const other = data.model !== this.data.model;
    const first = this.root.dataset.state === undefined;
    this.data = data;
    this.answer.colour();
    this.#paint();
    if (first || other) {
      this.reader.drop();
      this.#tell("");
      this.#ask(true);
    }
  }

  putTest(number, shown) {
    this.#clear();
    this.picture = this.#ofTestSet(number, shown);
    this.#drawn(true);
  }

  again() {
    this.#ask(true);
  }

  close() {
    if (open.get(this.data.key) === this) open.delete(this.data.key);
    clearInterval(this.clock);
    this.reader.drop();
    this.resizes.disconnect();
    this.leavePage();
    this.#forgetPicture();
  }

  #wire() {
    const find = (name) => this.root.querySelector(name);
    for (const action of ["undo", "redo", "clear"]) {
      find(`.${action}`).addEventListener("click", () => {
        if (action === "clear") this.#clear();
        else this.strokes[action]();
        this.#drawn(true);
      });
    }
    const width = find(".pen input");
    width.value = this.strokes.width;
    width.addEventListener("input", () => {
      this.strokes.width = Number(width.value);
      this.#drawn(false);
    });
    width.addEventListener("change", () => this.#drawn(true));
    find(".choose").addEventListener("click", () => {
      if (!this.picture || this.picture.test) return;
      this.#forgetPicture();
      this.#drawn(true);
    });
    find(".help").addEventListener("click", () => {
      const shown = find(".keys").toggleAttribute("hidden") === false;
      find(".help").setAttribute("aria-expanded", String(shown));
    });
    this.canvas.addEventListener("keydown", (event) => {
      if (!this.teaching || !/^[0-9]$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
      event.stopPropagation();
      this.#name(Number(event.key));
    });
    find(".raw input").addEventListener("change", (event) => {
      this.answer.raw = event.target.checked;
      this.answer.colour();
    });
  }

  // The visitor says which digit is on the pad: it is collected, and the pad is free again.
  #name(label) {
    this.naming = null;
    if (this.#blank) this.#tell(DRAW_FIRST);
    else if (this.teaching.isFull) this.#tell(ENOUGH);
    else if (this.root.dataset.state === "reading") this.naming = label;
    else if (this.root.hasAttribute("data-several")) this.#tell(ONE_ONLY);
    else if (this.root.dataset.state === "read" && this.answer.picture) {
      this.teaching.take(label, this.answer.picture);
      this.#clear();
      this.#drawn(true);
    }
  }

  get #blank() {
    return this.strokes.blank && !this.picture;
  }

  #drawn(ended) {
    if (this.picture?.test && !this.strokes.blank) this.#forgetPicture();
    latest = this.data.key;
    this.#tell("");
    this.#paint();
    this.naming = null;
    this.#ask(ended);
  }

  // Ask the network what is on the pad; `now`: without the usual gap between two questions.
  #ask(now) {
    this.revision += 1;
    if (this.#blank) {
      this.#frame([]);
      this.reader.drop();
      this.answer.blank();
      this.root.dataset.state = "blank";
      this.#follower?.blank();
      return;
    }
    this.root.dataset.state = "reading";
    this.reader.want(this.#question(), now);
  }

  #question(content = this.picture ?? { content: JSON.stringify(this.strokes), type: "application/json" }) {
    const query = this.data.layout === "full" ? "?steps=1" : (this.#follower?.query() ?? "");
    return { ...content, url: `${this.#address}${query}`, revision: this.revision };
  }

  get #address() {
    return `/api/${this.data.through ?? "predict"}/${encodeURIComponent(this.data.model)}`;
  }

  get #follower() {
    return followers.get(this.data.key);
  }

  // What was drawn on another pad since this one was left.
  #takeOver(key) {
    const other = drawings.get(latest);
    if (latest !== key && other && !other.blank) this.strokes.replace(other);
    latest = key;
  }

  // A digit that stands on a pad that nobody has drawn on yet.
  #firstPicture() {
    if (!this.data.first || !this.strokes.blank || this.strokes.canUndo) return null;
    const { number, shown } = this.data.first;
    const bytes = Uint8Array.from(atob(shown), (letter) => letter.charCodeAt(0));
    return this.#ofTestSet(number, new Blob([bytes], { type: "image/png" }));
  }

  #ofTestSet(number, shown) {
    this.root.querySelector(".picture").src = URL.createObjectURL(shown);
    return { content: JSON.stringify({ test: number }), type: "application/json", test: true };
  }

  #reread() {
    const due = this.data.reread && !document.hidden && !this.#blank && !["reading", "refused"].includes(this.root.dataset.state);
    if (due) this.reader.want(this.#question(), false);
  }

  async #answered(answer, question) {
    const newest = () => question.revision === this.revision;
    if (answer.error) {
      this.#tell(answer.error);
      if (newest()) this.root.dataset.state = "failed";
      return;
    }
    const showing = (this.showing = Symbol("showing"));
    if (answer.digit === null) this.answer.blank();
    else if (!(await this.answer.show(answer, () => this.showing === showing && !this.#outdated(question)))) return;
    this.#follower?.take(answer, question);
    this.#tell(answer.two ? TWO : "");
    this.#frame(answer.parts ?? []);
    if (this.data.reread && answer.learning === false) this.#learned();
    if (!newest() || this.strokes.open) return;
    this.root.dataset.state = "read";
    if (answer.digit !== null) this.answer.speak();
    if (this.naming !== null) this.#name(this.naming);
  }

  #learned() {
    this.data = { ...this.data, reread: false };
    this.learned();
  }

  // Whether the question was about another model, or the pad was cleared since.
  #outdated(question) {
    return this.#blank || !question.url.startsWith(this.#address);
  }

  // Read a picture file. Only when that works does it take the place of the drawing.
  async #give(file) {
    const picture = await prepared(file);
    const question = this.#question(picture);
    const answer = picture.error ? picture : await ask(question);
    if (answer.error || answer.digit === null) {
      this.#refuse(answer.error ?? NOT_SEEN);
      return;
    }
    this.reader.drop();
    this.#forgetPicture();
    this.picture = picture;
    this.root.querySelector(".picture").src = URL.createObjectURL(picture.content);
    this.#paint();
    this.revision += 1;
    await this.#answered(answer, this.#question());
  }

  // Say why a picture is not read. What was read before goes: it would seem to be the answer to that picture.
  #refuse(sentence) {
    this.reader.drop();
    this.revision += 1;
    this.answer.blank();
    this.#frame([]);
    this.root.dataset.state = "refused";
    this.#tell(sentence);
  }

  #clear() {
    this.#forgetPicture();
    this.strokes.clear();
  }

  #forgetPicture() {
    if (!this.picture) return;
    URL.revokeObjectURL(this.root.querySelector(".picture").src);
    this.picture = null;
  }

  // A frame around each of several digits on the paper, with what it is read as.
  #frame(parts) {
    const frames = this.root.querySelector(".frames");
    frames.replaceChildren();
    const shown = this.root.querySelector(".picture");
    const [wide, high] = this.picture ? [shown.naturalWidth, shown.naturalHeight] : [1, 1];
    const most = Math.max(wide, high) || 1;
    for (const { box: [left, top, right, bottom], digit } of parts) {
      const frame = append(frames, "div", "frame");
      append(frame, "span", "", String(digit));
      // A picture stands in the middle of the square paper.
      const across = (share) => `${(100 * (share * wide + (most - wide) / 2)) / most}%`;
      const down = (share) => `${(100 * (share * high + (most - high) / 2)) / most}%`;
      Object.assign(frame.style, { left: across(left), top: down(top) });
      frame.style.setProperty("--wide", `${(100 * (right - left) * wide) / most}%`);
      frame.style.setProperty("--high", `${(100 * (bottom - top) * high) / most}%`);
    }
  }

  #tell(sentence) {
    const message = this.root.querySelector(".message");
    if (message.textContent !== sentence) message.textContent = sentence;
  }

  #paint() {
    const { root, canvas, strokes } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== side) canvas.width = canvas.height = side;
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    if (side) paint(context, strokes, side, style.color);
    if (side && this.pen?.cross) paintCross(context, this.pen.cross, strokes.width, style.accentColor);
    root.toggleAttribute("data-blank", this.#blank && !this.pen?.cross);
    const given = this.picture !== null && !this.picture.test;
    root.toggleAttribute("data-picture", given);
    root.toggleAttribute("data-first", Boolean(this.picture?.test));
    root.querySelector(".picture").hidden = this.picture === null;
    root.querySelector(".choose .word").textContent = given ? say("Draw again") : say("Upload");
    root.querySelector(".choose .symbol").textContent = given ? "draw" : "upload";
    root.querySelector(".undo").disabled = !strokes.canUndo || given;
    root.querySelector(".redo").disabled = !strokes.canRedo || given;
    root.querySelector(".clear").disabled = this.#blank;
    root.querySelector(".pen input").disabled = given;
    root.style.setProperty("--nib", strokes.width / SIDE);
  }
}
