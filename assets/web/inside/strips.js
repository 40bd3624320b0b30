// The flow: a strip for every layer, with its maps or units as pixels, all maps at one scale.

import { append, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { called, sizes } from "./names.js";
import { bytesOf, paintPixels } from "./pixels.js";

const MARGIN = 16; // px beside the maps
const EDGE = 1; // px around all of them
const FRAME = "rgba(127, 127, 127, 0.4)";
const GAP = 4; // px between two maps
const CELL = 12; // px of a single unit
const LARGE_CELL = 26; // of the score of a digit

/** The list of strips in `root`. Calls `chosen(strip, at)`, `at` null for a layer as a whole, `turned(strip)` for the head of
 *  a repetition and `paged(strip, first)` for other maps. */
export class Strips {
  constructor(root, calls) {
    Object.assign(this, { root, calls });
    this.list = append(root, "ol", "inside-strips");
    this.rows = new Map(); // by the layer's id
  }

  show(strips, colours) {
    const wide = Math.max(120, this.list.clientWidth - MARGIN);
    const scale = wide > 700 ? 3 : 2;
    const rows = strips.map((strip) => this.#row(strip));
    if (rows.some((row, i) => row.item !== this.list.children[i]) || rows.length !== this.list.children.length) {
      this.list.replaceChildren(...rows.map((row) => row.item));
    }
    strips.forEach((strip, i) => rows[i].show(strip, wide, scale, colours));
    this.rows = new Map(strips.map((strip, i) => [strip.id, rows[i]]));
  }

  mark(layer, at) {
    for (const [id, row] of this.rows) row.mark(id === layer ? at : null, id === layer);
  }

  #row(strip) {
    return this.rows.get(strip.id) ?? (strip.times ? new Head(this.calls) : new Row(this.calls));
  }
}

/** One time of a repeat: a button that folds it away or opens it. */
class Head {
  constructor({ turned }) {
    this.item = append(document.createElement("ol"), "li", "inside-head");
    this.button = append(this.item, "button", "inside-fold");
    this.button.type = "button";
    this.button.addEventListener("click", () => turned(this.strip));
  }

  show(strip) {
    this.strip = strip;
    this.item.style.setProperty("--depth", strip.depth);
    write(this.button, called(strip));
    set(this.button, "aria-expanded", String(strip.open));
  }

  mark() {}
}

class Row {
  constructor({ chosen, paged }) {
    this.chosen = chosen;
    this.item = append(document.createElement("ol"), "li", "inside-strip");
    const label = append(this.item, "div", "inside-label");
    this.button = append(label, "button", "inside-layer");
    this.button.type = "button";
    this.name = append(this.button, "span", "inside-name");
    this.shape = append(this.button, "span", "inside-shape");
    this.button.addEventListener("click", () => chosen(this.strip, null));
    this.pager = append(label, "div", "pager");
    this.back = this.#turner("‹", say("Earlier ones"), () => this.strip.first - this.#count());
    this.bounds = append(this.pager, "span", "pager-bounds");
    this.next = this.#turner("›", say("Later ones"), () => this.strip.first + this.#count());
    for (const turner of [this.back, this.next]) turner.addEventListener("click", () => paged(this.strip, turner.first()));
    this.pager.append(this.back, this.bounds, this.next);
    this.stage = append(this.item, "div", "inside-maps");
    this.canvas = append(this.stage, "canvas");
    this.canvas.setAttribute("role", "img");
    this.frame = append(this.stage, "span", "inside-mark");
    this.digits = append(this.stage, "div", "inside-digits");
    set(this.digits, "aria-hidden", "true");
    this.canvas.addEventListener("click", (event) => this.#picked(event));
  }

  show(strip, wide, scale, colours) {
    this.strip = strip;
    this.item.style.setProperty("--depth", strip.depth);
    write(this.name, called(strip));
    write(this.shape, sizes(strip.shape));
    const last = strip.first + this.#count();
    const told = { first: strip.first + 1, last, total: strip.total };
    this.pager.hidden = strip.total <= this.#count();
    write(this.bounds, say("{first}–{last} of {total}", told));
    this.back.disabled = strip.first === 0;
    this.next.disabled = last >= strip.total;
    set(this.canvas, "aria-label", say("{name}: from {low} to {high}", {
      name: called(strip), low: number(strip.low, ".3g"), high: number(strip.high, ".3g"),
    }));
    this.#layOut(strip, wide - 10 * strip.depth, scale);
    this.#paint(strip, colours);
  }

  mark(at, chosen) {
    set(this.button, "aria-pressed", String(chosen));
    const place = at && this.#placeOf(at);
    this.frame.hidden = !place;
    if (!place) return;
    const [left, top, width, height] = place;
    Object.assign(this.frame.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
  }

  #turner(sign, name, first) {
    const made = append(this.pager, "button", "pager-turn", sign);
    made.type = "button";
    made.first = first;
    made.setAttribute("aria-label", name);
    return made;
  }

  #count() {
    const { shape, size } = this.strip;
    return shape.length === 3 ? size[0] : size[2];
  }

  // Where things are: `columns` maps or cells side by side, each `step` px from the next.
  #layOut({ shape, digits, size: [count, high, wide] }, room, scale) {
    if (shape.length === 3) {
      const step = wide * scale + GAP;
      const columns = Math.max(1, Math.min(count, Math.floor((room + GAP) / step)));
      this.lay = { scale, columns, across: step, down: high * scale + GAP, width: wide * scale, height: high * scale };
    } else if (shape.length === 2) {
      const side = Math.max(1, Math.min(4, Math.floor(room / wide)));
      this.lay = { scale: side, columns: 1, across: 0, down: high * side, width: wide * side, height: high * side };
    } else {
      const cell = digits ? LARGE_CELL : CELL;
      const columns = Math.min(wide, Math.floor(room / cell));
      this.lay = { scale: cell, columns, across: cell, down: cell, width: cell, height: cell };
    }
  }

  #paint({ shape, digits, size: [count, , wide], pixels }, colours) {
    const { canvas, lay } = this;
    const single = shape.length === 1;
    const parts = single ? wide : count;
    const rows = Math.ceil(parts / lay.columns);
    const gap = shape.length === 3 ? GAP : 0;
    resize(canvas, 2 * EDGE + (shape.length === 2 ? lay.width : lay.columns * lay.across - gap), 2 * EDGE + rows * lay.down - gap);
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.strokeStyle = FRAME;
    const bytes = bytesOf(pixels);
    const length = bytes.length / parts;
    for (let part = 0; part < parts; part++) {
      const [left, top] = [EDGE + (part % lay.columns) * lay.across, EDGE + Math.floor(part / lay.columns) * lay.down];
      paintPixels(context, bytes.subarray(part * length, (part + 1) * length), single ? 1 : wide, lay.scale, left, top, colours);
      if (gap) context.strokeRect(left - 0.5, top - 0.5, lay.width + 1, lay.height + 1);
    }
    const few = digits ? parts : 0;
    if (this.digits.children.length !== few) {
      this.digits.replaceChildren();
      for (let digit = 0; digit < few; digit++) append(this.digits, "span", "", String(digit));
    }
  }

  // The frame of the map or cell with the number `at`, in px of the canvas; null for one that is not shown.
  #placeOf(at) {
    const { strip, lay } = this;
    if (strip.shape.length === 2) return [EDGE, EDGE + Math.floor(at[0] / strip.every) * lay.scale, lay.width, lay.scale];
    const part = at[0] - strip.first;
    if (part < 0 || part >= this.#count()) return null;
    const [left, top] = [(part % lay.columns) * lay.across, Math.floor(part / lay.columns) * lay.down];
    return [EDGE + left, EDGE + top, lay.width, lay.height];
  }

  #picked(event) {
    const { strip, lay, canvas } = this;
    const box = canvas.getBoundingClientRect();
    const inner = (offset, most) => Math.max(0, Math.min(most - 2 * EDGE - 1, offset - EDGE));
    const x = inner(event.clientX - box.left, canvas.width);
    const y = inner(event.clientY - box.top, canvas.height);
    if (strip.shape.length === 2) {
      const step = Math.min(strip.shape[0] - 1, Math.floor(y / lay.scale) * strip.every);
      this.chosen(strip, [step, Math.min(strip.shape[1] - 1, strip.first + Math.floor(x / lay.scale))]);
      return;
    }
    const part = Math.floor(y / lay.down) * lay.columns + Math.min(lay.columns - 1, Math.floor(x / lay.across));
    if (part >= this.#count()) return;
    if (strip.shape.length === 1) {
      this.chosen(strip, [strip.first + part]);
      return;
    }
    const [row, column] = [y % lay.down, x % lay.across].map((offset) => Math.floor(offset / lay.scale) * strip.every);
    const inside = [row, column].map((index, i) => Math.min(strip.shape[i + 1] - 1, index));
    this.chosen(strip, [strip.first + part, ...inside]);
  }
}

/** Where the largest of the numbers stands that a strip shows. */
export function largest({ shape, first, every, size: [, high, wide], pixels }) {
  const bytes = bytesOf(pixels);
  const best = bytes.indexOf(Math.max(...bytes));
  const [row, column] = [Math.floor(best / wide) % high, best % wide];
  if (shape.length === 1) return [first + best];
  if (shape.length === 2) return [row * every, first + column];
  return [first + Math.floor(best / (high * wide)), row * every, column * every];
}

function resize(canvas, width, height) {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
}
