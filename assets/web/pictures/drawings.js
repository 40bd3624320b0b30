// Pictures drawn by hand, class by class: draw one, press the button of its class, and the sheet is empty for the next.

import { button } from "../lib/component.js";
import { Sketch } from "../lib/sketch.js";
import { say } from "../lib/text.js";
import { Classes, SIDE } from "./classes.js";

export class Drawings extends Classes {
  constructor(parent, take) {
    super(parent, "drawings", say("Drawings"), take);
    this.sketch = new Sketch(this.root, SIDE, () => this.show());
    const about = say("Name each class, draw one of it, and press its button. Draw each a little differently: 20 or more of each class.");
    this.buildList(about, { end: say("Done drawing"), endWhy: say("Fold the sheet away; the drawings stay here") });
  }

  wire(one, row) {
    one.add = button(row, { label: say("Add the drawing"), why: say("Put what is on the sheet into this class, and begin a new sheet"), kind: "plain", does: () => this.#add(one) });
  }

  allow(one) {
    one.add.disabled = this.sketch.isBlank || this.isFull(one);
  }

  #add(one) {
    if (this.sketch.isBlank) return;
    this.put(one, this.sketch.canvas);
    this.sketch.renew();
    this.show();
  }
}
