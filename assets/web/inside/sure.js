// How sure: whether the network is right as often as it says, and what it costs to let it say "I don't know".

import { append, set, write } from "../lib/component.js";
import { number, percent, say, whole } from "../lib/text.js";
import { AskedOnce } from "./pictures.js";

const [WIDE, HIGH, LEFT, TOP, BELOW] = [420, 300, 44, 10, 46]; // of the drawing
const BARS = 10;

export class Sure extends AskedOnce {
  constructor(root, context) {
    super(root, context, say("How sure"));
    this.buildHead(say("Is it as sure as it should be?"), say("Read again"), say("This network has learned since. Let it read the pictures again."));
    this.both = append(root, "div", "inside-surgery");
    const left = append(this.both, "section");
    this.svg = append(left, "svg", "inside-sure");
    set(this.svg, "viewBox", `0 0 ${WIDE} ${HIGH}`);
    set(this.svg, "role", "img");
    this.under = append(left, "p", "inside-quiet");
    const right = append(this.both, "section");
    append(right, "h3", "inside-count", say("Let it say: I don't know"));
    const field = append(right, "label", "inside-slide-field");
    append(field, "span", "", say("Answers from"));
    this.hand = Object.assign(append(field, "input"), { type: "range", min: 0, max: 100, step: 1, value: 80 });
    this.least = append(field, "output");
    this.hand.addEventListener("input", () => this.#weigh());
    this.hand.addEventListener("keydown", (event) => event.stopPropagation());
    this.cost = append(right, "p", "inside-map-told");
    set(this.cost, "role", "status");
    this.own = append(right, "p", "inside-reading");
    this.forget();
  }

  forget() {
    super.forget();
    write(this.note, "");
    this.again.hidden = this.both.hidden = true;
  }

  begin() {
    write(this.note, say("It reads the pictures of the test set. This takes some seconds."));
    this.ask("sure", "");
  }

  take({ digit, probabilities }) {
    this.drawn = digit === null ? null : { digit, share: Math.max(...probabilities) };
    if (this.answer) this.#weigh();
  }

  show() {
    const { count, of, learning, counts, right, sums } = this.answer;
    const off = binned(counts, right, sums).reduce((sum, one) => sum + one.count * Math.abs(one.right - one.sure), 0) / count;
    write(this.note, say("Of {count} of {of} test pictures. A network that is as sure as it should be has its bars on the line. On average this one is {off} off (expected calibration error).", {
      count: whole(count), of: whole(of), off: percent(off, 1),
    }));
    this.again.hidden = !learning;
    this.both.hidden = false;
    this.#draw();
    this.#weigh();
  }

  #draw() {
    const { counts, right, sums } = this.answer;
    const bars = binned(counts, right, sums);
    this.svg.replaceChildren();
    const [wide, high] = [WIDE - LEFT - 10, HIGH - TOP - BELOW];
    const [x, y] = [(share) => LEFT + wide * share, (share) => TOP + high * (1 - share)];
    for (const share of [0, 0.25, 0.5, 0.75, 1]) {
      this.#path("inside-sure-rule", `M${x(0)} ${y(share)}H${x(1)}`);
      this.#text(LEFT - 6, y(share) + 4, percent(share, 0), "end");
    }
    const most = Math.max(...bars.map((bar) => bar.count));
    bars.forEach((bar, i) => {
      if (!bar.count) return;
      const [from, to] = [x(i / BARS) + 2, x((i + 1) / BARS) - 2];
      const made = this.#path("inside-sure-bar", `M${from} ${y(0)}V${y(bar.right)}H${to}V${y(0)}Z`);
      set(made, "opacity", String(0.25 + 0.75 * Math.sqrt(bar.count / most)));
      this.#text((from + to) / 2, y(0) + 14, whole(bar.count), "middle");
    });
    for (const share of [0, 0.5, 1]) this.#text(x(share), HIGH - 14, percent(share, 0), "middle");
    this.#path("inside-sure-line", `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`);
    write(this.under, say("Across: how sure it was. Up: how many of those it read rightly. Below each bar: how many pictures; fewer are paler."));
    set(this.svg, "aria-label", bars.filter((bar) => bar.count).map((bar) =>
      say("{sure} sure on average: {right} right, of {count}", { sure: percent(bar.sure, 1), right: percent(bar.right, 1), count: whole(bar.count) })).join("; "));
  }

  #weigh() {
    const { count, counts, right } = this.answer;
    const from = Number(this.hand.value);
    const [answered, correct] = [counts, right].map((list) => list.slice(from).reduce((sum, value) => sum + value, 0));
    const wrong = count - right.reduce((sum, value) => sum + value, 0);
    write(this.least, percent(from / 100, 0));
    write(this.cost, answered
      ? say("It answers {share} of the pictures, and is right in {right} of them. {avoided} of {wrong} mistakes are avoided; {given} right answers are given up.", {
        share: percent(answered / count, 1), right: percent(correct / answered, 2), avoided: whole(wrong - (answered - correct)),
        wrong: whole(wrong), given: whole(count - wrong - correct),
      })
      : say("It answers nothing at all."));
    const { drawn } = this;
    write(this.own, !drawn ? "" : 100 * drawn.share >= from
      ? say("Your digit: {digit}, {share} sure.", { digit: drawn.digit, share: percent(drawn.share, 1) })
      : say("Your digit: I don't know ({digit} with {share}).", { digit: drawn.digit, share: percent(drawn.share, 1) }));
  }

  #path(kind, d) {
    const made = append(this.svg, "path", kind);
    set(made, "d", d);
    return made;
  }

  #text(x, y, words, anchor) {
    const made = append(this.svg, "text", "", words);
    for (const [name, value] of Object.entries({ x, y, "text-anchor": anchor })) set(made, name, number(value, ".1f"));
  }
}

/** Ten bins of a hundred: how many pictures, the share read rightly, and how sure the network was on average. */
export function binned(counts, right, sums) {
  const each = counts.length / BARS;
  const sum = (list, bar) => list.slice(bar * each, (bar + 1) * each).reduce((all, value) => all + value, 0);
  return Array.from({ length: BARS }, (_, bar) => {
    const count = sum(counts, bar);
    return { count, right: count ? sum(right, bar) / count : 0, sure: count ? sum(sums, bar) / count : 0 };
  });
}
