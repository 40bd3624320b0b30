// Pictures by the camera, class by class: as long as a button is held, eight pictures a second.

import { append, button, write } from "../lib/component.js";
import { jpegOf, Lens } from "../lib/lens.js";
import { plural, say } from "../lib/text.js";

const SIDE = 320; // px of a picture
const EVERY = 125; // ms between two pictures
const [FEWEST, MOST_CLASSES, MOST_PICTURES] = [20, 8, 400]; // FEWEST as engine/data has it
const SHOWN = 6; // thumbnails of a class

export class Camera {
  /** `take(files)` gets the pictures as files with a folder for each class. */
  constructor(parent, take) {
    this.take = take;
    this.root = append(parent, "div", "camera");
    this.root.hidden = true;
    this.message = append(this.root, "p", "message");
    this.message.setAttribute("role", "alert");
    this.lens = new Lens(append(this.root, "video"));
    append(this.root, "p", "how", say("Name each class, hold its button, and move what the camera sees a little. 20 pictures or more of each."));
    this.list = append(this.root, "ol", "camera-classes");
    const tools = append(this.root, "div", "tools");
    this.more = button(tools, { label: say("Another class"), why: say("Add one more class, up to eight"), kind: "plain", does: () => this.#add() });
    this.use = button(tools, { label: say("Use these pictures"), why: say("Two classes or more, each of 20 pictures or more"), kind: "plain", does: () => this.#give() });
    this.end = button(tools, { label: say("Camera off"), why: say("Switch the camera off; the pictures stay here"), kind: "plain", does: () => this.close() });
    this.classes = [];
    for (let number = 0; number < 2; number++) this.#add();
  }

  /** Ask for the camera, and show what it sees. */
  async open() {
    this.root.hidden = false;
    write(this.message, await this.lens.open());
    this.#show();
    this.root.scrollIntoView({ block: "nearest" });
  }

  close() {
    for (const one of this.classes) this.#rest(one);
    this.lens.close();
    this.root.hidden = true;
  }

  #add() {
    const one = { pictures: [], timer: null };
    const row = append(this.list, "li");
    const number = this.classes.length + 1;
    one.name = Object.assign(append(row, "input"), { type: "text", maxLength: 40, value: say("Class {number}", { number }) });
    one.name.setAttribute("aria-label", say("Name of class {number}", { number }));
    one.hold = button(row, { label: say("Hold to record"), why: say("Eight pictures a second, as long as you hold it"), kind: "plain hold", does: () => {} });
    one.count = append(row, "span", "camera-count");
    one.clear = button(row, { label: say("Clear"), why: say("Throw the pictures of this class away"), kind: "plain", does: () => this.#clear(one) });
    one.strip = append(row, "span", "camera-strip");
    one.hold.addEventListener("pointerdown", (event) => {
      one.hold.setPointerCapture(event.pointerId);
      this.#record(one);
    });
    for (const end of ["pointerup", "pointercancel", "lostpointercapture", "blur"]) one.hold.addEventListener(end, () => this.#rest(one));
    one.hold.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) this.#record(one);
    });
    one.hold.addEventListener("keyup", () => this.#rest(one));
    one.hold.addEventListener("contextmenu", (event) => event.preventDefault()); // a long touch is no wish for a menu
    this.classes.push(one);
    this.#show();
  }

  #record(one) {
    if (!this.lens.isOn || one.timer) return;
    one.hold.setAttribute("aria-pressed", "true");
    this.#shoot(one);
    one.timer = setInterval(() => this.#shoot(one), EVERY);
  }

  #rest(one) {
    clearInterval(one.timer);
    one.timer = null;
    one.hold.setAttribute("aria-pressed", "false");
  }

  async #shoot(one) {
    const canvas = one.pictures.length < MOST_PICTURES ? this.lens.shot(SIDE) : null;
    if (!canvas) return;
    one.pictures.push(await jpegOf(canvas));
    const shown = append(one.strip, "canvas");
    Object.assign(shown, { width: 44, height: 44 });
    shown.getContext("2d").drawImage(canvas, 0, 0, 44, 44);
    if (one.strip.children.length > SHOWN) one.strip.firstChild.remove();
    this.#show();
  }

  #clear(one) {
    one.pictures = [];
    one.strip.replaceChildren();
    this.#show();
  }

  #show() {
    for (const one of this.classes) {
      const count = one.pictures.length;
      write(one.count, say(plural("{count} picture", "{count} pictures", { count })));
      one.hold.disabled = !this.lens.isOn;
      one.clear.disabled = !count;
    }
    this.more.disabled = this.classes.length >= MOST_CLASSES;
    const filled = this.classes.filter(({ pictures }) => pictures.length);
    this.use.disabled = filled.length < 2 || filled.some(({ pictures }) => pictures.length < FEWEST);
  }

  #give() {
    const names = new Set();
    const files = [];
    for (const [number, { name, pictures }] of this.classes.entries()) {
      if (!pictures.length) continue;
      const plain = name.value.replace(/[/\\]/g, " ").trim() || say("Class {number}", { number: number + 1 });
      const own = names.has(plain) ? `${plain} ${number + 1}` : plain;
      names.add(own);
      pictures.forEach((blob, i) => {
        const file = new File([blob], `${i + 1}.jpg`, { type: blob.type });
        files.push({ path: `${say("Camera")}/${own}/${String(i + 1).padStart(3, "0")}.jpg`, file });
      });
    }
    this.close();
    this.take(files);
  }
}
