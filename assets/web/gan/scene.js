// The picture of how a GAN works: z -> G -> pictures, beside real ones -> D -> verdicts. It draws; it decides nothing.

import { append, set, write } from "../lib/dom.js";
import { figure, NONE } from "../lib/format.js";
import { isCalm } from "../lib/theme.js";


const PICTURES = 8;
const ACROSS = 4;
const SIDE = 28; // px of a digit
const NUMBERS = 8; // of each z
const FADE = 700; // ms
const CELL = [6, 10]; // px of one number of z
const STRONG = 2; // a number of z this large has its full colour

export class Scene {
  constructor(parent, colours) {
    this.colours = colours;
    this.root = append(parent, "div", "studio-scene");
    this.z = this.block("z", "z: random numbers", "canvas");
    this.z.width = ACROSS * (NUMBERS + 1) * CELL[0] - CELL[0];
    this.z.height = 2 * CELL[1] + 4;
    this.toG = this.arrow("to-g");
    this.g = this.box("g", "G", "generator");
    this.toMade = this.arrow("to-made");
    this.made = this.sheet("made", "Made by G");
    this.real = this.sheet("real", "Real, from MNIST");
    this.madeToD = this.arrow("made-d");
    this.realToD = this.arrow("real-d");
    this.d = this.box("d", "D", "discriminator");
    this.toVerdict = this.arrow("to-verdict");
    this.verdicts = { made: this.bars("made"), real: this.bars("real") };
  }

  block(name, label, tag) {
    const box = append(this.root, "div", `scene-block scene-${name}`);
    box.label = append(box, "span", "scene-label", label);
    return append(box, tag);
  }

  sheet(name, label) {
    const canvas = this.block(`sheet scene-${name}`, label, "canvas");
    canvas.width = ACROSS * SIDE;
    canvas.height = (PICTURES / ACROSS) * SIDE;
    return canvas;
  }

  arrow(name) {
    const arrow = append(this.root, "i", `scene-arrow scene-${name}`);
    arrow.setAttribute("aria-hidden", "true");
    return arrow;
  }

  box(name, letter, word) {
    const box = append(this.root, "div", `scene-box scene-${name}`);
    append(box, "b", "", letter);
    append(box, "span", "scene-word", word);
    box.state = append(box, "span", "scene-state");
    box.numbers = append(box, "span", "scene-figures");
    return box;
  }

  bars(name) {
    const box = append(this.root, "div", `scene-verdicts scene-verdicts-${name}`);
    const stage = append(box, "div", "scene-bars");
    const even = append(stage, "i", "scene-even");
    const bars = Array.from({ length: PICTURES }, () => append(stage, "i", "scene-bar"));
    const mean = append(box, "span", "scene-mean");
    return { stage, even, bars, mean };
  }

  /** Light what is at work: G and D "learns", "works" or "", arrows "down", "up" or "". */
  light({ g = "", d = "", arrows = {} }) {
    this.lightBox(this.g, g);
    this.lightBox(this.d, d);
    for (const name of ["toG", "toMade", "madeToD", "realToD", "toVerdict"]) set(this[name], "data-flow", arrows[name] ?? "");
  }

  lightBox(box, state) {
    set(box, "data-state", state);
    write(box.state, state);
  }

  /** Loss and gradient of both, as they are known. */
  tell({ g_loss: gLoss, d_loss: dLoss, g_gradient: gGradient, d_gradient: dGradient }) {
    write(this.g.numbers, `loss ${figure(gLoss)}, gradient ${figure(gGradient)}`);
    write(this.d.numbers, `loss ${figure(dLoss)}, gradient ${figure(dGradient)}`);
  }

  drawZ(rows, count) {
    write(this.z.parentElement.label, count ? `z: ${count} numbers each` : "z: random numbers");
    const pen = this.z.getContext("2d");
    pen.clearRect(0, 0, this.z.width, this.z.height);
    rows.forEach((row, i) => {
      const left = (i % ACROSS) * (NUMBERS + 1) * CELL[0];
      const top = Math.floor(i / ACROSS) * (CELL[1] + 4);
      row.forEach((value, j) => {
        pen.globalAlpha = 0.12 + 0.88 * Math.min(1, Math.abs(value) / STRONG);
        pen.fillStyle = value < 0 ? this.colours.negative : this.colours.positive;
        pen.fillRect(left + j * CELL[0], top, CELL[0], CELL[1]);
      });
    });
  }

  /** Put eight pictures on a sheet; `from(i)` says where picture i lies in `source`. They fade in where that is welcome. */
  drawPictures(canvas, source, from, fade = false) {
    const pen = canvas.getContext("2d");
    cancelAnimationFrame(canvas.fading);
    const paint = (alpha) => {
      pen.globalAlpha = alpha;
      for (let i = 0; i < PICTURES; i++) {
        const at = [(i % ACROSS) * SIDE, Math.floor(i / ACROSS) * SIDE];
        pen.drawImage(source, ...from(i), SIDE, SIDE, ...at, SIDE, SIDE);
      }
    };
    if (!fade || isCalm()) return paint(1);
    const began = performance.now();
    const step = (now) => {
      const share = Math.min(1, (now - began) / FADE);
      paint(share ** 2);
      if (share < 1) canvas.fading = requestAnimationFrame(step);
    };
    canvas.fading = requestAnimationFrame(step);
  }

  hide(canvas, hidden) {
    set(canvas, "data-hidden", hidden ? "yes" : "no");
  }

  /** `values` are eight verdicts, one for all, or none yet; `before` leaves a mark where they were. */
  drawVerdicts(name, values, { scale, even, before = null }) {
    const { stage, bars, mean } = this.verdicts[name];
    const at = (value) => Math.max(0, Math.min(1, (value - scale[0]) / (scale[1] - scale[0])));
    set(stage, "data-one", values?.length === 1 ? "yes" : "no");
    stage.style.setProperty("--even", even === null ? -1 : at(even));
    bars.forEach((bar, i) => {
      const value = values?.[i];
      set(bar, "data-known", Number.isFinite(value) ? "yes" : "no");
      bar.style.setProperty("--value", Number.isFinite(value) ? at(value).toFixed(4) : 0);
      bar.style.setProperty("--before", before && Number.isFinite(before[i]) ? at(before[i]).toFixed(4) : -1);
    });
    const known = (values ?? []).filter(Number.isFinite);
    const average = known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : NaN;
    write(mean, `${name === "made" ? "on made" : "on real"} ${Number.isFinite(average) ? average.toFixed(2) : NONE}`);
  }
}
