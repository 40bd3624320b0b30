// What it learned: the weights of its first layer as pictures, and the test pictures that excite a unit of any layer most.

import { Asker } from "../lib/asking.js";
import { append, set, write } from "../lib/component.js";
import { Pager } from "../lib/pager.js";
import { decimal, number, say, whole } from "../lib/text.js";
import { offerLayers } from "./names.js";
import { showPictures } from "./pictures.js";
import { bytesOf, pictureCanvas } from "./pixels.js";

const SIDE = 56; // px of a small picture
const GATE = 168;
const MOST = 32; // pictures of a page
const FORMS = {
  filter: say("The filters of the first layer, {kind}. Blue: ink there raises what the filter makes; orange: ink lowers it."),
  unit: say("The weights of the units of the first layer, {kind}. Blue: ink there raises the unit; orange: ink lowers it."),
  gate: say("The weights of the first layer, {kind}, a picture for each gate: a row for each unit, a column for each number of a step."),
};
const GATES = {
  4: [say("Input gate"), say("Forget gate"), say("Cell"), say("Output gate")],
  3: [say("Reset gate"), say("Update gate"), say("New state")],
  1: [say("State")],
};

export class Learned {
  constructor(root, context) {
    Object.assign(this, { root, context });
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", say("What it learned"));
    this.title = append(root, "h2", "inside-title", say("What its first layer learned"));
    this.about = append(root, "p", "inside-quiet");
    this.scale = append(root, "div", "inside-legend");
    this.weights = append(root, "ol", "inside-tiles");
    this.pager = new Pager(root, (first) => this.#look(first));
    const below = append(root, "section", "inside-change");
    append(below, "h2", "inside-title", say("What excites a unit or a map most"));
    this.said = append(below, "p", "inside-quiet");
    set(this.said, "role", "status");
    this.#buildChoice(append(below, "div", "inside-choice"));
    this.best = append(below, "ol", "inside-tiles inside-nine");
    this.asker = new Asker((answer) => this.#told(answer));
    this.finder = new Asker((answer) => this.#found(answer));
    this.forget();
  }

  forget() {
    this.asker.drop();
    this.finder.drop();
    Object.assign(this, { answer: null, found: null, asked: false, layer: null, unit: 0 });
    for (const part of [this.weights, this.best, this.scale, this.layers]) part.replaceChildren();
    for (const part of [this.about, this.said]) write(part, "");
    this.pager.root.hidden = true;
  }

  // While the network learns, its weights change with every answer; what excites a unit is found anew when it is chosen.
  take() {
    if (this.answer?.learning) this.#look(this.answer.weights?.first ?? 0);
  }

  paint() {
    if (!this.asked) this.#look(0);
    if (this.answer) this.#show();
    if (this.found) this.#pictures();
  }

  close() {
    this.asker.drop();
    this.finder.drop();
  }

  #buildChoice(bar) {
    const label = append(bar, "label", "inside-field", say("Layer"));
    this.layers = append(label, "select");
    this.layers.addEventListener("change", () => this.#choose(this.layers.value, 0));
    const other = append(bar, "label", "inside-field", say("Unit or map"));
    this.hand = Object.assign(append(other, "input"), { type: "number", min: 1, step: 1, value: 1 });
    this.hand.addEventListener("change", () => this.#choose(this.layer, Number(this.hand.value) - 1));
    this.hand.addEventListener("keydown", (event) => event.stopPropagation());
    this.units = append(bar, "span", "pager-bounds");
    for (const [sign, name, step] of [["‹", say("Previous unit"), -1], ["›", say("Next unit"), 1]]) {
      const made = append(bar, "button", "pager-turn", sign);
      made.type = "button";
      set(made, "aria-label", name);
      made.addEventListener("click", () => this.#choose(this.layer, this.unit + step));
    }
  }

  #look(first) {
    this.asked = true;
    this.asker.want(this.context.address("learned", new URLSearchParams({ first })));
  }

  #told(answer) {
    if (answer.error) {
      this.asked = false;
      write(this.about, answer.error);
      return;
    }
    this.answer = answer;
    if (!this.layer) this.#fillLayers(answer);
    this.#show();
  }

  #fillLayers({ layers, weights }) {
    offerLayers(this.layers, layers);
    this.#choose(weights?.layer ?? layers.at(-1).id, 0);
  }

  #choose(layer, unit) {
    const { units } = this.answer.layers.find(({ id }) => id === layer);
    this.layer = layer;
    this.unit = Math.max(0, Math.min(units - 1, Math.floor(unit) || 0));
    Object.assign(this.layers, { value: layer });
    Object.assign(this.hand, { max: units, value: this.unit + 1 });
    write(this.units, say("of {units}", { units: whole(units) }));
    this.#mark();
    this.finder.want(this.context.address("excites", new URLSearchParams({ layer, unit: this.unit })));
  }

  #found(answer) {
    if (answer.error) {
      write(this.said, answer.error);
      return;
    }
    this.found = answer;
    this.#pictures();
  }

  #pictures() {
    const { items, pixels, count } = this.found;
    write(this.said, say("The nine of the first {count} test pictures with the largest number there; press one to send it through.", { count: whole(count) }));
    const named = ({ value }) => decimal(value);
    showPictures(this.best, items, pixels, { named, through: this.context.through, colours: this.context.colours });
  }

  #show() {
    const { weights } = this.answer;
    const { signs } = this.context;
    if (!weights) {
      write(this.about, say("This network has no layer with weights to show."));
      return;
    }
    const { form, kind, size: [count, high, wide], pixels, first, total, every } = weights;
    const thinned = every > 1 ? say("One row in {every} is shown.", { every }) : "";
    write(this.about, `${say(FORMS[form], { kind })} ${thinned}`.trim());
    this.#legend(weights, signs);
    const bytes = bytesOf(pixels);
    const same = this.weights.children.length === count && this.shown === `${kind} ${first}`;
    this.shown = `${kind} ${first}`;
    if (!same) this.weights.replaceChildren();
    for (let i = 0; i < count; i++) {
      const made = same ? this.weights.children[i].firstChild : this.#place(first + i, total);
      const own = { size: [high, wide], bytes: bytes.subarray(i * high * wide, (i + 1) * high * wide) };
      const canvas = pictureCanvas(made, own, form === "gate" ? GATE : SIDE, signs, made.lastChild.textContent);
      if (made.tagName === "BUTTON") canvas.removeAttribute("role");
      made.querySelector("canvas").replaceWith(canvas);
    }
    this.pager.show({ first, count, total, most: MOST });
    this.#mark();
  }

  #place(unit, total) {
    const { form, layer, ofUnit } = this.answer.weights;
    const made = append(append(this.weights, "li"), ofUnit ? "button" : "div", "inside-tile");
    append(made, "canvas");
    append(made, "span", "", form === "gate" ? GATES[total][unit] : String(unit + 1));
    if (ofUnit) {
      made.type = "button";
      made.dataset.unit = unit;
      set(made, "aria-label", say("Unit or map {number}: show what excites it most", { number: unit + 1 }));
      made.addEventListener("click", () => this.#choose(layer, unit));
    }
    return made;
  }

  #mark() {
    const chosen = this.layer === this.answer.weights?.layer ? this.unit : -1;
    for (const made of this.weights.querySelectorAll("button")) set(made, "aria-pressed", String(Number(made.dataset.unit) === chosen));
  }

  #legend({ low, high }, signs) {
    this.scale.replaceChildren();
    append(this.scale, "span", "", number(low, ".2g"));
    const bytes = Uint8Array.from({ length: 128 }, (_, i) => 2 * i);
    pictureCanvas(this.scale, { size: [1, 128], bytes }, 128, signs, say("The colours, from the lowest weight to the highest"));
    append(this.scale, "span", "", number(high, ".2g"));
    append(this.scale, "span", "inside-zero", say("paper is 0"));
  }
}
