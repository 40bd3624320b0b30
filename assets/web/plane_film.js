// The film of the plane under the picture: a bar to scrub, also while new frames come.

import { append, set, write } from "./run_readout.js";
import { button, duration, press, relabel, whole } from "./gan_parts.js";

const PACE = 14; // frames a second
const AHEAD = 6; // frames asked for before their turn

/** `draw(frame, kept)` shows an unpacked frame; `moved()` is called when the visitor changed the place. */
export class PlaneFilm {
  constructor(parent, { draw, moved }) {
    Object.assign(this, { draw, moved, frames: [], index: -1, live: true });
    this.root = append(parent, "div", "plane-film");
    this.playing = button(this.root, { name: "play", label: "Play", why: "Play the film from here", does: () => this.toggle() });
    this.hand = append(this.root, "input", "plane-hand");
    Object.assign(this.hand, { type: "range", min: 1, max: 1, disabled: true });
    this.hand.title = "Drag, or use the arrow keys, to see how it looked earlier";
    this.hand.setAttribute("aria-label", "Frame of the film");
    this.hand.addEventListener("input", () => this.scrub(Number(this.hand.value) - 1));
    this.newest = button(this.root, {
      name: "live", label: "Live", why: "Back to the newest frame, and follow what comes", does: () => this.scrub(Infinity),
    });
    this.words = append(this.root, "span", "studio-moment");
    this.label();
  }

  /** Show another run's film, from the frame of that number where one is given. */
  open(frames, store, frame = null) {
    this.store?.close();
    Object.assign(this, { frames, store, live: frame === null, resume: frame, index: -1, wanted: null, shown: null });
    this.halt();
  }

  get moment() {
    return this.frames[this.index] ?? null;
  }

  /** The number of the frame that is looked at; null for whatever is newest. */
  get place() {
    return this.live ? null : (this.moment?.frame ?? this.resume);
  }

  /** More frames may be there. */
  grew() {
    this.hand.max = Math.max(1, this.frames.length);
    this.hand.disabled = this.frames.length < 2;
    if (this.resume !== null && this.frames.length) {
      const found = this.frames.findIndex(({ frame }) => frame >= this.resume);
      if (found < 0) return;
      this.resume = null;
      this.go(found);
    } else if (this.live && this.frames.length) {
      this.go(this.frames.length - 1);
    }
    this.label();
  }

  go(index) {
    this.index = Math.max(0, Math.min(index, this.frames.length - 1));
    this.wanted = this.frames[this.index].frame;
    this.label();
    if (!this.pumping) this.pump();
  }

  /** Fetch and draw what is wanted, one at a time; what is no longer wanted by then is never asked for. */
  async pump() {
    this.pumping = true;
    while (this.wanted !== null && this.wanted !== this.shown) {
      const { store, wanted } = this;
      const picture = store.ready(wanted) ?? (await store.get(wanted));
      if (store !== this.store) continue;
      if (picture) this.draw(picture, this.frames.find(({ frame }) => frame === wanted));
      this.shown = wanted;
    }
    this.pumping = false;
  }

  scrub(index) {
    if (!this.frames.length) return;
    this.halt();
    this.live = index >= this.frames.length - 1;
    this.go(index);
    this.moved();
  }

  toggle() {
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
    if (this.index >= this.frames.length - 1) return this.scrub(Infinity);
    for (const { frame } of this.frames.slice(this.index + 1, this.index + 1 + AHEAD)) {
      if (!this.store.ready(frame) && this.store.coming.size < 2) this.store.get(frame);
    }
    if (!this.store.ready(this.frames[this.index + 1].frame)) return; // it comes; until then the film waits
    this.due = Math.max(now, this.due + 1000 / PACE);
    this.go(this.index + 1);
    this.moved();
  }

  halt() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    this.label();
  }

  label() {
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? "Halt" : "Play");
    press(this.newest, this.live);
    this.playing.disabled = this.newest.disabled = this.frames.length < 2;
    const at = this.moment;
    write(this.words, at ? `round ${whole(at.step)} · ${duration(at.seconds)}` : "before the first round");
    if (Number(this.hand.value) !== this.index + 1) this.hand.value = Math.max(1, this.index + 1);
    set(this.hand, "aria-valuetext", at ? `frame ${this.index + 1} of ${this.frames.length}, round ${whole(at.step)}` : "");
  }

  close() {
    this.halt();
    this.store?.close();
    this.store = this.wanted = null;
  }
}
