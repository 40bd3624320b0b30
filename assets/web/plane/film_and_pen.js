// Under the picture of the plane: its film, with the frames as they come from the server; or the pen, to draw one's own points
// by mouse, finger or keyboard.

import { Frames } from "../gan/frames.js";
import { append, button, press, relabel, set, write } from "../lib/component.js";
import { duration, plural, say, whole } from "../lib/text.js";
import { Playback } from "../run/playback.js";
import { Pen, SIDE, Strokes } from "../pad/strokes.js";

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

const SPACING = 0.03; // of the plane, between two points of a line
const CROSS = 12; // px

/** `changed(points, ended)` gets the points [[x, y], ...]; `ended` is false while the pen is down. */
export class PlanePen {
  constructor(canvas, parent, changed) {
    Object.assign(this, { canvas, changed, before: [], most: 0, extent: 1, on: false });
    this.strokes = new Strokes();
    this.root = append(parent, "div", "plane-film plane-draw");
    this.words = append(this.root, "span", "studio-moment");
    const act = (action) => () => {
      action();
      this.tell(true);
    };
    this.undo = button(this.root, { name: "back", label: say("Undo"), why: say("Take back the last line"), does: act(() => this.strokes.undo()) });
    this.empty = button(this.root, { name: "cross", label: say("Clear"), why: say("Begin again"), does: act(() => this.clear()) });
    // The pen always listens; its strokes count only while the visitor draws a target.
    const inside = { begin: (x, y) => this.on && this.strokes.begin(x, y) };
    this.pen = new Pen(canvas, guarded(this, inside), { drawn: (ended) => this.tell(ended), moved: () => this.changed(null, false) });
  }

  /** Let the visitor draw, on top of `points`, up to `most` of them. */
  open(on, points, most, extent) {
    if (on && !this.on) {
      this.before = points;
      this.strokes = new Strokes();
    }
    Object.assign(this, { on, most, extent });
    this.root.hidden = !on;
    this.canvas.tabIndex = on ? 0 : -1;
    this.label();
  }

  clear() {
    this.before = [];
    this.strokes.clear();
  }

  tell(ended) {
    if (!this.on) return;
    this.label();
    this.changed(this.points(), ended);
  }

  /** Points along the lines, evenly, and no more than may be. */
  points() {
    const place = ([x, y]) => [(2 * x / SIDE - 1) * this.extent, (1 - 2 * y / SIDE) * this.extent].map(inside);
    const lines = this.strokes.list.map((stroke) => stroke.map(place));
    const free = Math.max(1, this.most - this.before.length - lines.length);
    const length = lines.reduce((sum, line) => sum + lengthOf(line), 0);
    const spacing = Math.max(SPACING, length / free);
    return [...this.before, ...lines.flatMap((line) => along(line, spacing))].slice(0, this.most);
  }

  label() {
    const points = this.points().length;
    write(this.words, points ? say(plural("{count} point drawn", "{count} points drawn", { count: points })) : say("Draw here, by mouse or finger"));
    this.undo.disabled = !this.strokes.canUndo;
    this.empty.disabled = !points;
  }

  /** Where the keyboard's pen is. */
  paint({ pen, side, colours }) {
    if (!this.on || !this.pen.cross) return;
    const [x, y] = this.pen.cross.map((part) => (part / SIDE) * side);
    pen.strokeStyle = `rgb(${colours.ink})`;
    pen.lineWidth = 2;
    pen.strokeRect(x - CROSS / 2, y - CROSS / 2, CROSS, CROSS);
  }
}

/** The strokes of the drawing as it is now, for a pen that was made before; no stroke begins while it is not drawn. */
function guarded(owner, { begin }) {
  return new Proxy({}, {
    get: (_, name) => {
      if (name === "begin") return begin;
      const value = owner.strokes[name];
      return typeof value === "function" ? value.bind(owner.strokes) : value;
    },
  });
}

function inside(part) {
  return Math.round(1000 * Math.max(-1, Math.min(1, part))) / 1000;
}

function lengthOf(line) {
  return line.slice(1).reduce((sum, [x, y], i) => sum + Math.hypot(x - line[i][0], y - line[i][1]), 0);
}

function along(line, spacing) {
  const points = [line[0]];
  let left = spacing;
  for (let i = 1; i < line.length; i++) {
    let [x, y] = line[i - 1];
    let [right, up] = [line[i][0] - x, line[i][1] - y];
    let length = Math.hypot(right, up);
    while (length >= left) {
      [x, y] = [x + (right / length) * left, y + (up / length) * left];
      points.push([inside(x), inside(y)]);
      [right, up] = [line[i][0] - x, line[i][1] - y];
      length = Math.hypot(right, up);
      left = spacing;
    }
    left -= length;
  }
  return points;
}
