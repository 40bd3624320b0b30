// Hard pictures: how many test pictures the network still reads when they are turned, shifted, noisy and so on; and
// beside it how many other models read.

import { Asker } from "../lib/asking.js";
import { append, set, write } from "../lib/component.js";
import { number, percent, say, whole } from "../lib/text.js";
import { Beside, MOST_BESIDE, showCurves, showLegend } from "./beside.js";
import { AskedOnce } from "./pictures.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const SIDE = 28;
const SHOWN = 56; // px
const CHANGES = {
  turned: [say("Turned to the left"), (level) => say("{level}°", { level })],
  shifted: [say("Shifted to the right"), (level) => say("{level} px", { level })],
  noisy: [say("Noisy: the spread of the noise, as a share of the way from paper to ink"), (level) => percent(level, 0)],
  blurred: [say("Blurred: how wide the blur is"), (level) => say("{level} px", { level: number(level, "n") })],
  thickened: [say("Thinner and thicker strokes"), (level) => say("{level} px", { level: number(level, "n") })],
  covered: [say("Covered by a square somewhere: its side"), (level) => say("{level} px", { level })],
};

export class Robust extends AskedOnce {
  constructor(root, context) {
    super(root, context, say("Hard pictures"));
    this.buildHead(say("Hard pictures"), say("Try again"), say("This network has learned since. Let it read the pictures again."));
    this.waiting = new Asker();
    this.others = []; // {id, name, changes} of the models beside this one
    this.beside = new Beside(append(root, "div", "inside-choice"), context, (id) => id && this.#add(id));
    this.legend = append(root, "ul", "inside-hard-legend");
    this.list = append(root, "div", "inside-hard");
    this.forget();
  }

  forget() {
    super.forget();
    this.waiting.drop();
    this.others = [];
    this.legend.hidden = true;
    this.list.replaceChildren();
    this.again.hidden = true;
  }

  begin() {
    write(this.note, say("It reads the same pictures over and over, each time harder ones. This takes some seconds."));
    this.ask("robust", "");
  }

  show() {
    const { count, learning, changes } = this.answer;
    write(this.note, say("Of {count} test pictures, how many it reads. It learned from pictures that stand upright in the middle: what it never saw, it need not know. Guessing reads 10 %.", { count: whole(count) }));
    this.again.hidden = !learning;
    const names = [this.context.others?.[this.context.model] ?? say("This model"), ...this.others.map(({ name }) => name)];
    this.beside.offer(this.others.map(({ id }) => id));
    this.beside.choice.disabled = this.others.length >= MOST_BESIDE;
    showLegend(this.legend, names, (i) => {
      this.others.splice(i, 1);
      this.show();
    });
    this.list.replaceChildren();
    changes.forEach((change, i) => this.#row(change, i, names));
  }

  #add(id) {
    const name = this.context.others[id];
    write(this.note, say("{name} reads the same pictures. This takes some seconds.", { name }));
    this.waiting.told = ({ error, changes }) => {
      if (error) return write(this.note, error);
      this.others.push({ id, name, changes });
      this.show();
    };
    this.waiting.want(this.context.address("robust", "", id));
  }

  #row({ name, levels, accuracy, pixels }, number, names) {
    const [title, named] = CHANGES[name];
    const row = append(this.list, "section", "inside-hard-row");
    append(row, "h3", "inside-count", title);
    const list = append(row, "ol", "inside-hard-levels");
    const bytes = bytesOf(pixels);
    levels.forEach((level, i) => {
      const item = append(list, "li", "inside-hard-level");
      const words = say("{change}: {share} read", { change: named(level), share: percent(accuracy[i], 1) });
      const picture = { size: [SIDE, SIDE], bytes: bytes.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE) };
      pictureCanvas(item, picture, SHOWN, this.context.colours, words);
      set(append(item, "span", "inside-hard-bar"), "style", `--share: ${accuracy[i]}`);
      append(item, "b", "", percent(accuracy[i], 1));
      append(item, "span", "inside-quiet", named(level));
    });
    if (!this.others.length) return;
    const curves = [accuracy, ...this.others.map(({ changes }) => changes[number].accuracy)];
    showCurves(row, curves, names, levels.map(named));
  }
}
