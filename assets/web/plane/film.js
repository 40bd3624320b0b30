// The film of the plane under the picture, and its frames as they come from the server.

import { Frames } from "../gan/frames.js";
import { append, button, press, relabel, set, write } from "../lib/dom.js";
import { duration, whole } from "../lib/format.js";
import { say } from "../lib/text.js";
import { Playback } from "../run/playback.js";

export class PlaneFilm extends Playback {
  framesPerSecond = 14;

  constructor(parent, told) {
    super(told);
    this.root = append(parent, "div", "plane-film");
    this.playing = button(this.root, { name: "play", label: say("Play"), why: say("Play the film from here"), does: () => this.toggle() });
    this.hand = append(this.root, "input", "plane-hand");
    Object.assign(this.hand, { type: "range", min: 1, max: 1, disabled: true });
    this.hand.title = say("Drag, or use the arrow keys, to see how it looked earlier");
    this.hand.setAttribute("aria-label", say("Frame of the film"));
    this.hand.addEventListener("input", () => this.scrub(Number(this.hand.value) - 1));
    this.newest = button(this.root, {
      name: "live", label: say("Live"), why: say("Back to the newest frame, and follow what comes"), does: () => this.goLive(),
    });
    this.words = append(this.root, "span", "studio-moment");
    this.label();
  }

  label() {
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? say("Pause") : say("Play"));
    press(this.newest, this.live);
    this.hand.max = Math.max(1, this.frames.length);
    this.playing.disabled = this.newest.disabled = this.hand.disabled = this.frames.length < 2;
    const at = this.moment;
    write(this.words, at ? say("round {step} · {duration}", { step: whole(at.step), duration: duration(at.seconds) }) : say("before the first round"));
    if (Number(this.hand.value) !== this.index + 1) this.hand.value = Math.max(1, this.index + 1);
    const places = at && { frame: this.index + 1, count: this.frames.length, step: whole(at.step) };
    set(this.hand, "aria-valuetext", at ? say("frame {frame} of {count}, round {step}", places) : "");
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
