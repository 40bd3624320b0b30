// One number taken apart: its map, where it reads from, and every step on the way to it. It stands in a fixed place.

import { append, write } from "../lib/component.js";
import { decimal, say } from "../lib/text.js";
import { heat } from "./heat.js";
import { called, place } from "./names.js";
import { work } from "./numbers.js";
import { pictureCanvas, squared } from "./pixels.js";

const LARGE = 168; // px of a map
const ARROWS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

export class Detail {
  constructor(root, choose) {
    Object.assign(this, { root, choose });
    root.setAttribute("aria-label", say("One number"));
    root.tabIndex = 0;
    append(root, "h2", "unseen", say("One number"));
    this.title = append(root, "h3", "inside-title");
    this.where = append(root, "p", "inside-where", say("Choose a map or a unit."));
    this.maps = append(root, "div", "inside-pair");
    this.#buildMap();
    this.source = append(this.maps, "figure", "inside-source");
    this.work = append(root, "div", "inside-work");
    this.heat = append(root, "div", "inside-heat");
  }

  show(told, colours) {
    this.told = told;
    write(this.title, called({ id: told.layer, kind: told.kind, join: told.join }));
    const value = decimal(told.value);
    write(this.where, say("{place}: {value}", { place: place(told.at, told.digits), value }));
    this.paint(colours);
    work(this.work, told, (channel) => this.#read(channel));
    heat(this.heat, told, colours);
  }

  paint(colours) {
    if (!this.told || !colours) return;
    this.colours = colours;
    const { map: made, at, digits } = this.told;
    const map = at.length > 1 || digits ? made : squared(made);
    this.wide = map.size[1];
    const canvas = pictureCanvas(this.box, map, LARGE, colours, say("The map with this number; arrows choose another"));
    this.canvas.replaceWith(canvas);
    this.canvas = canvas;
    this.#wire(canvas);
    const [row, column] = at.length === 1 ? [Math.floor(at[0] / this.wide), at[0] % this.wide] : at.slice(-2);
    put(this.mark, canvas.scale, row, column, 1, 1);
    const channel = this.told.channels?.[0]?.channel ?? this.told.channel ?? this.told.from?.[0] ?? at[0];
    this.#read(channel);
  }

  refuse(sentence) {
    write(this.where, sentence);
  }

  #buildMap() {
    const figure = append(this.maps, "figure", "inside-own");
    this.box = append(figure, "div", "inside-box");
    this.canvas = append(this.box, "canvas");
    this.mark = append(this.box, "span", "inside-mark");
    append(figure, "figcaption", "", say("What it makes"));
    this.box.tabIndex = 0;
    this.box.setAttribute("role", "application");
    this.box.setAttribute("aria-label", say("Choose a number of this map with the arrow keys; Page up and Page down change the map"));
    this.box.addEventListener("keydown", (event) => this.#key(event));
  }

  #wire(canvas) {
    const pick = (event) => {
      const box = canvas.getBoundingClientRect();
      const [column, row] = [event.clientX - box.left, event.clientY - box.top].map((px) => Math.floor(px / canvas.scale));
      this.#to(row, column);
    };
    canvas.addEventListener("pointermove", pick);
    canvas.addEventListener("pointerdown", pick);
  }

  #key(event) {
    const { at, shape } = this.told ?? {};
    const step = ARROWS[event.key];
    const leaf = { PageUp: -1, PageDown: 1 }[event.key];
    if (!at || !(step || leaf)) return;
    event.preventDefault();
    event.stopPropagation();
    if (leaf) this.choose([Math.min(shape[0] - 1, Math.max(0, at[0] + leaf)), ...at.slice(1)]);
    else if (at.length === 1) this.#to(0, at[0] + step[0] * this.wide + step[1]);
    else this.#to(at.at(-2) + step[0], at.at(-1) + step[1]);
  }

  // Choose another number of the same map.
  #to(row, column) {
    const { at, shape } = this.told;
    const inside = (index, axis) => Math.min(shape.at(axis) - 1, Math.max(0, index));
    const next = at.length === 1 ? [inside(row * this.wide + column, -1)] : [...at.slice(0, -2), inside(row, -2), inside(column, -1)];
    if (next.join() !== (this.asked ?? at).join()) this.choose((this.asked = next));
  }

  #caption(channel) {
    if (this.told.in.length === 2) return say("What it reads: a row for each step");
    return say("What it reads: map {number}", { number: Number(channel) + 1 });
  }

  // The channel that it reads, with the window on it.
  #read(channel) {
    const { sources = {}, window, form, from } = this.told;
    const source = sources[channel] ?? Object.values(sources)[0];
    this.asked = null;
    this.source.replaceChildren();
    this.source.hidden = !source;
    if (!source) return;
    const box = append(this.source, "div", "inside-box");
    const canvas = pictureCanvas(box, source, LARGE, this.colours, say("What it reads"));
    const mark = append(box, "span", "inside-mark");
    if (window) {
      const [high, wide] = window.size.map((side, i) => (side - 1) * window.dilation[i] + 1);
      put(mark, canvas.scale, window.top, window.left, high, wide);
    } else {
      const [row, column] = (form === "moved" ? from : this.told.at).slice(-2);
      put(mark, canvas.scale, row, column, 1, 1);
    }
    append(this.source, "figcaption", "", this.#caption(channel));
  }
}

function put(mark, scale, row, column, high, wide) {
  Object.assign(mark.style, {
    left: `${column * scale}px`, top: `${row * scale}px`, width: `${wide * scale}px`, height: `${high * scale}px`,
  });
}
