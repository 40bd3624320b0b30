// A curve to guess: drawn with the finger, the mouse or the keys; once given, the true one beside it.

import { append, mounting, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";

const [WIDE, HIGH, LEFT, TOP, BELOW, RIGHT] = [640, 300, 56, 14, 40, 24]; // of the drawing
const LINES = 4; // across
const STEP = 1 / 50; // of the height, by an arrow key

class GuessedCurve {
  constructor(parent) {
    this.root = append(parent.querySelector(".guess"), "div", "guess-curve");
    this.svg = append(this.root, "svg");
    set(this.svg, "viewBox", `0 0 ${WIDE} ${HIGH}`);
    this.svg.addEventListener("pointerdown", (event) => this.begin(event));
    this.svg.addEventListener("pointermove", (event) => event.buttons && this.drawTo(event));
    this.bar = append(this.root, "div", "guess-bar");
    this.about = append(this.bar, "span", "guess-about");
    this.button = append(this.bar, "button", "guess-give", say("Guess"));
    this.button.type = "button";
    this.button.addEventListener("click", () => this.give("guessed", this.values.join(" ")));
  }

  update({ data, setTriggerValue }) {
    this.give = setTriggerValue;
    const other = JSON.stringify(data) !== JSON.stringify(this.data);
    this.data = data;
    if (!other) return;
    const middle = (data.low + data.high) / 2;
    this.values = data.guess ?? this.values ?? data.across.map(() => null);
    if (this.values.length !== data.across.length) this.values = data.across.map(() => null);
    this.isOpen = !data.right;
    this.start = middle;
    this.build();
    this.show();
  }

  remove() {
    this.root.remove();
  }

  at(place) {
    const { across } = this.data;
    return LEFT + ((WIDE - LEFT - RIGHT) * place) / (across.length - 1);
  }

  up(value) {
    const { low, high } = this.data;
    return TOP + (HIGH - TOP - BELOW) * (1 - (value - low) / (high - low));
  }

  build() {
    const { across, unit, low, high } = this.data;
    this.svg.replaceChildren();
    set(this.svg, "class", this.isOpen ? "guess-open" : "");
    for (let line = 0; line <= LINES; line++) {
      const value = low + ((high - low) * line) / LINES;
      this.line(LEFT, this.up(value), WIDE - RIGHT, this.up(value), "guess-rule");
      this.text(LEFT - 8, this.up(value) + 4, number(value, "n"), "end");
    }
    this.text(LEFT, HIGH - 2, unit, "start");
    across.forEach((name, place) => this.text(this.at(place), HIGH - BELOW + 18, name, "middle"));
    this.truth = this.path("guess-truth");
    this.curve = this.path("guess-own");
    this.dots = across.map((name, place) => {
      const dot = append(this.svg, "circle", "guess-dot");
      set(dot, "r", "9");
      set(dot, "cx", String(this.at(place)));
      if (this.isOpen) {
        set(dot, "tabindex", "0");
        set(dot, "role", "slider");
        set(dot, "aria-valuemin", String(low));
        set(dot, "aria-valuemax", String(high));
        dot.addEventListener("keydown", (event) => this.key(event, place));
      }
      return dot;
    });
  }

  line(x1, y1, x2, y2, kind) {
    const made = append(this.svg, "line", kind);
    for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) set(made, name, String(value));
  }

  text(x, y, words, anchor) {
    const made = append(this.svg, "text", "", words);
    for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor })) set(made, name, String(value));
  }

  path(kind) {
    return append(this.svg, "path", kind);
  }

  begin(event) {
    if (!this.isOpen) return;
    this.svg.setPointerCapture(event.pointerId);
    this.last = null;
    this.drawTo(event);
    event.preventDefault();
  }

  drawTo(event) {
    if (!this.isOpen) return;
    const box = this.svg.getBoundingClientRect();
    const x = ((event.clientX - box.left) * WIDE) / box.width;
    const y = ((event.clientY - box.top) * HIGH) / box.height;
    const place = Math.round(((x - LEFT) / (WIDE - LEFT - RIGHT)) * (this.values.length - 1));
    if (place < 0 || place >= this.values.length) return;
    const { low, high } = this.data;
    const value = low + (high - low) * (1 - (y - TOP) / (HIGH - TOP - BELOW));
    this.put(place, value);
    // A quick hand passes places between two events.
    if (this.last && Math.abs(this.last.place - place) > 1) {
      const step = Math.sign(place - this.last.place);
      for (let between = this.last.place + step; between !== place; between += step) {
        const share = (between - this.last.place) / (place - this.last.place);
        this.put(between, this.last.value + share * (value - this.last.value));
      }
    }
    this.last = { place, value };
    this.show();
  }

  put(place, value) {
    const { low, high } = this.data;
    const digits = 10 ** Math.max(0, 2 - Math.floor(Math.log10(high - low)));
    this.values[place] = Math.round(Math.min(high, Math.max(low, value)) * digits) / digits;
  }

  key(event, place) {
    const { low, high } = this.data;
    const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 5, PageDown: -5 };
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (move) this.dots[place + move]?.focus();
    else if (event.key in steps) {
      this.put(place, (this.values[place] ?? this.start) + steps[event.key] * STEP * (high - low));
      this.show();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  show() {
    const { across, unit, right } = this.data;
    set(this.curve, "d", pathOf(this.values, (place, value) => [this.at(place), this.up(value)]));
    set(this.truth, "d", right ? pathOf(right, (place, value) => [this.at(place), this.up(value)]) : "");
    this.dots.forEach((dot, place) => {
      const value = this.values[place];
      set(dot, "cy", String(this.up(value ?? this.start)));
      dot.classList.toggle("guess-unset", value === null);
      if (!this.isOpen) return;
      set(dot, "aria-label", say("Your guess at {place}", { place: across[place] }));
      set(dot, "aria-valuenow", String(value ?? this.start));
      set(dot, "aria-valuetext", value === null ? say("not yet drawn") : `${number(value, "n")} ${unit}`);
    });
    const missing = this.values.filter((value) => value === null).length;
    this.button.disabled = missing > 0;
    this.button.hidden = !this.isOpen;
    write(this.about, this.isOpen
      ? missing ? say("Draw the curve from left to right, with the finger, the mouse or the arrow keys.") : say("Change it as you like, then press Guess.")
      : say("Blue: your guess. Green and dashed: what happened."));
    set(this.svg, "role", this.isOpen ? "group" : "img");
    set(this.svg, "aria-label", this.isOpen ? say("Your curve") : say("Your curve: {own}. The true one: {right}.", {
      own: this.values.map((value) => number(value, "n")).join(", "), right: right.map((value) => number(value, "n")).join(", "),
    }));
  }
}

/** The path of a curve with gaps where nothing is drawn yet. */
export function pathOf(values, placed) {
  let isDown = false;
  return values.map((value, place) => {
    if (value === null) {
      isDown = false;
      return "";
    }
    const [x, y] = placed(place, value);
    const letter = isDown ? "L" : "M";
    isDown = true;
    return `${letter}${x.toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}

export const mount = mounting((parent) => new GuessedCurve(parent));
