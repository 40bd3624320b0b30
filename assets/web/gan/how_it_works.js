// "How it works": the networks at work with the figures of the last round, or one round in six numbered steps.

import { append, button, isCalm, relabel, set, write } from "../lib/component.js";
import { figure, NONE, say, whole } from "../lib/text.js";
import { around } from "./record.js";
import { Scene } from "./scene.js";

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** From a round shown in slow motion; `verdict`, `even`, `z` and `conditional` are the run's. */
export function steps(round, { verdict, even, z, conditional }) {
  const { trained } = round;
  const scale = verdict === "probability" ? [0, 1] : around([...ofAll(round), even ?? 0]);
  const share = (values) => figure(mean(values));
  const first = { made: round.made_before, real: round.real_before };
  const second = { made: round.made_after, real: round.real_after };
  const last = { made: round.made_last, real: round.real_after };
  const words = wordsOf(share, round, { first, second, last }, z, conditional);
  const none = { made: null, real: null };
  const step = (title, lit, i) => ({ title, words: words[i], scale, pictures: "made", skipped: false, ...lit });
  const [dLearns, gLearns] = [Boolean(trained & 1), Boolean(trained & 2)];
  const judging = { d: "works", arrows: { madeToD: "down", realToD: "down", toVerdict: "down" } };
  return [
    [say("Draw z"), { ...none, arrows: { toG: "down" } }],
    [say("Generate pictures"), { ...none, g: "works", arrows: { toG: "down", toMade: "down" } }],
    [say("Judge"), { ...first, ...judging }],
    [say("D learns"), { ...first, d: dLearns ? "learns" : "", skipped: !dLearns, arrows: dLearns ? { toVerdict: "up" } : {} }],
    [say("Judge again"), { ...second, before: first, ...judging }],
    [say("G learns"), {
      ...last, before: { made: second.made }, g: gLearns ? "learns" : "", skipped: !gLearns, pictures: "improved",
      changes: "made", arrows: gLearns ? { toVerdict: "up", madeToD: "up", toMade: "up" } : {},
    }],
  ].map(([title, lit], i) => step(title, lit, i));
}

/** What is said of each of the six stages. */
function wordsOf(share, { trained, d_loss: loss }, { first, second, last }, z, conditional) {
  const count = z ?? NONE;
  const real = [share(first.real), share(second.real)];
  const made = [share(first.made), share(second.made), share(last.made)];
  return [
    conditional
      ? say("{count} random numbers for each picture, and which digit to draw. Eight of them are shown.", { count })
      : say("{count} random numbers for each picture. Eight of them are shown.", { count }),
    say("G turns each row of numbers into a picture of 28 × 28."),
    say("How real do they look to D? Generated {generated}, real {real} in the mean.", { generated: made[0], real: real[0] }),
    trained & 1
      ? say(
          "It looks at a batch of other pictures and moves its weights so that real ones rise, generated ones fall. Loss {loss}.",
          { loss: figure(loss) },
        )
      : say("In this round D does not learn: nothing changes."),
    say(
      "These eight again: generated {generated} to {generated_now}, real {real} to {real_now}. The lines mark the verdicts before.",
      { generated: made[0], generated_now: made[1], real: real[0], real_now: real[1] },
    ),
    trained & 2
      ? say("D's gradient shows G how to be taken for real. The same z again: judged {now} instead of {before}.", {
          now: made[2], before: made[1],
        })
      : say("In this round G does not learn: nothing changes."),
  ];
}

function ofAll(round) {
  return [round.real_before, round.made_before, round.real_after, round.made_after, round.made_last].flat();
}

const SHOWN_FOR = 3600; // ms that each step stays when they play by themselves
const IN_SIGHT = 200; // px of it that are enough to be noticed
const SIDE = 28;
const ROW = 10; // digits in a row of the sheet

export class Round {
  constructor(parent, { colours, realStrip }) {
    this.root = append(parent, "div", "studio-round");
    this.buildBar();
    this.scene = new Scene(this.root, colours);
    this.saying = append(this.scene.root, "div", "scene-say");
    this.saying.setAttribute("aria-live", "polite");
    this.title = append(this.saying, "b");
    this.words = append(this.saying, "p");
    this.samples = picture(realStrip);
    this.at = 0;
  }

  buildBar() {
    this.bar = append(this.root, "div", "studio-steps");
    this.now = button(this.bar, { label: say("Now"), why: say("The newest round instead of the slow one"), does: () => this.go(0) });
    this.numbers = Array.from({ length: 6 }, (_, i) =>
      button(this.bar, { label: String(i + 1), why: "", does: () => this.go(i + 1), kind: "studio-number-button" }),
    );
    const move = (by) => () => this.go(Math.max(1, Math.min(6, this.at + by)));
    const moves = append(this.bar, "span", "studio-stage-moves");
    this.back = button(moves, { name: "back", label: say("Stage before"), why: say("The stage before"), does: move(-1), bare: true });
    this.playing = button(moves, { name: "play", label: say("Play"), why: say("Show all six stages"), does: () => this.togglePlay() });
    this.next = button(moves, { name: "next", label: say("Next stage"), why: say("The next stage"), does: move(1), bare: true });
  }

  /** Show another run: what its verdicts mean, whether G is told the digit, how many random numbers it reads. */
  watch(facts) {
    Object.assign(this, { ...facts, round: null, strips: null, sheet: null, newest: null });
    this.pause();
    this.go(0);
  }

  /** The newest figures and the newest sheet of generated pictures. */
  refresh(record, sheet) {
    this.newest = record.newest;
    this.z = record.started?.z ?? this.z;
    this.running = record.facts.status === "running";
    this.sheet = sheet ?? this.sheet;
    if (record.round && record.round !== this.round) this.take(record.round);
    else if (this.at === 6 && !this.timer && this.running && this.newest.step > this.round.step) this.go(0);
    if (this.at === 0) this.showNow();
  }

  async take(round) {
    this.round = round;
    const strips = [round.made_strip, round.real_strip, round.improved_strip].map(picture);
    await Promise.all(strips);
    if (round !== this.round) return;
    const [made, real, improved] = await Promise.all(strips);
    this.strips = { made, real, improved };
    this.told = steps(round, this);
    this.label();
    if (this.begin) this.beginSteps();
  }

  /** The next round that comes is one the visitor has asked for: show it from its first step. */
  expect() {
    this.begin = true;
  }

  beginSteps() {
    this.begin = false;
    this.pause();
    this.go(1);
    if (!isCalm()) this.play();
    if (this.root.getBoundingClientRect().top > innerHeight - IN_SIGHT) this.root.scrollIntoView(); // on a phone, where it is below
  }

  go(at) {
    this.at = this.strips ? at : 0;
    if (this.at === 0) this.pause();
    if (this.timer) this.play();
    this.label();
    if (this.at) this.showStep(this.told[this.at - 1]);
    else this.showNow();
  }

  togglePlay() {
    if (this.timer) return this.pause();
    this.go(this.at === 0 || this.at === 6 ? 1 : this.at + 1);
    this.play();
  }

  play() {
    if (this.at >= 6) return this.pause();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.go(this.at + 1), SHOWN_FOR);
    this.label();
  }

  pause() {
    clearTimeout(this.timer);
    this.timer = null;
    this.label();
  }

  label() {
    const there = Boolean(this.strips);
    this.numbers.forEach((made, i) => {
      made.disabled = !there;
      set(made, "aria-current", this.at === i + 1 ? "step" : "false");
      set(made, "data-skipped", there && this.told[i].skipped ? "yes" : "no");
      set(made, "title", there ? this.told[i].title : say("Press Slow motion for one round in six stages"));
    });
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? say("Pause") : say("Play"));
    this.playing.disabled = !there;
    this.back.disabled = !there || this.at < 2;
    this.next.disabled = !there || this.at === 6;
    set(this.now, "aria-pressed", String(this.at === 0));
  }

  showStep(step) {
    const { scene, strips, round } = this;
    write(this.title, `${this.at}. ${step.title}`);
    write(this.words, step.words);
    const inStrip = (i) => [i * SIDE, 0];
    scene.drawZ(round.z, this.z);
    scene.drawPictures(scene.made, strips[step.pictures], inStrip, step.changes === "made");
    scene.drawPictures(scene.real, strips.real, inStrip);
    scene.hide(scene.made, this.at < 2);
    scene.light(step);
    scene.tell(round);
    for (const name of ["made", "real"]) {
      scene.drawVerdicts(name, step[name], { scale: step.scale, even: this.even, before: step.before?.[name] });
    }
  }

  /** Show no step, but the figures of the newest round with digits of the newest sheet. */
  async showNow() {
    const { scene, newest, sheet } = this;
    const trained = newest?.trained ?? 0;
    const works = this.running ? "learns" : "learned";
    scene.light({ d: trained & 1 ? works : "", g: trained & 2 ? works : "", arrows: this.running ? ALL_DOWN : {} });
    scene.tell(newest ?? {});
    scene.drawZ([], this.z);
    write(this.title, newest ? say("Round {step}", { step: whole(newest.step) }) : say("Two networks play"));
    write(this.words, newest ? LEARNED[trained] : say("G turns random numbers into pictures. D tells them from real ones."));
    const [real, made] = [newest?.real ?? NaN, newest?.made ?? NaN];
    const scale = this.verdict === "probability" ? [0, 1] : around([real, made, this.even ?? 0]);
    scene.drawVerdicts("made", [made], { scale, even: this.even });
    scene.drawVerdicts("real", [real], { scale, even: this.even });
    scene.hide(scene.made, false);
    if (sheet) scene.drawPictures(scene.made, sheet, (i) => [SIDE, (this.conditional ? i : i % ROW) * SIDE]);
    const samples = this.strips?.real ?? (await this.samples);
    if (this.at === 0 && samples) scene.drawPictures(scene.real, samples, (i) => [i * SIDE, 0]);
  }

  close() {
    clearTimeout(this.timer);
    for (const canvas of [this.scene.made, this.scene.real]) cancelAnimationFrame(canvas.fading);
  }
}

const LEARNED = [
  say("Nobody learned in it."),
  say("Only D learned: to tell generated pictures from real ones."),
  say("Only G learned: to generate what D takes for real."),
  say("First D learned, then G. Slow motion shows one round in six stages."),
];
const ALL_DOWN = { toG: "down", toMade: "down", madeToD: "down", realToD: "down", toVerdict: "down" };

async function picture(url) {
  if (!url) return null;
  const image = new Image();
  image.src = url;
  await image.decode();
  return image;
}
