// What stands below the square: what its marks mean and which are shown, the tools for points of the visitor's own, and the
// figures of the network.

import { append, button, press, set, write } from "../lib/component.js";
import { decimal, NONE, percent, say } from "../lib/text.js";

/** The classes, and two switches: `changed()` is called when one was pressed. */
export class Legend {
  tests = true; // whether the test points are shown
  hard = false; // whether each place has the one colour of its class

  constructor(parent, changed) {
    const root = append(parent, "div", "points-legend");
    this.keys = append(root, "span", "points-keys");
    this.testing = this.addSwitch(root, "tests", say("Test points"), say("Show the points that it never trains on: they are hollow"), changed);
    this.testing.classList.add("points-key", "points-tested");
    this.hardening = this.addSwitch(root, "hard", say("Hard border"), say("One colour for each class, however sure the network is"), changed);
  }

  addSwitch(root, name, label, why, changed) {
    const made = button(root, { label, why, does: () => {
      press(made, (this[name] = !this[name]));
      changed();
    } });
    press(made, this[name]);
    return made;
  }

  /** Of a regression, 0 classes, the scale of the numbers. A perceptron is always sure. */
  show(classes, perceptron) {
    this.hardening.disabled = !classes || perceptron;
    this.keys.replaceChildren();
    for (let label = 0; label < classes; label++) append(this.keys, "span", `points-key points-class-${label}`, say("class {label}", { label }));
    if (classes) return;
    append(this.keys, "span", "", "−1");
    append(this.keys, "i", "points-scale");
    append(this.keys, "span", "", "1");
  }
}

/** What a press on the square does: `take(mode)` is told of another, `clear()` takes all points away. */
export class Tools {
  constructor(parent, { take, clear }) {
    this.root = append(parent, "div", "points-tools");
    this.taken = take;
    set(this.root, "role", "group");
    set(this.root, "aria-label", say("What a press on the square does"));
    const modes = [
      ["0", say("Class 0"), say("Set points of class 0")],
      ["1", say("Class 1"), say("Set points of class 1")],
      ["2", say("Class 2"), say("Set points of class 2")],
      ["erase", say("Erase"), say("Take points away")],
      ["look", say("Choose"), say("Choose a point to see its numbers")],
    ];
    this.modes = Object.fromEntries(modes.map(([mode, label, why]) => [mode, button(this.root, { label, why, does: () => this.take(mode) })]));
    button(this.root, { label: say("Clear"), why: say("Take all points away"), does: clear });
  }

  take(mode) {
    for (const [name, made] of Object.entries(this.modes)) press(made, name === mode);
    this.taken(mode);
  }
}

/** Loss on training and test points, and the shares on the right side. */
export class Tiles {
  constructor(parent) {
    const root = append(parent, "div", "points-tiles");
    const tile = (label, why) => {
      const box = append(root, "div", "studio-tile");
      box.title = why;
      append(box, "span", "studio-label", label);
      return append(box, "span", "studio-number", NONE);
    };
    this.trainLoss = tile(say("Training loss"), say("How wrong the network is: 0 is perfect. Guessing among two classes gives 0.693; of a perceptron it is the share of its mistakes."));
    this.testLoss = tile(say("Test loss"), say("The same on points that it never trained on. Much more than the training loss: it learns by heart."));
    this.trainRight = tile(say("Training right"), say("Training points on the right side of the border."));
    this.testRight = tile(say("Test right"), say("Test points on the right side of the border."));
  }

  show(train, test) {
    const share = (right) => (right === null ? NONE : percent(right, 1));
    write(this.trainLoss, decimal(train.loss));
    write(this.testLoss, decimal(test.loss));
    write(this.trainRight, share(train.right));
    write(this.testRight, share(test.right));
  }
}
