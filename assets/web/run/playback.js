// Plays a film of frames fetched by number, also while new ones come.

const AHEAD = 6; // frames asked for before their turn
const REST = 1500; // ms at the end before the film begins again

/** What every film does, whatever it looks like. A film adds `framesPerSecond` and `label()`, which shows where it stands.
 *  `draw(picture, kept)` shows a fetched frame; `moved()` is called when the visitor went to another frame. */
export class Playback {
  frames = []; // {frame, step, seconds}, in their order; it grows
  index = -1;
  live = true; // follows whatever is newest
  loop = false;
  store = null;
  awaited = null; // the number of a frame to show once it has come
  wanted = null;
  shown = null;

  constructor({ draw, moved }) {
    Object.assign(this, { draw, moved });
  }

  /** Show another run's film, from the frame of that number where one is given. */
  open(frames, store, frame = null) {
    this.store?.close();
    Object.assign(this, { frames, store, live: frame === null, awaited: frame, index: -1, wanted: null, shown: null });
    this.pause();
  }

  get moment() {
    return this.frames[this.index] ?? null;
  }

  /** The number of the frame shown; null for the newest. */
  get place() {
    return this.live ? null : (this.moment?.frame ?? this.awaited);
  }

  /** More frames may be there. */
  grew() {
    if (this.awaited !== null) {
      const found = this.frames.findIndex(({ frame }) => frame >= this.awaited);
      if (found >= 0) {
        this.awaited = null;
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

  /** Fetch and draw the wanted frame, one at a time; frames that are no longer wanted are not asked for. */
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
    this.pause();
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
    this.pause();
    this.live = true;
    if (this.frames.length) this.go(this.frames.length - 1);
    this.moved();
  }

  toggle() {
    if (this.timer) this.pause();
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
    const gap = 1000 / this.framesPerSecond;
    if (this.index >= last) {
      if (!this.loop) return this.goLive();
      this.due = now + gap;
      return this.go(0);
    }
    this.fetchAhead();
    if (!this.store.ready(this.frames[this.index + 1].frame)) return; // the film waits for it
    this.due = Math.max(now, this.due + gap);
    this.go(this.index + 1);
    if (this.index === last && this.loop) this.due = now + REST;
  }

  fetchAhead() {
    const coming = this.frames.slice(this.index + 1, this.index + 1 + AHEAD);
    for (const { frame } of coming) if (!this.store.ready(frame) && this.store.coming.size < 2) this.store.get(frame);
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = null;
    this.label();
  }

  close() {
    this.pause();
    this.store?.close();
    this.store = this.wanted = null;
  }
}
