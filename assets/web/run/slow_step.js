// One step in slow motion: forward, loss, backward and update, one after the other, each with what was measured in that step.

import { append, button, isCalm, relabel, set, write } from "../lib/component.js";
import { decimal, NONE, number, percent, say, whole } from "../lib/text.js";

const SHOWN_FOR = 1500; // ms that each phase stays when they play by themselves
const SLOW_PACE = 0.2; // steps a second: the next step comes when this one has been shown
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };
const LISTENED_TO = ".run-slow, .st-key-run-controls"; // what may have the focus while arrow keys go through the phases

/** The four phases of a step as `{title, words, figures, bars}`; `figures` are [name, value], `bars` [layer, size, value]. */
export function phases(shown) {
  const loss = decimal(shown.loss);
  const right = (count) => say("{count} of {images}", { count: whole(count), images: whole(shown.images) });
  return [
    {
      title: say("Forward"),
      words: say("The batch goes in. For every picture the network gives each class a probability."),
      figures: [
        [say("Pictures in the batch"), whole(shown.images)],
        [say("Probability of the right class, mean"), percent(shown.share ?? NaN, 1)],
        [say("Read rightly"), right(shown.correct)],
      ],
    },
    {
      title: say("Loss"),
      words: say(shown.measure),
      figures: [[say("Loss, mean over {images} pictures", { images: whole(shown.images) }), loss], [say("Guessing gives"), shown.chance]],
    },
    {
      title: say("Backward"),
      words: say("From the last layer to the first: how strongly, and in which direction, do its parameters change the loss?"),
      bars: { title: say("Norm of the gradient of each layer"), rows: rows(shown.layers, shown.gradients, short) },
    },
    {
      title: say("Update"),
      words: say("{optimizer} moves all parameters a little, at the learning rate {rate}. Then the same batch is read again.", {
        optimizer: shown.optimizer,
        rate: short(shown.lr),
      }),
      figures: [
        [say("Loss of this batch"), change(loss, decimal(shown.loss_after))],
        [say("Read rightly"), change(whole(shown.correct), right(shown.correct_after))],
      ],
      bars: { title: say("How far each layer moved, of its own size"), rows: rows(shown.layers, shown.ratios, share) },
    },
  ];
}

const change = (before, after) => say("{before} → {after}", { before, after });
const short = (value) => (Number.isFinite(value) ? number(Number(value.toPrecision(2))) : NONE);
const share = (ratio) => (Number.isFinite(ratio) ? say("{percent} %", { percent: short(100 * ratio) }) : NONE);

function rows(layers, values, format) {
  const most = Math.max(...values.map((value) => value ?? 0)) || 1;
  return layers.map((layer, i) => [layer, (values[i] ?? 0) / most, format(values[i])]);
}

export class SlowStep {
  constructor(place) {
    this.root = append(place, "div", "run-slow");
    set(this.root, "role", "group");
    this.root.hidden = true;
    const head = append(this.root, "div", "run-slow-head");
    this.title = append(head, "b");
    this.back = button(head, { name: "back", label: say("Phase before"), why: say("The phase before (left arrow)"), does: () => this.move(-1), bare: true });
    this.playing = button(head, { name: "pause", label: say("Pause"), why: say("Show all four phases, one after the other"), does: () => this.togglePlay(), bare: true });
    this.next = button(head, { name: "next", label: say("Next phase"), why: say("The next phase (right arrow)"), does: () => this.move(1), bare: true });
    button(head, { name: "cross", label: say("Close"), why: say("Back to the curves alone"), does: () => this.dismiss(), bare: true });
    this.choices = append(this.root, "div", "run-slow-phases");
    this.buttons = [say("Forward"), say("Loss"), say("Backward"), say("Update")].map((label, i) =>
      button(this.choices, { label: `${i + 1} ${label}`, why: label, does: () => this.choose(i) }),
    );
    const body = append(this.root, "div", "run-slow-body");
    const told = append(body, "div", "run-slow-told");
    this.words = append(told, "p");
    set(this.words, "aria-live", "polite");
    this.figures = append(told, "dl");
    this.bars = append(body, "div", "run-slow-bars");
    for (const [name, value] of [["tabindex", "0"], ["role", "region"]]) set(this.bars, name, value);
    this.heard = (event) => this.hear(event);
    document.addEventListener("keydown", this.heard);
  }

  /** Another run is watched. */
  forget() {
    this.shown = null;
    this.dismissed = false;
    this.close();
  }

  /** Show what is new in a record; make room for the curves when the run has gone on. */
  refresh({ shown, facts, ended }) {
    const running = facts.status === "running";
    if (!running) this.dismissed &&= shown === this.shown;
    if (ended || (this.shown && facts.step > Math.max(this.shown.step, shown.step))) this.close();
    if (!shown || shown === this.shown) return;
    this.shown = shown;
    if (!ended && shown.step >= facts.step && !this.dismissed) this.open(running && facts.pace <= SLOW_PACE);
  }

  /** Begin with the first phase; where steps follow one another and the visitor has stopped at a phase, stay there. */
  open(follows) {
    const stays = follows && !this.root.hidden && !this.timer && this.at < 3;
    this.root.hidden = false;
    this.told = phases(this.shown);
    write(this.title, say("Step {step} in slow motion", { step: whole(this.shown.step) }));
    set(this.root, "aria-label", this.title.textContent);
    this.show(stays ? this.at : 0);
    if (!isCalm() && !stays) this.play();
  }

  close() {
    this.pause();
    this.root.hidden = true;
  }

  dismiss() {
    this.dismissed = true;
    this.close();
  }

  show(at) {
    this.at = at;
    const { words, figures = [], bars } = this.told[at];
    this.buttons.forEach((made, i) => set(made, "aria-current", i === at ? "step" : "false"));
    write(this.words, words);
    this.figures.replaceChildren();
    for (const [name, value] of figures) {
      const pair = append(this.figures, "div");
      append(pair, "dt", "", name);
      append(pair, "dd", "", value);
    }
    this.bars.hidden = !bars;
    if (bars) this.draw(bars);
    this.back.disabled = at === 0;
    this.next.disabled = at === 3;
  }

  draw({ title, rows }) {
    set(this.bars, "aria-label", title);
    this.bars.replaceChildren();
    append(this.bars, "p", "", title);
    const list = append(this.bars, "ul");
    for (const [layer, size, value] of rows) {
      const row = append(list, "li");
      append(row, "span", "", layer);
      append(append(row, "i"), "i").style.width = `${(100 * size).toFixed(1)}%`;
      append(row, "b", "", value);
    }
  }

  choose(at) {
    this.pause();
    this.show(at);
  }

  move(by) {
    this.choose(Math.min(3, Math.max(0, this.at + by)));
  }

  togglePlay() {
    if (this.timer) return this.pause();
    this.show(this.at === 3 ? 0 : this.at + 1);
    this.play();
  }

  play() {
    clearTimeout(this.timer);
    this.timer = this.at < 3 ? setTimeout(() => this.goOn(), SHOWN_FOR) : null;
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? say("Pause") : say("Play"));
  }

  goOn() {
    this.show(this.at + 1);
    this.play();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    relabel(this.playing, "play", say("Play"));
  }

  hear(event) {
    const by = KEYS[event.key];
    const { target } = event;
    if (!by || this.root.hidden || event.altKey || event.ctrlKey || event.metaKey) return;
    if (target !== document.body && !target.closest?.(LISTENED_TO)) return;
    event.preventDefault();
    this.move(by);
  }

  remove() {
    clearTimeout(this.timer);
    document.removeEventListener("keydown", this.heard);
  }
}
