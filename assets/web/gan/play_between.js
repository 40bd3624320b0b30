// Between two: from one z to another, by a slider and as a strip, around the sphere or straight through.

import { append, button, press, write } from "../lib/dom.js";
import { Asking, Digits, fresh, scaleWithin, slider, spherical, straight, Tile, verdictWords } from "./play_parts.js";

const STRIP = 10;
const WAYS = {
  spherical: [spherical, "Around", "Around the sphere: every z on the way is as long as those G was trained on."],
  straight: [straight, "Straight", "Straight across: in the middle z is shorter than any G was trained on, and the digit often fades."],
};

export class Between {
  constructor(parent, context) {
    Object.assign(this, { context, share: 0.5, way: "spherical", ends: [fresh(context.z), fresh(context.z)] });
    this.ask = new Asking(context, "samples", (answer, asked) => this.show(answer, asked));
    const tools = append(parent, "div", "tools");
    button(tools, { label: "Another A", why: "A new random z for A", kind: "push", does: () => this.renew(0) });
    button(tools, { label: "Another B", why: "A new random z for B", kind: "push", does: () => this.renew(1) });
    this.buildWays(append(tools, "div", "segments"));
    if (context.conditional) this.digits = new Digits(tools, { changed: () => this.refresh() });
    const keep = (tile) => context.keep(tile);
    const stage = append(parent, "div", "between");
    const tile = (scale, label) => new Tile(stage, { scale, label, why: "Keep this picture", does: keep });
    [this.a, this.middle, this.b] = [tile(5, "A"), tile(9, "Between"), tile(5, "B")];
    slider(parent, {
      label: "Place", from: "A", to: "B", value: this.share,
      moved: (share) => {
        this.share = share;
        this.refresh(false);
      },
    });
    const strip = (this.line = append(parent, "div", "line line-strip"));
    this.strip = Array.from({ length: STRIP }, (_, i) =>
      new Tile(strip, { scale: 3, label: `${Math.round((100 * i) / (STRIP - 1))} % from A to B`, why: "Keep this picture", does: keep }),
    );
    this.why = append(parent, "p", "quiet");
    this.choose(this.way);
  }

  buildWays(parent) {
    parent.setAttribute("role", "group");
    parent.setAttribute("aria-label", "Way from A to B");
    this.ways = Object.fromEntries(
      Object.entries(WAYS).map(([name, [, label, why]]) => [
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

  choose(way) {
    this.way = way;
    for (const [name, made] of Object.entries(this.ways)) press(made, name === way);
    write(this.why, WAYS[way][2]);
  }

  renew(end) {
    this.ends[end] = fresh(this.context.z);
    this.refresh();
  }

  refresh(now = true) {
    const [between] = WAYS[this.way];
    const shares = [this.share, ...Array.from({ length: STRIP }, (_, i) => i / (STRIP - 1))];
    const z = shares.map((share) => between(...this.ends, share));
    const labels = this.digits ? { labels: z.map(() => this.digits.chosen) } : {};
    this.ask.want({ z, ...labels }, now);
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
    this.ask.drop();
  }
}
