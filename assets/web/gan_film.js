// The film under the sheet: every kept frame on a time line, to scrub, play and loop, also while new ones come.

import { append, set, write } from "./run_readout.js";
import { button, duration, isCalm, press, relabel, whole } from "./gan_parts.js";
import { Strip } from "./gan_strip.js";

const PACE = 12; // frames a second at speed 1
const SPEEDS = [0.5, 1, 2, 4];
const AHEAD = 6; // frames asked for before their turn
const REST = 1500; // ms at the end before the film begins again

/** `draw(picture, frame)` puts a decoded frame on the sheet; `moved()` is called when the place or a switch changed. */
export class Film {
  constructor(parent, { draw, moved }) {
    Object.assign(this, { draw, moved });
    this.root = append(parent, "div", "studio-film");
    this.strip = new Strip(this.root, (index) => this.scrub(index));
    this.bar = append(this.root, "div", "studio-film-bar");
    const does = (name) => () => this[name]();
    this.playing = button(this.bar, { name: "play", label: "Play", why: "Play the film", does: does("togglePlay") });
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

  /** Show another run's film; `place` is what `place()` said of it before a reload. */
  open(frames, store, { frame = null, loop = false, speed = 1, play = false }) {
    this.store?.close();
    Object.assign(this, { frames, store, loop, live: frame === null, index: -1, wanted: null, shown: null });
    this.resume = frame;
    this.autoplay = play;
    this.speed = SPEEDS.includes(speed) ? speed : 1;
    this.halt();
    this.strip.open(frames, store);
    this.label();
  }

  place() {
    const frame = this.live ? null : (this.frames[this.index]?.frame ?? this.resume);
    return { frame, loop: this.loop, speed: this.speed };
  }

  get moment() {
    return this.frames[this.index] ?? null;
  }

  /** More frames may be there. */
  grew(ended) {
    relabel(this.newest, ended ? "next" : "live", ended ? "End" : "Live");
    if (!this.frames.length) return;
    this.strip.grew(ended);
    if (this.autoplay && this.frames.length > 1) {
      this.autoplay = false;
      this.live = false;
      this.go(0);
      this.play();
    } else if (this.resume !== null) {
      const found = this.frames.findIndex(({ frame }) => frame >= this.resume);
      if (found >= 0) {
        this.resume = null;
        this.go(found);
      }
    } else if (this.live) {
      this.go(this.frames.length - 1);
    }
    this.label();
  }

  go(index) {
    this.index = Math.max(0, Math.min(index, this.frames.length - 1));
    this.strip.point(this.index);
    this.label();
    this.wanted = this.frames[this.index].frame;
    if (!this.pumping) this.pump();
  }

  /** Fetch and draw what is wanted, one at a time; what is no longer wanted by then is never asked for. */
  async pump() {
    const { store } = this;
    this.pumping = true;
    while (store === this.store && this.wanted !== this.shown) {
      const frame = this.wanted;
      const picture = store.ready(frame) ?? (await store.get(frame));
      if (store !== this.store) break;
      if (picture) {
        this.shown = frame;
        this.draw(picture, this.frames.find((kept) => kept.frame === frame));
      } else if (this.wanted === frame) break;
    }
    this.pumping = false;
    if (this.wanted !== null && store !== this.store) this.pump();
  }

  scrub(index) {
    if (!this.frames.length) return;
    this.halt();
    this.live = index === this.frames.length - 1;
    this.go(index);
    this.moved();
  }

  /** To the frame drawn last at or before round `step`. */
  seek(step) {
    const after = this.frames.findIndex((frame) => frame.step > step);
    this.scrub(after < 0 ? this.frames.length - 1 : Math.max(0, after - 1));
  }

  goLive() {
    this.halt();
    this.live = true;
    if (this.frames.length) this.go(this.frames.length - 1);
    this.moved();
  }

  togglePlay() {
    if (this.timer) this.halt();
    else this.play();
    this.moved();
  }

  play() {
    if (this.frames.length < 2) return;
    if (this.index >= this.frames.length - 1) this.go(0);
    this.live = false;
    this.due = performance.now();
    this.timer = requestAnimationFrame((now) => this.tick(now));
    this.label();
  }

  tick(now) {
    this.timer = requestAnimationFrame((later) => this.tick(later));
    if (now < this.due) return;
    const last = this.frames.length - 1;
    if (this.index >= last) {
      if (!this.loop) return this.goLive();
      this.due = now + 1000 / (PACE * this.speed);
      return this.go(0);
    }
    const next = this.frames[this.index + 1].frame;
    this.fetchAhead();
    if (!this.store.ready(next)) return; // it comes; until then the film waits
    this.due = Math.max(now, this.due + 1000 / (PACE * this.speed));
    this.go(this.index + 1);
    if (this.index === last && this.loop) this.due = now + REST;
  }

  fetchAhead() {
    const coming = this.frames.slice(this.index + 1, this.index + 1 + AHEAD);
    for (const { frame } of coming) if (!this.store.ready(frame) && this.store.coming.size < 2) this.store.get(frame);
  }

  halt() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    this.label();
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
    this.halt();
    this.strip.close();
    this.store?.close();
  }
}
