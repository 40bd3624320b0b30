// Beside the plane: how the run stands, what is measured, and the switches of the layers, which are its legend too.

import { append, button, press, write } from "../lib/dom.js";
import { figure, NONE, percent } from "../lib/format.js";
import { GanHead, tile } from "../gan/readout.js";

const SWITCHES = [
  ["verdict", "D's verdict", "What D thinks of every place in the plane"],
  ["real", "Real points", "Two hundred points of the distribution that G is to imitate"],
  ["made", "Made points", "What G makes of always the same random numbers z"],
  ["arrows", "Pushes on G", "Where G's loss would have each made point go; long where D's verdict is steep"],
  ["density", "Density of G", "Where a thousand made points lie"],
  ["lines", "Grid of z", "Straight lines of z, as G bends and tears them"],
];

export class PlaneReadout {
  constructor(parent) {
    this.head = new GanHead(parent);
  }

  addTiles(parent) {
    this.tiles = append(parent, "div", "studio-tiles plane-tiles");
    this.near = tile(this.tiles, "By real points", "Made points that lie within three standard deviations of a real one. 90 % and more is good.");
    this.covered = tile(this.tiles, "Covered", "Real points by which a made one lies. Well under 100 % means that G leaves something out.");
    this.modes = tile(this.tiles, "Clumps found", "Clumps that get at least a quarter of the points they are due.");
    this.push = tile(this.tiles, "Push on G", "Mean length of the arrows: how much G's loss falls per unit of length. Near 0 G has nothing to learn from.");
  }

  /** `toggled(name, shown)` is called when the visitor switches a layer. */
  addSwitches(parent, layers, toggled) {
    const row = append(parent, "div", "plane-switches");
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "What is shown");
    for (const [name, label, why] of SWITCHES) {
      const made = button(row, {
        label, why, kind: `studio-button plane-${name}`,
        does: () => {
          const shown = made.getAttribute("aria-pressed") !== "true";
          press(made, shown);
          toggled(name, shown);
        },
      });
      made.prepend(append(made, "i"));
      press(made, layers[name]);
    }
    this.scale = append(parent, "div", "plane-scale");
    this.low = append(this.scale, "span");
    append(this.scale, "i", "", "cannot tell");
    this.high = append(this.scale, "span");
  }

  show({ facts, started }, frame, { connection, preview, loss }) {
    this.head.show(preview ? { ...facts, status: "preview" } : facts, connection);
    write(this.near, percent(frame?.near));
    write(this.covered, percent(frame?.covered));
    write(this.modes, frame && started?.modes ? `${frame.modes_hit} / ${started.modes}` : NONE);
    write(this.push, frame ? figure(frame.push) : NONE);
    const sure = loss.verdict === "probability";
    write(this.low, `D: made${sure || !frame ? "" : ` ${figure(frame.low)}`}`);
    write(this.high, `${sure || !frame ? "" : `${figure(frame.high)} `}real`);
  }
}
