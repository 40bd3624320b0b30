// The film of the plane under the picture: a bar to scrub, also while new frames come.

import { Frames } from "../gan/frames.js";
import { append, button, press, relabel, set, write } from "../lib/dom.js";
import { duration, whole } from "../lib/format.js";
import { Playback } from "../run/playback.js";

export class PlaneFilm extends Playback {
  pace = 14; // frames a second

  constructor(parent, told) {
    super(told);
    this.root = append(parent, "div", "plane-film");
    this.playing = button(this.root, { name: "play", label: "Play", why: "Play the film from here", does: () => this.toggle() });
    this.hand = append(this.root, "input", "plane-hand");
    Object.assign(this.hand, { type: "range", min: 1, max: 1, disabled: true });
    this.hand.title = "Drag, or use the arrow keys, to see how it looked earlier";
    this.hand.setAttribute("aria-label", "Frame of the film");
    this.hand.addEventListener("input", () => this.scrub(Number(this.hand.value) - 1));
    this.newest = button(this.root, {
      name: "live", label: "Live", why: "Back to the newest frame, and follow what comes", does: () => this.goLive(),
    });
    this.words = append(this.root, "span", "studio-moment");
    this.label();
  }

  label() {
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? "Halt" : "Play");
    press(this.newest, this.live);
    this.hand.max = Math.max(1, this.frames.length);
    this.playing.disabled = this.newest.disabled = this.hand.disabled = this.frames.length < 2;
    const at = this.moment;
    write(this.words, at ? `round ${whole(at.step)} · ${duration(at.seconds)}` : "before the first round");
    if (Number(this.hand.value) !== this.index + 1) this.hand.value = Math.max(1, this.index + 1);
    set(this.hand, "aria-valuetext", at ? `frame ${this.index + 1} of ${this.frames.length}, round ${whole(at.step)}` : "");
  }
}

const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TOP = LEVELS.length - 1;
const LEVEL_OF = new Map([...LEVELS].map((character, level) => [character, level / TOP]));

export class PlaneFrames extends Frames {
  async read(answer) {
    return unpacked(await answer.json());
  }
}

/** A frame as it is drawn: points, arrows and lines in units of the plane, maps as shares from 0 to 1. */
export function unpacked(content) {
  return {
    ...content,
    made: units(content.made, 1000),
    arrows: units(content.arrows, 100),
    lines: units(content.lines, 1000),
    verdict: shares(content.verdict),
    density: shares(content.density),
  };
}

export function units(whole, scale) {
  return Float32Array.from(whole, (value) => value / scale);
}

function shares(text) {
  return Float32Array.from(text, (character) => LEVEL_OF.get(character) ?? 0);
}
