// The figures above the curves: status, progress, the current numbers. Built once, then only texts change.

const STATUS = {
  starting: ["Getting ready", "dot", "The run waits for its first step."],
  running: ["Training", "play", "The network is learning right now."],
  paused: ["Paused", "pause", "The run stands still; Resume goes on from here, a step does one batch."],
  interrupted: ["Interrupted", "pause", "The playground was closed while this run was training. Press Resume to go on."],
  finished: ["Finished", "check", "All epochs are done and the test set was read once."],
  stopped: ["Stopped", "stop", "Ended early by Stop; the figures are those of the network as it was then."],
  diverged: ["Diverged", "cross", "The loss exploded, so the run was ended."],
  failed: ["Failed", "cross", "The run could not go on."],
};
const ICONS = {
  dot: "M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
  play: "M4 2l10 6l-10 6z",
  pause: "M3 2h4v12h-4zM9 2h4v12h-4z",
  check: "M1.5 8.5l2-2l3 3l6-7l2 2l-8 9z",
  stop: "M3 3h10v10h-10z",
  cross: "M2 4l2-2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4z",
};
const NONE = "–";

export class Readout {
  constructor(parent) {
    this.head = append(parent, "div", "run-head");
    this.status = append(this.head, "span", "run-status");
    this.icon = append(this.status, "svg", "run-icon");
    this.path = append(this.icon, "path");
    this.icon.setAttribute("viewBox", "0 0 16 16");
    this.icon.setAttribute("aria-hidden", "true");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.head, "div", "run-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", "Progress of the run");
    this.filled = append(this.bar, "div", "run-filled");
    this.aside = append(this.head, "div", "run-aside");
    this.aside.setAttribute("role", "status");
    this.epoch = figure(this.head, "epoch", "", "One epoch is one pass over all training pictures.");
    this.step = figure(this.head, "step", "", "One step is one update of the parameters, from one batch of pictures.");
    this.speed = figure(this.head, "", "pictures/s", "Training pictures read in one second, on this machine, right now.");
    this.left = figure(this.head, "", "left", "Estimated time until the last epoch is done.");

    this.numbers = append(parent, "div", "run-numbers");
    this.loss = tile(this.numbers, "training", "Training loss");
    this.validation = tile(
      this.numbers,
      "validation",
      "Validation accuracy",
      "Share of held-back pictures read correctly; the network never trains on them. 97 % and more is good.",
    );
    this.testAccuracy = tile(
      this.numbers,
      "test",
      "Test accuracy",
      "Share of MNIST's 10,000 test pictures read correctly. Measured once, at the end, so that no choice can lean on it.",
    );
    this.testLoss = tile(this.numbers, "test", "Test loss", "The loss on the 10,000 test pictures, at the end.");
  }

  show(facts, connection) {
    const [word, icon, why] = STATUS[facts.status] ?? STATUS.starting;
    write(this.word, word);
    set(this.status, "title", why);
    set(this.path, "d", ICONS[icon]);
    set(this.head, "data-status", facts.status ?? "starting");
    this.showProgress(facts);
    write(this.epoch, facts.epochs ? `${facts.epoch} / ${facts.epochs}` : NONE);
    write(this.step, facts.steps ? `${whole(facts.step)} / ${whole(facts.steps)}` : NONE);
    write(this.speed, facts.speed && facts.status !== "interrupted" ? whole(Number(facts.speed.toPrecision(2))) : NONE);
    write(this.left, facts.status === "running" && facts.secondsLeft >= 0 ? duration(facts.secondsLeft) : NONE);
    write(this.loss, decimal(facts.loss));
    set(
      this.loss.parentElement,
      "title",
      `How wrong the network is on the batches it trains on, as a mean over about ${facts.span} steps. ` +
        "Guessing gives 2.303 with cross-entropy; smaller is better.",
    );
    write(this.validation, facts.validationImages === 0 ? "none" : percent(facts.validationAccuracy));
    write(this.testAccuracy, percent(facts.testAccuracy));
    write(this.testLoss, decimal(facts.testLoss));
    set(this.head, "data-connection", connection);
    this.tell(facts.status === "interrupted" ? why : facts.recovered ? wentOn(facts.recovered) : "");
  }

  /** A quiet line in a place that is always there. */
  tell(sentence) {
    write(this.aside, sentence);
    set(this.aside, "title", sentence);
  }

  showProgress({ step, steps }) {
    const share = steps ? step / steps : 0;
    const width = `${(100 * share).toFixed(2)}%`;
    if (this.filled.style.width !== width) this.filled.style.width = width;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
  }
}

export function append(parent, tag, className = "", text = "") {
  const drawn = tag === "svg" || tag === "path";
  const child = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  if (className) child.setAttribute("class", className);
  if (text) child.textContent = text;
  parent.appendChild(child);
  return child;
}

export function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function wentOn({ step, why }) {
  return `Step ${whole(step)}: ${why}`;
}

function figure(parent, before, after, why) {
  const box = append(parent, "span", "run-figure");
  box.title = why;
  if (before) append(box, "span", "", before);
  const value = append(box, "b", "", NONE);
  if (after) append(box, "span", "", after);
  return value;
}

function tile(parent, role, label, why = "") {
  const box = append(parent, "div", `run-tile run-${role}`);
  box.title = why;
  append(box, "span", "run-label", label);
  return append(box, "span", "run-number", NONE);
}

function whole(value) {
  return Math.round(value).toLocaleString("en");
}

function decimal(value) {
  if (value === null || value === undefined) return NONE;
  return Math.abs(value) >= 1000 ? value.toExponential(1) : value.toFixed(3);
}

function percent(value) {
  return value === null || value === undefined ? NONE : `${value.toFixed(2)} %`;
}

function duration(seconds) {
  const rounded = Math.round(seconds);
  if (rounded < 100) return `${rounded} s`;
  const minutes = Math.floor(rounded / 60);
  return minutes < 100 ? `${minutes} min ${rounded % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
