// Why this answer: maps of what counts in the picture, each beside that of the untrained network; and the digit made
// another one.

import { append, set, write } from "../lib/component.js";
import { decimal, number, say } from "../lib/text.js";
import { Reader } from "../pad/reader.js";
import { Change } from "./change.js";
import { bytesOf, outline, pictureCanvas } from "./pixels.js";

const SIDE = 140; // px of a map
const WAYS = {
  gradient: [
    say("Gradient"),
    say("How much the score changes when a pixel gets a little more ink. It says what the score would react to, not what it is made of."),
  ],
  smooth: [
    say("SmoothGrad"),
    say("The mean gradient of noisy copies of the digit. It is calmer to look at, but how much noise is our choice."),
  ],
  integrated: [
    say("Integrated gradients"),
    say("The part of each pixel in the score, from an empty page to this digit. From another page the parts would differ."),
  ],
  occlusion: [
    say("Occlusion"),
    say("How much the score falls when paper covers a place. It shows what the ink does, and nothing about empty places."),
  ],
  camera: [
    say("Grad-CAM"),
    say("Where the last convolution with maps of 4 × 4 cells or more found what speaks for the digit. It says where, in coarse cells, and not what."),
  ],
};

export class Why {
  constructor(root, context) {
    Object.assign(this, { root, context, asked: null });
    root.setAttribute("aria-label", say("Why this answer"));
    root.setAttribute("role", "region");
    const head = append(root, "div", "inside-question");
    this.title = append(head, "h2", "inside-title", say("Why this answer"));
    this.digits = append(head, "div", "inside-digit-row");
    set(this.digits, "role", "group");
    set(this.digits, "aria-label", say("The digit to ask about"));
    for (let digit = 0; digit < 10; digit++) this.#digit(digit);
    this.about = append(root, "p", "inside-quiet");
    append(root, "p", "inside-quiet", say(
      "Left: this network. Right: the same network untrained. A map that looks the same there explains nothing of what was learned.",
    ));
    this.ways = append(root, "div", "inside-ways");
    this.cards = Object.fromEntries(Object.entries(WAYS).map(([name, words]) => [name, new Card(this.ways, words)]));
    this.change = new Change(append(root, "section", "inside-change"), context);
    this.reader = new Reader((answer, question) => this.#told(answer, question));
  }

  forget() {
    this.reader.drop();
    Object.assign(this, { asked: null, told: null });
  }

  take() {
    this.#ask(false);
  }

  paint() {
    const { told } = this;
    if (!told || !this.context.signs) return;
    const { read, asked, against } = told;
    write(this.title, asked === read ? say("Why {digit}?", { digit: asked }) : say("Why not {digit}?", { digit: asked }));
    write(this.about, against === null
      ? say("Blue speaks for {asked}, orange against it: its score is {score}.", { asked, score: decimal(told.sum.here) })
      : say("Blue speaks for {asked}, orange for {against}, which is read: the score of {asked} less that of {against} is {score}.",
          { asked, against, score: decimal(told.sum.here) }));
    [...this.digits.children].forEach((made, digit) => {
      set(made, "aria-pressed", String(digit === asked));
      set(made, "aria-label", digit === read ? say("Why {digit}?", { digit }) : say("Why not {digit}?", { digit }));
      made.toggleAttribute("data-read", digit === read);
    });
    const ways = Object.fromEntries(told.ways.map((way) => [way.name, way]));
    for (const [name, card] of Object.entries(this.cards)) card.show(ways[name], told, this.context.signs);
    this.cards.integrated.add(summed(told.sum));
    if (told.camera) {
      const [maps, high, wide] = told.camera.shape;
      this.cards.camera.add(say("{maps} maps of {high} × {wide} cells.", { maps, high, wide }));
    }
    this.change.show(told);
  }

  close() {
    this.reader.drop();
    this.change.close();
  }

  #digit(digit) {
    const made = append(this.digits, "button", "inside-digit", String(digit));
    made.type = "button";
    made.addEventListener("click", () => {
      this.asked = digit === this.told?.read ? null : digit;
      this.#ask(true);
    });
  }

  #ask(now) {
    const { question } = this.context;
    if (!question) return;
    const query = new URLSearchParams(this.asked === null ? {} : { digit: this.asked });
    this.reader.want({ ...question, url: this.context.address("why", query), model: this.context.model }, now);
  }

  #told(answer, { model }) {
    if (model !== this.context.model) return;
    if (answer.error) write(this.about, answer.error);
    if (!answer.ways) return;
    this.told = answer;
    this.paint();
  }
}

/** One way to ask: its two maps, and what it can say. */
class Card {
  constructor(parent, [title, about]) {
    this.root = append(parent, "section", "inside-way");
    append(this.root, "h3", "", title);
    this.pair = append(this.root, "div", "inside-two");
    this.alike = append(this.root, "p", "inside-alike");
    this.alike.title = say("Rank correlation of the sizes in both maps: 1 where the same pixels count before and after training, 0 where there is no relation. Pixels that are 0 in both are left out.");
    append(this.root, "p", "inside-quiet", about);
    this.more = append(this.root, "p", "inside-more");
  }

  show(way, { image }, colours) {
    this.pair.replaceChildren();
    write(this.more, "");
    if (!way) {
      write(this.alike, "");
      append(this.pair, "p", "inside-none", say("This network has no convolution that makes maps, so it has no such map."));
      return;
    }
    this.#map(way.map, image, colours, say("This network"));
    this.#map(way.untrained, image, colours, say("Untrained"));
    write(this.alike, say("Like the untrained one: {alike} (1 is the same)", { alike: number(way.alike, ".2f") }));
  }

  add(text) {
    write(this.more, text);
  }

  #map(made, image, colours, title) {
    const figure = append(this.pair, "figure");
    const name = say("{title}, from {low} to {high}", { title, low: number(made.low, ".2g"), high: number(made.high, ".2g") });
    const canvas = pictureCanvas(append(figure, "div", "inside-box"), made, SIDE, colours, name);
    outline(canvas, bytesOf(image.pixels), 28);
    append(figure, "figcaption", "", title);
    append(figure, "span", "inside-scale", say("±{most}", { most: number(made.high, ".2g") }));
  }
}

function summed({ here, blank, parts }) {
  const difference = here - blank;
  const jumps = Math.abs(parts - difference) > 0.01 * Math.abs(difference);
  const words = say("The parts add up to {parts}. Score here {here}, on an empty page {blank}: the difference is {difference}.", {
    parts: decimal(parts), here: decimal(here), blank: decimal(blank), difference: decimal(difference),
  });
  return jumps ? `${words} ${say("They differ by more than 1 %: the score jumps or bends too often on the way.")}` : words;
}
