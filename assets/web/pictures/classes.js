// Pictures made here, class by class: by the camera, or drawn. Each class has a name, a count, and the newest pictures.

import { append, button, write } from "../lib/component.js";
import { jpegOf } from "../lib/lens.js";
import { plural, say } from "../lib/text.js";

export const SIDE = 320; // px of a picture
const [FEWEST, MOST_CLASSES, MOST_PICTURES] = [20, 8, 400]; // FEWEST as engine/data has it
const SHOWN = 6; // thumbnails of a class

/** What camera and drawings share. They build what makes pictures, and in `wire(one, row)` the button of a class. */
export class Classes {
  /** `take(files)` gets the pictures as files with a folder for each class, all in the one called `folder`. */
  constructor(parent, kind, folder, take) {
    Object.assign(this, { folder, take, classes: [] });
    this.root = append(parent, "div", `makes ${kind}`);
    this.root.hidden = true;
    this.message = append(this.root, "p", "message");
    this.message.setAttribute("role", "alert");
  }

  /** The list of classes and its buttons, below what was built before. */
  buildList(about, { end, endWhy }) {
    append(this.root, "p", "how", about);
    this.list = append(this.root, "ol", "makes-classes");
    const tools = append(this.root, "div", "tools");
    this.more = button(tools, { label: say("Another class"), why: say("Add one more class, up to eight"), kind: "plain", does: () => this.#add() });
    this.use = button(tools, { label: say("Use these pictures"), why: say("Two classes or more, each of 20 pictures or more"), kind: "plain", does: () => this.#give() });
    button(tools, { label: end, why: endWhy, kind: "plain", does: () => this.close() });
    for (let number = 0; number < 2; number++) this.#add();
  }

  open() {
    this.root.hidden = false;
    this.show();
    this.root.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.root.hidden = true;
  }

  isFull(one) {
    return one.pictures.length >= MOST_PICTURES;
  }

  async put(one, canvas) {
    if (this.isFull(one)) return;
    const shown = Object.assign(document.createElement("canvas"), { width: 44, height: 44 });
    shown.getContext("2d").drawImage(canvas, 0, 0, 44, 44);
    one.pictures.push(await jpegOf(canvas));
    one.strip.append(shown);
    if (one.strip.children.length > SHOWN) one.strip.firstChild.remove();
    this.show();
  }

  show() {
    for (const one of this.classes) {
      const count = one.pictures.length;
      write(one.count, say(plural("{count} picture", "{count} pictures", { count })));
      one.clear.disabled = !count;
      this.allow(one);
    }
    this.more.disabled = this.classes.length >= MOST_CLASSES;
    const filled = this.classes.filter(({ pictures }) => pictures.length);
    this.use.disabled = filled.length < 2 || filled.some(({ pictures }) => pictures.length < FEWEST);
  }

  #add() {
    const one = { pictures: [] };
    const row = append(this.list, "li");
    const number = this.classes.length + 1;
    one.name = Object.assign(append(row, "input"), { type: "text", maxLength: 40, value: say("Class {number}", { number }) });
    one.name.setAttribute("aria-label", say("Name of class {number}", { number }));
    this.wire(one, row);
    one.count = append(row, "span", "makes-count");
    one.clear = button(row, { label: say("Clear"), why: say("Throw the pictures of this class away"), kind: "plain", does: () => this.#clear(one) });
    one.strip = append(row, "span", "makes-strip");
    this.classes.push(one);
    this.show();
  }

  #clear(one) {
    one.pictures = [];
    one.strip.replaceChildren();
    this.show();
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
        files.push({ path: `${this.folder}/${own}/${String(i + 1).padStart(3, "0")}.jpg`, file });
      });
    }
    this.close();
    this.take(files);
  }
}
