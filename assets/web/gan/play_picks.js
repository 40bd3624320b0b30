// My picks: pictures whose z is kept, drawn again as G learns; D's verdict on each, and the nearest real picture.

import { append, button, set, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { Asking, paint, picture, Tile, verdictWords } from "./play_parts.js";

const MOST = 24;
const COPY = 0.5; // of the typical distance: nearer than nearly all real pictures are to each other
const LOOK_AGAIN = 5000; // ms: to look through 60,000 pictures takes the server a while
const WIDEST = 2; // times the typical distance: the end of the scale
const EMPTY = say("Press any picture in the other views: it is kept here with its z, and drawn again while the generator learns.");

export class Picks {
  constructor(parent, context) {
    Object.assign(this, { context, chosen: 0, looked: -Infinity });
    this.kept = recall(context);
    this.ask = new Asking(context, "samples", (answer) => this.show(answer));
    this.askNearest = new Asking(context, "nearest", (answer, asked) => this.showNearest(answer, asked));
    this.empty = append(parent, "p", "note", EMPTY);
    const body = append(parent, "div", "picks-body");
    this.wall = append(body, "div", "line picks");
    this.tiles = [];
    this.buildDetail(append(body, "div", "detail"));
    this.lay();
  }

  buildDetail(detail) {
    this.detail = detail;
    const pair = append(detail, "div", "pair");
    [this.own, this.real] = [say("Generated"), say("Nearest real picture")].map((words) => {
      const figure = append(pair, "figure");
      const canvas = picture(figure, words);
      canvas.words = append(figure, "figcaption", "", words);
      return canvas;
    });
    this.scale = append(detail, "div", "distance");
    for (const [part, words] of [["same", say("0: the same")], ["typical", say("typical")]]) this.scale[part] = append(this.scale, "span", `distance-${part}`, words);
    this.mark = append(this.scale, "i", "distance-mark");
    this.words = append(detail, "p", "verdict");
    button(detail, { label: say("Remove"), why: say("Do not keep this picture any longer"), kind: "push", does: () => this.remove() });
  }

  keep({ z, digit }) {
    if (!z || this.kept.some((pick) => pick.z.join() === z.join() && String(pick.digit) === String(digit))) return false;
    this.kept = [{ z, digit }, ...this.kept].slice(0, MOST);
    this.chosen = 0;
    this.store();
    return true;
  }

  remove() {
    this.kept.splice(this.chosen, 1);
    this.chosen = Math.max(0, Math.min(this.chosen, this.kept.length - 1));
    this.store();
    this.refresh();
  }

  store() {
    this.looked = -Infinity;
    sessionStorage.setItem(place(this.context), JSON.stringify(this.kept));
    this.context.counted(this.kept.length);
    this.lay();
  }

  lay() {
    while (this.tiles.length > this.kept.length) this.tiles.pop().root.remove();
    while (this.tiles.length < this.kept.length) {
      const i = this.tiles.length;
      this.tiles.push(new Tile(this.wall, { scale: 3, label: say("Pick {number}", { number: i + 1 }), why: say("Compare it with real pictures"), does: () => this.choose(i) }));
    }
    this.tiles.forEach(({ root }, i) => set(root, "aria-pressed", String(i === this.chosen)));
    this.empty.hidden = this.kept.length > 0;
    this.detail.hidden = !this.kept.length;
  }

  choose(index) {
    this.chosen = index;
    this.looked = -Infinity;
    this.lay();
    this.refresh();
  }

  refresh(now = true) {
    if (!this.kept.length) return;
    const labels = this.context.conditional ? { labels: this.kept.map(({ digit }) => digit) } : {};
    this.ask.want({ z: this.kept.map(({ z }) => z), ...labels }, now);
    if (performance.now() - this.looked < LOOK_AGAIN) return;
    this.looked = performance.now();
    const { z, digit } = this.kept[this.chosen];
    this.askNearest.want({ z, label: digit ?? null }, now);
  }

  show({ images, verdicts, verdict }) {
    this.tiles.forEach((tile, i) => images[i] && tile.show(images[i], verdictWords(verdicts[i], verdict)));
    paint(this.own, images[this.chosen] ?? images[0]);
  }

  showNearest({ image, nearest, typical }, { z }) {
    if (this.kept[this.chosen]?.z !== z) return;
    paint(this.own, image);
    paint(this.real, nearest.image);
    write(this.real.words, say("Nearest real picture, a {digit}", { digit: nearest.label }));
    const share = (distance) => `${Math.min(100, (100 * distance) / (WIDEST * typical))}%`;
    set(this.detail, "data-ready", "yes");
    this.mark.style.left = share(nearest.distance);
    this.scale.typical.style.left = share(typical);
    const copied = nearest.distance < COPY * typical;
    set(this.scale, "data-copied", copied ? "yes" : "no");
    const distances = say(
      "Distance {distance}; a real {digit} that nobody trained on is typically {typical} from its nearest.",
      { distance: number(nearest.distance, ".3f"), digit: nearest.label, typical: number(typical, ".3f") },
    );
    const copy = copied ? say("That is suspiciously near: it may be a copy.") : say("So this is not a copy.");
    write(this.words, `${distances} ${copy}`);
  }

  close() {
    this.ask.drop();
    this.askNearest.drop();
  }
}

function place({ runId }) {
  return `gan-picks:${runId}`;
}

function recall(context) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(context))) ?? [];
    return kept.filter(({ z }) => z.length === context.z).slice(0, MOST);
  } catch {
    return [];
  }
}
