// The map of digits: a thousand test pictures as points, by what a layer makes of them, and the drawn digit among them.

import { append, button, isCalm, press, set, write } from "../lib/component.js";
import { number, percent, say, whole } from "../lib/text.js";
import { Reader } from "../pad/reader.js";
import { offerLayers } from "./names.js";
import { showPictures } from "./pictures.js";
import { bytesOf, paintPixels } from "./pixels.js";
import { axesAt, lined, projected, turnedLike } from "./plane_of.js";

const PICTURES = "/api/inside/pictures";
const [SIDE, ACROSS] = [28, 40]; // px of a picture, and pictures side by side, as ui/api/digit_map.py has them
const LOOK = 112; // px of the picture under the pointer
const MARK = 42; // px of the drawn digit
const [LETTER, MARGIN] = [11, 26]; // px
const MOVE = 700; // ms from one map to the next
const BREAK = 2000; // ms from a map to the next of a network that learns
const NEAR = 14; // px around a point
const TURN = 0.00022; // of the tour, in radians a ms

export class DigitMap {
  constructor(root, context) {
    Object.assign(this, { root, context, layer: null, apart: null, turning: !isCalm(), angle: 0 });
    set(root, "role", "region");
    set(root, "aria-label", say("Map of digits"));
    append(root, "h2", "inside-title", say("Map of digits"));
    this.about = append(root, "p", "inside-quiet");
    this.#buildBar(append(root, "div", "inside-choice"));
    const both = append(root, "div", "inside-map-and-list");
    const place = append(both, "div", "inside-map-place");
    this.canvas = append(place, "canvas", "inside-map");
    this.canvas.tabIndex = 0;
    set(this.canvas, "role", "img");
    this.#listen();
    const side = append(both, "section", "inside-found");
    this.look = append(side, "canvas", "inside-look");
    Object.assign(this.look, { width: LOOK, height: LOOK });
    this.told = append(side, "p", "inside-map-told");
    set(this.told, "role", "status");
    this.send = button(side, {
      label: say("Send it through"), why: say("Put this picture on the pad and follow it through every layer."),
      kind: "inside-button", does: () => this.#through(),
    });
    append(side, "h3", "inside-count", say("Nearest to your digit"));
    this.near = append(side, "ol", "inside-tiles");
    this.reader = new Reader((answer, question) => this.#told(answer, question));
    this.resizes = new ResizeObserver(() => this.#draw());
    this.resizes.observe(place);
    this.sheet = new Image();
    this.sheet.addEventListener("load", () => this.#show());
    this.forget();
  }

  // Another network, of which nothing is known yet.
  forget() {
    this.reader.drop();
    Object.assign(this, { map: null, from: null, shown: null, chosen: null, here: null, layer: null, after: 0 });
    this.near.replaceChildren();
    this.send.hidden = true;
    write(this.told, say("Point at a picture, or use the arrow keys."));
    write(this.about, say("It reads a thousand pictures of the test set. This takes a moment."));
  }

  take() {
    this.#ask(false);
  }

  paint() {
    if (!this.context.digits) return; // the page's data have not come yet
    this.sheet.src ||= PICTURES;
    this.#letters();
    this.#ask(true);
    this.#run();
  }

  close() {
    this.reader.drop();
    this.resizes.disconnect();
    cancelAnimationFrame(this.frame);
  }

  #buildBar(bar) {
    const label = append(bar, "label", "inside-field", say("Layer"));
    this.layers = append(label, "select");
    this.layers.addEventListener("change", () => this.#choose(this.layers.value));
    this.tour = button(bar, {
      label: say("Turn"), why: say("Turn the ten shares slowly through all directions, or hold them."), kind: "inside-button",
      does: () => {
        this.turning = !this.turning;
        press(this.tour, this.turning);
        this.#run();
      },
    });
    press(this.tour, this.turning);
    const digits = append(bar, "div", "inside-digit-row");
    set(digits, "role", "group");
    set(digits, "aria-label", say("One digit apart from the others"));
    this.digits = Array.from({ length: 10 }, (_, digit) => {
      const made = append(digits, "button", "inside-digit", String(digit));
      made.type = "button";
      made.addEventListener("click", () => {
        this.apart = this.apart === digit ? null : digit;
        this.digits.forEach((other, i) => press(other, i === this.apart));
        this.#draw();
      });
      press(made, false);
      set(made, "aria-label", say("Only {digit}", { digit }));
      return made;
    });
  }

  #listen() {
    const { canvas } = this;
    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      return this.#nearest(event.clientX - box.left, event.clientY - box.top);
    };
    canvas.addEventListener("pointermove", (event) => this.#point(at(event)));
    canvas.addEventListener("click", (event) => {
      const found = at(event);
      if (event.pointerType !== "touch" && found !== null && found === this.chosen) this.#through();
      else this.#point(found);
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (event.key === "Enter" && this.chosen !== null) this.#through();
      else if (step && this.map) this.#point(this.#next(step));
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  #choose(layer) {
    Object.assign(this, { layer, here: null, from: null, shown: null, map: null });
    this.#ask(true);
  }

  // A map again when the network has learned, but not all the time; the digit's place each time.
  #ask(now) {
    const { question } = this.context;
    if (!question) return;
    const fresh = this.map && this.map.learning && performance.now() > this.after;
    if (this.map?.learning && !fresh && !now) return;
    const query = new URLSearchParams(this.layer ? { layer: this.layer } : {});
    if (this.map) query.set("mark", this.map.mark);
    this.reader.want({ ...question, url: this.context.address("map", query), layer: this.layer, model: this.context.model }, now);
  }

  #told(answer, { layer, model }) {
    if (layer !== this.layer || model !== this.context.model) return;
    if (answer.error) {
      write(this.about, answer.error);
      return;
    }
    this.layer = answer.layer;
    this.after = performance.now() + BREAK;
    if (answer.labels) this.#takeMap(answer);
    else if (!this.map) return;
    this.map.learning = answer.learning;
    this.here = answer.here ?? null;
    this.#tell();
    this.#neighbours(answer);
    this.#run();
  }

  #takeMap(answer) {
    const map = { ...answer, labels: bytesOf(answer.labels), read: bytesOf(answer.read) };
    map.scores = answer.shares ? Float32Array.from(bytesOf(answer.shares), (byte) => byte / 255) : null;
    map.points = answer.places ? lined(bytesOf(answer.places), answer.most) : null;
    map.turn = (x, y) => [x, y];
    if (map.points && this.map?.points?.length === map.points.length) {
      // Principal components may turn or swap from one moment to the next: turn them back.
      map.turn = turnedLike(map.points, this.map.points);
      for (let i = 0; i < map.points.length; i += 2) {
        [map.points[i], map.points[i + 1]] = map.turn(map.points[i], map.points[i + 1]);
      }
    }
    if (this.shown?.length === 2 * map.count) Object.assign(this, { from: this.shown, since: performance.now() });
    if (this.layers.children.length !== map.layers.length || !this.map) {
      offerLayers(this.layers, map.layers);
      this.layers.value = this.layer;
    }
    this.map = map;
    if (this.chosen !== null && this.chosen >= map.count) this.chosen = null;
  }

  #tell() {
    const { count, read, labels, explained, side, scores } = this.map;
    let wrong = 0;
    for (let i = 0; i < count; i++) wrong += read[i] !== labels[i];
    const words = scores
      ? say("{count} test pictures by the shares that the network gives the ten digits. What it is sure of lies in a corner; what it takes for two digits lies between two.", { count: whole(count) })
      : say("{count} test pictures by what this layer makes of them: pictures it makes nearly the same of lie together. The two directions in which they differ most hold {share} of all difference.", { count: whole(count), share: percent(explained[0] + explained[1], 0) });
    const averaged = side ? say("Each map was averaged to {side} × {side} cells.", { side }) : "";
    const rings = wrong ? say("{wrong} with a ring are read wrongly.", { wrong: whole(wrong) }) : "";
    write(this.about, [words, averaged, rings].filter(Boolean).join(" "));
    this.tour.hidden = !scores;
    set(this.canvas, "aria-label", say("Map of digits: {count} pictures, of which {wrong} are read wrongly. Arrow keys go from picture to picture, Enter sends one through the network.", { count: whole(count), wrong: whole(wrong) }));
  }

  #neighbours({ nearest = [] }) {
    this.nearest = nearest;
    const key = nearest.join();
    if (key === this.near.dataset.key || !this.pixels) return;
    this.near.dataset.key = key;
    const own = nearest.map((at) => this.#pixels(at));
    const all = new Uint8Array(own.length * SIDE * SIDE);
    own.forEach((bytes, i) => all.set(bytes, i * SIDE * SIDE));
    const items = nearest.map((at) => ({ number: at, true: this.map.labels[at] }));
    const named = (item) => say("a {digit}", { digit: item.true });
    showPictures(this.near, items, all, { named, through: this.context.through, colours: this.context.colours });
  }

  // The sheet of pictures as bytes, once it has come.
  #show() {
    const canvas = Object.assign(document.createElement("canvas"), { width: this.sheet.width, height: this.sheet.height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(this.sheet, 0, 0);
    this.pixels = context.getImageData(0, 0, canvas.width, canvas.height);
    this.near.dataset.key = "";
    if (this.map) this.#neighbours({ nearest: this.nearest });
    this.#look();
  }

  #pixels(at) {
    const [top, left] = [Math.floor(at / ACROSS) * SIDE, (at % ACROSS) * SIDE];
    const { data, width } = this.pixels;
    return Uint8Array.from({ length: SIDE * SIDE }, (_, i) => data[4 * ((top + Math.floor(i / SIDE)) * width + left + (i % SIDE))]);
  }

  #point(at) {
    if (at === this.chosen || (at === null && this.chosen === null)) return;
    this.chosen = at ?? this.chosen;
    this.#look();
    this.#draw();
  }

  #look() {
    const { chosen, map, look } = this;
    const context = look.getContext("2d");
    context.clearRect(0, 0, LOOK, LOOK);
    this.send.hidden = chosen === null || !this.pixels;
    if (chosen === null || !map || !this.pixels) return;
    paintPixels(context, this.#pixels(chosen), SIDE, LOOK / SIDE, 0, 0, this.context.colours);
    const { labels, read } = map;
    const told = { number: whole(chosen), digit: labels[chosen], read: read[chosen] };
    write(this.told, labels[chosen] === read[chosen]
      ? say("Test picture {number}: a {digit}, read as {read}.", told)
      : say("Test picture {number}: a {digit}, wrongly read as {read}.", told));
  }

  #through() {
    if (this.chosen !== null && this.pixels) this.context.through(this.chosen, this.#pixels(this.chosen));
  }

  #next(step) {
    const { labels, count } = this.map;
    let at = this.chosen ?? (step > 0 ? -1 : count);
    for (let tries = 0; tries < count; tries++) {
      at = (at + step + count) % count;
      if (this.apart === null || labels[at] === this.apart) return at;
    }
    return null;
  }

  #nearest(x, y) {
    const places = this.drawn;
    if (!places) return null;
    let [best, least] = [null, NEAR * NEAR];
    for (let i = 0; i < places.length / 2; i++) {
      if (this.apart !== null && this.map.labels[i] !== this.apart) continue;
      const far = (places[2 * i] - x) ** 2 + (places[2 * i + 1] - y) ** 2;
      if (far < least) [best, least] = [i, far];
    }
    return best;
  }

  // Draw again and again while something moves and the part is seen.
  #run() {
    cancelAnimationFrame(this.frame);
    const begun = performance.now();
    let last = begun;
    const step = (now) => {
      if (!this.root.isConnected || this.root.hidden || !this.map) return;
      if (this.map.scores && this.turning) this.angle += TURN * Math.min(100, now - last);
      last = now;
      this.#draw(now);
      if ((this.map.scores && this.turning) || (this.from && now - this.since < MOVE)) this.frame = requestAnimationFrame(step);
    };
    this.frame = requestAnimationFrame(step);
  }

  // The places of all pictures and of the drawn digit, around 0, and how far they may reach.
  #layOut() {
    const { map, here } = this;
    if (map.scores) {
      const axes = axesAt(this.angle);
      const own = here ? projected(Float32Array.from(here), axes) : null;
      const reach = Math.max(...axes.map(([x, y]) => Math.hypot(x, y)));
      return { places: projected(map.scores, axes), own, reach, axes };
    }
    return { places: map.points, own: here ? map.turn(here[0], here[1]) : null, reach: map.most, axes: null };
  }

  #draw(now = performance.now()) {
    const { canvas, map, letters } = this;
    const side = canvas.clientWidth;
    if (!map || !side || !letters) return;
    const sharp = Math.min(2, window.devicePixelRatio || 1);
    if (canvas.width !== Math.round(side * sharp)) canvas.width = canvas.height = Math.round(side * sharp);
    const context = canvas.getContext("2d");
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
    context.clearRect(0, 0, side, side);
    const { places, own, reach, axes } = this.#layOut();
    const scale = (side / 2 - MARGIN) / reach;
    const screen = ([x, y]) => [side / 2 + x * scale, side / 2 - y * scale];
    if (axes) this.#corners(context, axes, screen);
    const share = this.from ? Math.min(1, (now - this.since) / MOVE) : 1;
    const eased = share * share * (3 - 2 * share);
    const drawn = new Float32Array(places.length);
    for (let i = 0; i < places.length; i += 2) {
      let [x, y] = screen([places[i], places[i + 1]]);
      if (eased < 1) [x, y] = [x * eased + this.from[i] * (1 - eased), y * eased + this.from[i + 1] * (1 - eased)];
      [drawn[i], drawn[i + 1]] = [x, y];
    }
    if (eased === 1) this.from = null;
    Object.assign(this, { drawn, shown: drawn });
    this.#points(context, drawn);
    if (own) this.#own(context, screen(own), drawn);
    if (this.chosen !== null) ring(context, drawn[2 * this.chosen], drawn[2 * this.chosen + 1], 9, this.ink, 2.5);
  }

  #corners(context, axes, screen) {
    context.font = `600 13px ${this.font}`;
    Object.assign(context, { textAlign: "center", textBaseline: "middle", strokeStyle: this.faint, lineWidth: 1 });
    const middle = screen([0, 0]);
    axes.forEach((corner, digit) => {
      const [x, y] = screen(corner);
      context.beginPath();
      context.moveTo(...middle);
      context.lineTo(x, y);
      context.stroke();
      const far = Math.hypot(x - middle[0], y - middle[1]) || 1;
      context.fillStyle = this.quiet;
      if (far > 40) context.fillText(String(digit), x + (14 * (x - middle[0])) / far, y + (14 * (y - middle[1])) / far);
    });
  }

  #points(context, drawn) {
    const { labels, read } = this.map;
    const half = LETTER / 2 + 2;
    for (let i = 0; i < drawn.length / 2; i++) {
      const [x, y, digit] = [drawn[2 * i], drawn[2 * i + 1], labels[i]];
      context.globalAlpha = this.apart === null || this.apart === digit ? 1 : 0.12;
      context.drawImage(this.letters[digit], x - half, y - half, 2 * half, 2 * half);
      if (read[i] !== digit) ring(context, x, y, 7, this.wrong, 1.5);
    }
    context.globalAlpha = 1;
  }

  // The drawn digit as a picture, with lines to the pictures that are most like it.
  #own(context, [x, y], drawn) {
    context.lineWidth = 1.5;
    context.strokeStyle = this.ink;
    for (const at of this.nearest ?? []) {
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(drawn[2 * at], drawn[2 * at + 1]);
      context.stroke();
    }
    ring(context, x, y, 6, this.ink, 3);
    context.font = `600 13px ${this.font}`;
    Object.assign(context, { textAlign: "center", textBaseline: "bottom", fillStyle: this.ink, lineWidth: 4, strokeStyle: this.ground });
    const words = say("yours");
    const side = context.canvas.clientWidth;
    const [at, above] = [Math.max(MARK / 2, Math.min(side - MARK / 2, x)), y < 24 ? y + 24 : y - 8];
    context.strokeText(words, at, above);
    context.fillText(words, at, above);
  }

  // Each digit in its colour, drawn once: a thousand letters a frame would be slow.
  #letters() {
    const style = getComputedStyle(this.root);
    Object.assign(this, {
      font: style.fontFamily, ink: style.color, ground: style.getPropertyValue("--ground"), quiet: style.getPropertyValue("--quiet"),
      faint: style.getPropertyValue("--line"), wrong: style.getPropertyValue("--negative"),
    });
    const whole = LETTER + 4;
    this.letters = this.context.digits.map((colour, digit) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 2 * whole, height: 2 * whole });
      const context = canvas.getContext("2d");
      context.scale(2, 2);
      Object.assign(context, { fillStyle: colour, font: `700 ${LETTER}px ${this.font}`, textAlign: "center", textBaseline: "middle" });
      context.fillText(String(digit), whole / 2, whole / 2 + 0.5);
      this.digits[digit].style.setProperty("--digit-colour", colour);
      return canvas;
    });
  }
}

function ring(context, x, y, radius, colour, width) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  Object.assign(context, { strokeStyle: colour, lineWidth: width });
  context.stroke();
}
