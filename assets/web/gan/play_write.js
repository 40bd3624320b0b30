// Write a number: digits asked for in the generator's hand or, where it takes no labels, picked from what it generates.

import { append, button, set } from "../lib/component.js";
import { say } from "../lib/text.js";
import { Asking, blend, fresh, scaleWithin, slider, Tile, verdictWords } from "./play_parts.js";

const MOST_DIGITS = 8;
const OTHERS = 3; // hands shown under the newest
const LARGEST_SCALE = 8;
const POOL = 20;
const UNTOLD = say(
  "This generator is not told which digit to write, so it cannot be asked for one: its z alone decides. " +
    "Pick your digits from what it generates.",
);

export class Write {
  constructor(parent, context) {
    Object.assign(this, { context, text: "2026", spread: 0, hands: [] });
    this.ask = new Asking(context, "samples", (answer, asked) => this.show(answer, asked));
    if (context.conditional) this.buildAsked(parent);
    else this.buildPicked(parent);
  }

  buildAsked(parent) {
    const tools = append(parent, "div", "tools");
    const box = append(tools, "label", "field", say("Number"));
    this.input = append(box, "input");
    Object.assign(this.input, { value: this.text, maxLength: MOST_DIGITS, inputMode: "numeric", autocomplete: "off" });
    this.input.addEventListener("input", () => this.typed());
    button(tools, { label: say("Another hand"), why: say("New random numbers z for the same digits"), kind: "push main", does: () => this.another() });
    slider(tools, {
      label: say("Style"), from: say("one z for all digits"), to: say("each its own"), value: 0,
      moved: (value) => {
        this.spread = value;
        this.refresh(false);
      },
    });
    this.large = append(parent, "div", "line line-large");
    append(parent, "p", "quiet", say("Other hands"));
    this.others = Array.from({ length: OTHERS }, () => append(parent, "div", "line line-small"));
    this.hands = Array.from({ length: OTHERS + 1 }, () => this.hand());
  }

  hand() {
    const size = this.context.z;
    return { shared: fresh(size), own: Array.from({ length: MOST_DIGITS }, () => fresh(size)) };
  }

  typed() {
    const digits = this.input.value.replace(/\D/g, "");
    if (digits !== this.input.value) this.input.value = digits;
    this.text = digits;
    this.refresh(false);
  }

  another() {
    this.hands = [this.hand(), ...this.hands].slice(0, OTHERS + 1);
    this.refresh();
  }

  refresh(now = true) {
    if (!this.context.conditional) return this.refreshPicked(now);
    const labels = [...this.text].map(Number);
    if (!labels.length) return this.show({ images: [] }, { z: [] });
    const z = this.hands.flatMap(({ shared, own }) => labels.map((_, i) => blend(shared, own[i], this.spread)));
    this.ask.want({ z, labels: this.hands.flatMap(() => labels) }, now);
  }

  show(answer, asked) {
    if (!this.context.conditional) return this.showPicked(answer, asked);
    const count = asked.z.length / (OTHERS + 1);
    [this.large, ...this.others].forEach((line, row) => {
      const from = row * count;
      this.fill(line, count, row ? 3 : LARGEST_SCALE);
      line.tiles.forEach((tile, i) => {
        tile.z = asked.z[from + i];
        tile.digit = asked.labels[from + i];
        tile.show(answer.images[from + i], row ? "" : verdictWords(answer.verdicts[from + i], answer.verdict), String(tile.digit));
      });
    });
  }

  /** Just so many tiles in the line, as large as fit beside each other. */
  fill(line, count, most) {
    line.tiles ??= [];
    while (line.tiles.length > count) line.tiles.pop().root.remove();
    while (line.tiles.length < count) {
      line.tiles.push(new Tile(line, { label: say("Keep this picture"), why: say("Keep this picture"), does: (tile) => this.context.keep(tile) }));
    }
    const scale = scaleWithin(line.clientWidth, Math.max(count, 4), most);
    for (const tile of line.tiles) tile.scale = scale;
  }

  buildPicked(parent) {
    append(parent, "p", "note", UNTOLD);
    this.chosen = [];
    this.large = append(parent, "div", "line line-large");
    this.hint = append(this.large, "p", "quiet", say("Press a sample below: it becomes the next digit of your number."));
    const tools = append(parent, "div", "tools");
    button(tools, { label: say("More samples"), why: say("Other random numbers z"), kind: "push main", does: () => this.more() });
    this.back = button(tools, { label: say("Take the last one away"), why: say("Remove the last digit"), kind: "push", does: () => this.takeBack() });
    this.pool = append(parent, "div", "line pool");
    this.samples = [];
    this.sampleTiles = Array.from({ length: POOL }, (_, i) =>
      new Tile(this.pool, { scale: 3, label: say("Sample {number}", { number: i + 1 }), why: say("Put it at the end of the number"), does: () => this.choose(i) }),
    );
    this.more();
  }

  more() {
    this.samples = Array.from({ length: POOL }, () => fresh(this.context.z));
    this.refresh();
  }

  choose(index) {
    if (this.chosen.length === MOST_DIGITS) return;
    this.chosen.push(this.samples[index]);
    this.refresh();
  }

  takeBack() {
    this.chosen.pop();
    this.refresh();
  }

  refreshPicked(now) {
    this.ask.want({ z: [...this.samples, ...this.chosen] }, now);
  }

  showPicked({ images, verdicts, verdict }, { z }) {
    this.sampleTiles.forEach((tile, i) => tile.show(images[i]));
    const chosen = z.slice(POOL);
    this.hint.hidden = chosen.length > 0;
    this.fill(this.large, chosen.length, LARGEST_SCALE);
    this.large.tiles.forEach((tile, i) => {
      tile.z = chosen[i];
      tile.show(images[POOL + i], verdictWords(verdicts[POOL + i], verdict));
    });
    set(this.back, "aria-disabled", String(!chosen.length));
  }

  close() {
    this.ask.drop();
  }
}
