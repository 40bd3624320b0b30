// Between two, and arithmetic: pictures of a z that is mixed from others.

import { append, button, press, set, write } from "../lib/component.js";
import { percent, say } from "../lib/text.js";
import { analogy, Asking, Digits, fresh, scaleWithin, slider, spherical, straight, Tile, verdictWords } from "./play_parts.js";

const STRIP = 10;
const THERE_AND_BACK = 6000; // ms from A to B and back to A
const WAYS = {
  spherical: [spherical, say("Around"), say("Around the sphere: every z on the way is as long as those G was trained on.")],
  straight: [straight, say("Straight"), say("Straight across: in the middle z is shorter than any G was trained on, and the digit often fades.")],
  still: [(a) => a, say("Same z"), say("A's z all the way: what changes is the digit alone.")],
};

/** From one z and digit to another, by a slider, as a strip and as a loop that plays: around the sphere, straight through,
    or with the same z. */
export class Between {
  constructor(parent, context) {
    Object.assign(this, { context, share: 0.5, way: "spherical", ends: [fresh(context.z), fresh(context.z)] });
    this.ask = new Asking(context, "samples", (answer, asked) => this.show(answer, asked));
    const tools = append(parent, "div", "tools");
    button(tools, { label: say("Another A"), why: say("A new random z for A"), kind: "push", does: () => this.renew(0) });
    button(tools, { label: say("Another B"), why: say("A new random z for B"), kind: "push", does: () => this.renew(1) });
    this.playing = button(tools, { label: say("Play"), why: say("Let A become B and back again, in a loop"), kind: "push main", does: () => this.toggle() });
    this.buildWays(append(tools, "div", "segments"));
    if (context.conditional) this.buildDigits(parent);
    const keep = (tile) => context.keep(tile);
    const stage = append(parent, "div", "between");
    const tile = (scale, label) => new Tile(stage, { scale, label, why: say("Keep this picture"), does: keep });
    [this.a, this.middle, this.b] = [tile(5, "A"), tile(9, say("Between")), tile(5, "B")];
    this.hand = slider(parent, {
      label: say("Place"), from: "A", to: "B", value: this.share,
      moved: (share) => {
        this.pause();
        this.go(share);
      },
    });
    const strip = (this.line = append(parent, "div", "line line-strip"));
    this.strip = Array.from({ length: STRIP }, (_, i) =>
      new Tile(strip, { scale: 3, label: say("{percent} from A to B", { percent: percent(i / (STRIP - 1)) }), why: say("Keep this picture"), does: keep }),
    );
    this.why = append(parent, "p", "quiet");
    this.choose(this.way);
  }

  buildWays(parent) {
    parent.setAttribute("role", "group");
    parent.setAttribute("aria-label", say("Way from A to B"));
    this.ways = Object.fromEntries(
      Object.entries(WAYS).filter(([name]) => name !== "still" || this.context.conditional).map(([name, [, label, why]]) => [
        name,
        button(parent, {
          label, why, kind: "segment",
          does: () => {
            this.choose(name);
            this.refresh();
          },
        }),
      ]),
    );
  }

  buildDigits(parent) {
    const ends = append(parent, "div", "tools");
    const changed = () => this.refresh();
    this.digits = [new Digits(ends, { label: say("From"), first: 3, changed }), new Digits(ends, { label: say("To"), first: 8, changed })];
  }

  choose(way) {
    this.way = way;
    for (const [name, made] of Object.entries(this.ways)) press(made, name === way);
    write(this.why, WAYS[way][2]);
  }

  go(share) {
    this.share = share;
    this.refresh(false);
  }

  toggle() {
    if (this.timer) return this.pause();
    write(this.playing.label, say("Pause"));
    this.began = performance.now() - (this.share * THERE_AND_BACK) / 2;
    this.timer = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    if (!this.line.clientWidth) return this.pause(); // another view is open
    this.timer = requestAnimationFrame((later) => this.tick(later));
    const turn = (Math.max(0, now - this.began) / THERE_AND_BACK) % 1;
    this.hand.value = 1 - Math.abs(1 - 2 * turn);
    this.go(Number(this.hand.value));
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    write(this.playing.label, say("Play"));
  }

  renew(end) {
    this.ends[end] = fresh(this.context.z);
    this.refresh();
  }

  refresh(now = true) {
    const [between] = WAYS[this.way];
    const shares = [this.share, ...Array.from({ length: STRIP }, (_, i) => i / (STRIP - 1))];
    const z = shares.map((share) => between(...this.ends, share));
    const digits = this.digits?.map(({ chosen }) => chosen);
    this.ask.want({ z, ...(digits && { labels: shares.map((share) => [...digits, share]) }) }, now);
  }

  show({ images, verdicts, verdict }, { z, labels }) {
    const tiles = [this.middle, ...this.strip, this.a, this.b];
    const from = [...z.keys(), 1, STRIP];
    const scale = scaleWithin(this.line.clientWidth, STRIP, 3);
    for (const tile of this.strip) tile.scale = scale;
    tiles.forEach((tile, i) => {
      const k = from[i];
      const words = tile === this.middle ? verdictWords(verdicts[k], verdict) : this.strip.includes(tile) ? "" : tile.label;
      Object.assign(tile, { z: z[k], digit: labels?.[k] });
      tile.show(images[k], words);
    });
  }

  close() {
    this.pause();
    this.ask.drop();
  }
}

const POOL = 20;
const SLOTS = ["A", "B", "C"];
const SIGNS = ["−", "+", "="];

/** A - B + C with z, by pictures picked from a pool. */
export class Sums {
  constructor(parent, context) {
    Object.assign(this, { context, active: 0 });
    this.ask = new Asking(context, "samples", (answer, asked) => this.show(answer, asked));
    this.buildSum(append(parent, "div", "sum"));
    append(parent, "p", "quiet",
      say(
        "Choose A, B or C, then a picture below. A thick digit minus a thin one plus a slanted one: is it thick and slanted? " +
          "The sum is brought to the usual length of z.",
      ));
    const tools = append(parent, "div", "tools");
    button(tools, { label: say("Other pictures"), why: say("New random z to pick from"), kind: "push main", does: () => this.renew() });
    if (context.conditional) this.digits = new Digits(tools, { changed: () => this.refresh() });
    const pool = append(parent, "div", "line pool");
    this.tiles = Array.from({ length: POOL }, (_, i) =>
      new Tile(pool, { scale: 3, label: say("Picture {number}", { number: i + 1 }), why: say("Put it into the sum"), does: () => this.pick(i) }),
    );
    this.pool = this.fresh();
    this.terms = this.pool.slice(0, SLOTS.length);
    this.activate(0);
  }

  buildSum(parent) {
    this.slots = SLOTS.map((name, i) => {
      const tile = new Tile(parent, { scale: 5, label: name, why: say("Choose {name}, then a picture below", { name }), does: () => this.activate(i) });
      append(parent, "span", "sign", SIGNS[i]);
      return tile;
    });
    this.result = new Tile(parent, { scale: 8, label: say("Sum"), why: say("Keep this picture"), does: (tile) => this.context.keep(tile) });
  }

  fresh() {
    return Array.from({ length: POOL }, () => fresh(this.context.z));
  }

  renew() {
    this.pool = this.fresh();
    this.refresh();
  }

  activate(slot) {
    this.active = slot;
    this.slots.forEach(({ root }, i) => set(root, "aria-pressed", String(i === slot)));
  }

  pick(index) {
    this.terms[this.active] = this.pool[index];
    this.activate((this.active + 1) % SLOTS.length);
    this.refresh();
  }

  refresh(now = true) {
    const z = [...this.terms, analogy(...this.terms), ...this.pool];
    const labels = this.digits ? { labels: z.map(() => this.digits.chosen) } : {};
    this.ask.want({ z, ...labels }, now);
  }

  show({ images, verdicts, verdict }, { z, labels }) {
    const at = SLOTS.length;
    this.slots.forEach((tile, i) => tile.show(images[i], tile.label, ""));
    Object.assign(this.result, { z: z[at], digit: labels?.[at] });
    this.result.show(images[at], verdictWords(verdicts[at], verdict));
    this.tiles.forEach((tile, i) => tile.show(images[at + 1 + i]));
  }

  close() {
    this.ask.drop();
  }
}
