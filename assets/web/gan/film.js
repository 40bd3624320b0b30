// The film under the sheet: every kept frame on a time line, to scrub, play and loop, also while new ones come.

import { append, button, press, relabel, set, write } from "../lib/dom.js";
import { duration, whole } from "../lib/format.js";
import { isCalm } from "../lib/theme.js";
import { Strip } from "./strip.js";
import { Playback } from "../run/playback.js";

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
