// The film under the sheet: every kept frame on a time line, to scrub, play and loop, also while new ones come.

import { append, button, press, relabel, set, write } from "../lib/dom.js";
import { duration, whole } from "../lib/format.js";
import { isCalm } from "../lib/theme.js";
import { Playback } from "../run/playback.js";

const SIDE = 56; // px: two digits by two
const FROM = [0, 56]; // px: the part of the sheet that a small frame shows
const GROWN = 1.25; // times as many frames as when the small ones were chosen

export class Strip {
  constructor(parent, scrub) {
    this.root = append(parent, "div", "studio-strip");
    this.row = append(this.root, "div", "studio-thumbs");
    this.row.setAttribute("aria-hidden", "true");
    this.moments = append(this.root, "div", "studio-moments");
    this.hand = append(this.root, "input", "studio-hand");
    this.hand.type = "range";
    this.hand.min = 1;
    this.hand.setAttribute("aria-label", "Frame of the film");
    this.hand.title = "Drag, or use the arrow keys, to see how the digits looked earlier";
    this.hand.addEventListener("input", () => scrub(Number(this.hand.value) - 1));
    this.small = [];
    this.frames = [];
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this.root);
  }

  open(frames, store) {
    Object.assign(this, { frames, store, chosen: 0, whole: false });
    this.hand.max = 1;
    this.hand.disabled = true;
    for (const canvas of this.small) {
      canvas.frame = canvas.wanted = null;
      canvas.getContext("2d").clearRect(0, 0, SIDE, SIDE);
    }
  }

  point(index) {
    this.hand.max = this.frames.length;
    this.hand.disabled = this.frames.length < 2;
    if (Number(this.hand.value) !== index + 1) this.hand.value = index + 1;
  }

  say(words) {
    set(this.hand, "aria-valuetext", words);
  }

  /** As many small frames as fit. */
  lay() {
    const count = Math.max(1, Math.floor(this.root.clientWidth / SIDE));
    if (!this.root.clientWidth || count === this.small.length) return;
    this.row.replaceChildren();
    this.small = Array.from({ length: count }, () => {
      const canvas = append(this.row, "canvas");
      canvas.width = canvas.height = SIDE;
      return canvas;
    });
    this.choose();
  }

  grew(ended) {
    this.hand.max = this.frames.length;
    const due = this.frames.length >= GROWN * this.chosen || (ended && !this.whole);
    if (!due || !this.small.length) return;
    this.whole = ended;
    this.choose();
  }

  choose() {
    this.chosen = this.frames.length;
    this.small.forEach((canvas, i) => {
      const index = Math.round(((i + 0.5) / this.small.length) * (this.chosen - 1));
      canvas.wanted = this.frames[index]?.frame ?? null;
    });
    if (!this.filling) this.fill();
  }

  /** Fetch and draw the small frames one after the other, so that the large one never waits for them. */
  async fill() {
    this.filling = true;
    for (;;) {
      const { store } = this;
      const canvas = this.small.find(({ wanted, frame }) => wanted && wanted !== frame);
      if (!canvas || !store) break;
      const frame = canvas.wanted;
      const picture = await store.get(frame);
      if (store !== this.store) continue;
      canvas.frame = frame;
      if (picture) canvas.getContext("2d").drawImage(picture, ...FROM, SIDE, SIDE, 0, 0, SIDE, SIDE);
    }
    this.filling = false;
  }

  /** Show a mark over each of the chosen frames. */
  mark(chosen) {
    this.moments.replaceChildren();
    for (const frame of chosen) {
      const index = this.frames.findIndex((kept) => kept.frame === frame);
      const mark = append(this.moments, "i");
      mark.style.left = `${(100 * index) / Math.max(1, this.frames.length - 1)}%`;
    }
  }

  close() {
    this.sizes.disconnect();
    this.store = null;
  }
}

const PACE = 12; // frames a second at speed 1
const SPEEDS = [0.5, 1, 2, 4];

export class Film extends Playback {
  speed = 1;

  constructor(parent, told) {
    super(told);
    this.root = append(parent, "div", "studio-film");
    this.strip = new Strip(this.root, (index) => this.scrub(index));
    this.bar = append(this.root, "div", "studio-film-bar");
    const does = (name) => () => this[name]();
    this.playing = button(this.bar, { name: "play", label: "Play", why: "Play the film", does: does("toggle") });
    this.looping = button(this.bar, {
      name: "loop", label: "Loop", why: "Begin again at the end", does: does("toggleLoop"), kind: "studio-button studio-bare",
    });
    this.pacing = button(this.bar, {
      label: "1×", why: "Speed of the film: half, one, two, four times", does: does("nextSpeed"), kind: "studio-button studio-speed",
    });
    this.words = append(this.bar, "span", "studio-moment");
    this.newest = button(this.bar, {
      name: "live", label: "Live", why: "Back to the newest frame, and follow what comes", does: does("goLive"),
      kind: "studio-button studio-live",
    });
    this.open([], null, {});
  }

  get pace() {
    return PACE * this.speed;
  }

  /** Show another run's film; `kept` is what `keeps` said of it before a reload. */
  open(frames, store, { frame = null, loop = false, speed = 1, play = false }) {
    Object.assign(this, { loop, autoplay: play, speed: SPEEDS.includes(speed) ? speed : 1 });
    super.open(frames, store, frame);
    this.strip.open(frames, store);
  }

  get keeps() {
    return { frame: this.place, loop: this.loop, speed: this.speed };
  }

  grew(ended) {
    relabel(this.newest, ended ? "next" : "live", ended ? "End" : "Live");
    if (!this.frames.length) return;
    this.strip.grew(ended);
    if (!this.autoplay || this.frames.length < 2) return super.grew();
    this.autoplay = false;
    this.play();
  }

  go(index) {
    super.go(index);
    this.strip.point(this.index);
  }

  toggleLoop() {
    this.loop = !this.loop;
    this.label();
    this.moved();
  }

  nextSpeed() {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
    this.label();
    this.moved();
  }

  label() {
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? "Halt" : "Play");
    press(this.looping, this.loop);
    press(this.newest, this.live);
    write(this.pacing.label, this.speed === 0.5 ? "½×" : `${this.speed}×`);
    set(this.root, "data-calm", isCalm() ? "yes" : "no");
    this.playing.disabled = this.frames.length < 2;
    const at = this.moment;
    write(this.words, at ? `round ${whole(at.step)} · ${duration(at.seconds)}` : "no frame yet");
    if (at) this.strip.say(`frame ${this.index + 1} of ${this.frames.length}, round ${whole(at.step)}`);
  }

  close() {
    super.close();
    this.strip.close();
  }
}
