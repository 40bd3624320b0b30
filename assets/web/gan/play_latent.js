// Latent space: a plane through it as a map of 9 x 9 pictures, and a hand that moves over it without steps.

import { append, button, set } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { Asking, Digits, fresh, moved, paint, Tile, verdictWords } from "./play_parts.js";

const ACROSS = 9;
const SIDE = 28; // px of a picture
const LARGEST = 504; // CSS px of the map's side
const REACH = 2; // of the map, from its middle to its edge
const STEP = 0.1; // a press of an arrow key
const LONG_STEP = 0.5; // with Shift
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

export class Latent {
  constructor(parent, context) {
    Object.assign(this, { context, x: 0, y: 0, pointer: null });
    const size = context.z;
    this.corner = { start: fresh(size), right: fresh(size), up: fresh(size) };
    this.askMap = new Asking(context, "samples", (answer) => this.showMap(answer));
    this.askPoint = new Asking(context, "samples", (answer, asked) => this.showPoint(answer, asked));
    this.buildTools(append(parent, "div", "tools"));
    const body = append(parent, "div", "map-body");
    this.buildMap(append(body, "div", "map"));
    const side = append(body, "div", "map-side");
    this.large = new Tile(side, { scale: 12, label: say("Keep this picture"), why: say("Keep this picture"), does: (tile) => context.keep(tile) });
    append(side, "p", "quiet", say("Drag over the map, or use the arrow keys. Each place is another z; neighbours look alike, and the digit changes without a jump."));
  }

  buildTools(tools) {
    const roll = (parts) => () => {
      for (const part of parts) this.corner[part] = fresh(this.context.z);
      this.refresh();
    };
    button(tools, { label: say("New place"), why: say("A map around another random z"), kind: "push main", does: roll(["start", "right", "up"]) });
    button(tools, { label: say("New direction →"), why: say("Another random direction from left to right"), kind: "push", does: roll(["right"]) });
    button(tools, { label: say("New direction ↑"), why: say("Another random direction from bottom to top"), kind: "push", does: roll(["up"]) });
    if (this.context.conditional) this.digits = new Digits(tools, { changed: () => this.refresh() });
  }

  buildMap(map) {
    this.map = map;
    this.canvas = append(map, "canvas", "pixels");
    this.canvas.width = this.canvas.height = ACROSS * SIDE;
    this.canvas.setAttribute("aria-hidden", "true");
    this.hand = append(map, "div", "map-hand");
    Object.assign(this.hand, { tabIndex: 0 });
    this.hand.setAttribute("role", "application");
    this.hand.setAttribute("aria-label", say("Place in the plane; the arrow keys move it"));
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(map.parentElement);
    this.cross = append(this.hand, "i", "map-cross");
    this.hand.addEventListener("pointerdown", (event) => this.grab(event));
    this.hand.addEventListener("pointermove", (event) => event.pointerId === this.pointer && this.point(event));
    for (const end of ["pointerup", "pointercancel"]) this.hand.addEventListener(end, () => (this.pointer = null));
    this.hand.addEventListener("keydown", (event) => this.key(event));
    this.go(0, 0);
  }

  /** As large as there is room for, each pixel covering whole pixels of the screen. */
  lay() {
    const ratio = window.devicePixelRatio || 1;
    const free = Math.min(this.map.parentElement.clientWidth, LARGEST) * ratio;
    const side = (ACROSS * SIDE * Math.max(1, Math.floor(free / (ACROSS * SIDE)))) / ratio;
    this.map.style.setProperty("--map", `${side}px`);
  }

  grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.hand.setPointerCapture(event.pointerId);
    this.hand.focus({ preventScroll: true });
    this.pointer = event.pointerId;
    this.point(event);
  }

  point(event) {
    const { left, top, width, height } = this.hand.getBoundingClientRect();
    this.go(((event.clientX - left) / width - 0.5) * 2 * REACH, (0.5 - (event.clientY - top) / height) * 2 * REACH);
    this.refreshPoint(false);
  }

  key(event) {
    if (!(event.key in ARROWS) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const step = event.shiftKey ? LONG_STEP : STEP;
    const [right, up] = ARROWS[event.key];
    this.go(this.x + right * step, this.y + up * step);
    this.refreshPoint(false);
  }

  go(x, y) {
    const inside = (value) => Math.max(-REACH, Math.min(REACH, value));
    Object.assign(this, { x: inside(x), y: inside(y) });
    this.cross.style.left = `${50 * (1 + this.x / REACH)}%`;
    this.cross.style.top = `${50 * (1 - this.y / REACH)}%`;
    set(this.hand, "aria-description", say("{x} to the right, {y} up", { x: number(this.x, ".1f"), y: number(this.y, ".1f") }));
  }

  at(x, y) {
    const { start, right, up } = this.corner;
    return moved(start, right, up, x, y);
  }

  labels(count) {
    return this.digits ? { labels: Array(count).fill(this.digits.chosen) } : {};
  }

  /** The middles of the map's cells, row by row from the top. */
  cells() {
    const place = (i) => REACH * ((2 * i + 1) / ACROSS - 1);
    return Array.from({ length: ACROSS * ACROSS }, (_, i) => [place(i % ACROSS), -place(Math.floor(i / ACROSS))]);
  }

  refresh(now = true) {
    this.refreshPoint(now);
    this.askMap.want({ z: this.cells().map(([x, y]) => this.at(x, y)), ...this.labels(ACROSS * ACROSS) }, now);
  }

  refreshPoint(now) {
    this.askPoint.want({ z: [this.at(this.x, this.y)], ...this.labels(1) }, now);
  }

  showMap({ images }) {
    images.forEach((url, i) => paint(this.canvas, url, SIDE * (i % ACROSS), SIDE * Math.floor(i / ACROSS)));
  }

  showPoint({ images, verdicts, verdict }, { z, labels }) {
    this.large.z = z[0];
    this.large.digit = labels?.[0];
    this.large.show(images[0], verdictWords(verdicts[0], verdict));
  }

  close() {
    this.askMap.drop();
    this.askPoint.drop();
    this.sizes.disconnect();
  }
}
