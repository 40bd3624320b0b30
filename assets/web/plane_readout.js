// Beside the plane: how the run stands, what is measured, and the switches of the layers, which are its legend too.

import { append, set, write } from "./run_readout.js";
import { button, duration, figure, icon, NONE, percent, press, turn, whole } from "./gan_parts.js";

const STATUS = {
  preview: ["Not started", "dot", "G and D know nothing yet. Press Start."],
  starting: ["Getting ready", "dot", "The run waits for its first round."],
  running: ["Training", "play", "Both networks are learning right now."],
  paused: ["Paused", "pause", "The run stands still. Resume goes on from here; Step D and Step G train one of the two."],
  finished: ["Finished", "check", "All rounds are done."],
  stopped: ["Stopped", "stop", "Ended early by Stop."],
  diverged: ["Diverged", "cross", "The losses exploded, so the run was ended."],
  failed: ["Failed", "cross", "The run could not go on."],
};
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
    this.head = append(parent, "div", "studio-head");
    this.status = append(this.head, "span", "studio-status");
    this.icon = icon(this.status, "dot");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.head, "div", "studio-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the run");
    this.filled = append(this.bar, "div", "studio-filled");
    this.round = pace(this.head, "round", "", "In one round first D learns, then G, as many steps as the settings say.");
    this.seconds = pace(this.head, "", "trained", "Time this run was at work, pauses left out.");
    this.speed = pace(this.head, "", "rounds/s", "Rounds in one second, on this machine, right now.");
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
    const [word, mark, why] = STATUS[preview ? "preview" : facts.status] ?? STATUS.starting;
    write(this.word, word);
    set(this.status, "title", facts.why ? `${facts.why} ${facts.cure}` : why);
    turn(this.icon, mark);
    set(this.head, "data-status", preview ? "preview" : (facts.status ?? "starting"));
    set(this.head, "data-connection", connection);
    const share = facts.steps ? facts.step / facts.steps : 0;
    this.filled.style.transform = `scaleX(${share.toFixed(4)})`;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
    write(this.round, facts.steps ? `${whole(facts.step)} / ${whole(facts.steps)}` : NONE);
    write(this.seconds, facts.seconds === null ? NONE : duration(facts.seconds));
    write(this.speed, facts.status === "running" && facts.speed ? whole(Number(facts.speed.toPrecision(2))) : NONE);
    write(this.near, percent(frame?.near));
    write(this.covered, percent(frame?.covered));
    write(this.modes, frame && started?.modes ? `${frame.modes_hit} / ${started.modes}` : NONE);
    write(this.push, frame ? figure(frame.push) : NONE);
    const sure = loss.verdict === "probability";
    write(this.low, `D: made${sure || !frame ? "" : ` ${figure(frame.low)}`}`);
    write(this.high, `${sure || !frame ? "" : `${figure(frame.high)} `}real`);
  }
}

function pace(parent, before, after, why) {
  const box = append(parent, "span", "studio-pace");
  box.title = why;
  if (before) append(box, "span", "", before);
  const value = append(box, "b", "", NONE);
  if (after) append(box, "span", "", after);
  return value;
}

function tile(parent, label, why) {
  const box = append(parent, "div", "studio-tile");
  box.title = why;
  append(box, "span", "studio-label", label);
  return append(box, "span", "studio-number", NONE);
}
