// Playing a film of frames that are fetched by number: to any frame, on and on, also while new ones come.

const AHEAD = 6; // frames asked for before their turn
const REST = 1500; // ms at the end before the film begins again

/** What every film does, whatever it looks like: a skin has `pace` (frames a second) and `label()`, which shows how the
 *  film stands. `draw(picture, kept)` shows a fetched frame; `moved()` is called when the visitor changed the place. */
export class Playback {
  frames = []; // {frame, step, seconds}, in their order; it grows
  index = -1;
  live = true; // follows whatever is newest
  loop = false;
  store = null;
  resume = null; // the number of a frame that is still to come
  wanted = null;
  shown = null;

  constructor({ draw, moved }) {
    Object.assign(this, { draw, moved });
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
    if (this.resume !== null) {
      const found = this.frames.findIndex(({ frame }) => frame >= this.resume);
      if (found >= 0) {
        this.resume = null;
        this.go(found);
      }
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
      if (picture) {
        this.shown = wanted;
        this.draw(picture, this.frames.find(({ frame }) => frame === wanted));
      } else if (this.wanted === wanted) break; // it could not be had; the next one may
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

  toggle() {
    if (this.timer) this.halt();
    else this.play();
    this.moved();
  }

  play() {
    if (this.frames.length < 2) return;
    if (!this.moment || this.index === this.frames.length - 1) this.go(0);
    this.live = false;
    this.due = performance.now();
    this.timer = requestAnimationFrame((now) => this.tick(now));
    this.label();
  }

  tick(now) {
    this.timer = requestAnimationFrame((later) => this.tick(later));
    if (now < this.due) return;
    const last = this.frames.length - 1;
    const gap = 1000 / this.pace;
    if (this.index >= last) {
      if (!this.loop) return this.goLive();
      this.due = now + gap;
      return this.go(0);
    }
    this.fetchAhead();
    if (!this.store.ready(this.frames[this.index + 1].frame)) return; // it comes; until then the film waits
    this.due = Math.max(now, this.due + gap);
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

  close() {
    this.halt();
    this.store?.close();
    this.store = this.wanted = null;
  }
}
