// Pictures by the camera, class by class: as long as a button is held, eight pictures a second.

import { append, button, write } from "../lib/component.js";
import { Lens } from "../lib/lens.js";
import { say } from "../lib/text.js";
import { Classes, SIDE } from "./classes.js";

const EVERY = 125; // ms between two pictures

export class Camera extends Classes {
  constructor(parent, take) {
    super(parent, "camera", say("Camera"), take);
    this.lens = new Lens(append(this.root, "video"));
    const about = say("Name each class, hold its button, and move what the camera sees a little. 20 pictures or more of each.");
    this.buildList(about, { end: say("Camera off"), endWhy: say("Switch the camera off; the pictures stay here") });
  }

  /** Ask for the camera, and show what it sees. */
  async open() {
    this.root.hidden = false;
    write(this.message, await this.lens.open());
    super.open();
  }

  close() {
    for (const one of this.classes) this.#rest(one);
    this.lens.close();
    super.close();
  }

  wire(one, row) {
    one.timer = null;
    one.hold = button(row, { label: say("Hold to record"), why: say("Eight pictures a second, as long as you hold it"), kind: "plain hold", does: () => {} });
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
  }

  allow(one) {
    one.hold.disabled = !this.lens.isOn;
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

  #shoot(one) {
    const canvas = this.isFull(one) ? null : this.lens.shot(SIDE);
    if (canvas) this.put(one, canvas);
  }
}
