// The line over a run of any kind, and the figures above a classifier's curves.

import { append, icon, set, turn, write } from "../lib/component.js";
import { decimal, duration, NONE, percent, rough, say, whole } from "../lib/text.js";
import { failure, standing } from "./record.js";

/** The line over a run: its status, its progress, and a few figures. Built once, then only its texts change. */
export class Head {
  /** `figures` are `[name, before, after, why]`: words around a number, and what it means. `resumed` is what the line says
   *  of a run that went on from a step, with places for `step` and `why`. `meanings` says what a status means where that is
   *  not the same for every kind of run. */
  constructor(parent, { figures, resumed, meanings }) {
    Object.assign(this, { resumed, meanings });
    this.root = append(parent, "div", `run-head ${figures.length < 4 ? "run-head-short" : ""}`);
    this.root.style.setProperty("--figures", figures.length);
    this.status = append(this.root, "span", "run-status");
    set(this.status, "data-reconnecting", say("reconnecting"));
    this.icon = icon(this.status, "dot");
    this.word = append(this.status, "span");
    this.word.setAttribute("role", "status");
    this.bar = append(this.root, "div", "run-bar");
    this.bar.setAttribute("role", "progressbar");
    this.bar.setAttribute("aria-label", say("Progress of the run"));
    this.filled = append(this.bar, "div", "run-filled");
    this.aside = append(this.root, "div", "run-aside");
    this.aside.setAttribute("role", "status");
    this.values = {};
    for (const [name, before, after, why] of figures) {
      const box = append(this.root, "span", `run-figure run-figure-${name}`);
      box.title = why;
      if (before) append(box, "span", "", before);
      this.values[name] = append(box, "b", "", NONE);
      if (after) append(box, "span", "", after);
    }
  }

  /** `facts` are those of a record, `values` the figures by their names, `connection` the state of the stream, `done` what
   *  was done just now. */
  show({ status, step, steps, why, cure, recovered }, values, connection, done = "") {
    const { word, mark, meaning, status: known } = standing(status, this.meanings);
    write(this.word, word);
    set(this.status, "title", why ? failure({ why, cure }) : meaning);
    turn(this.icon, mark);
    set(this.root, "data-status", known);
    set(this.root, "data-connection", connection);
    const share = steps ? step / steps : 0;
    this.filled.style.transform = `scaleX(${share.toFixed(4)})`;
    set(this.bar, "aria-valuenow", String(Math.round(100 * share)));
    for (const [name, text] of Object.entries(values)) write(this.values[name], text);
    if (known === "interrupted") this.tell(meaning);
    else this.tell(recovered ? this.resumed(recovered) : done);
  }

  /** A quiet line in a place that is always there. */
  tell(sentence) {
    write(this.aside, sentence);
    set(this.aside, "title", sentence);
  }
}

const FIGURES = [
  ["epoch", say("epoch"), "", say("One epoch is one pass over all training pictures.")],
  ["step", say("step"), "", say("One step is one update of the parameters, from one batch of pictures.")],
  ["speed", "", say("pictures/s"), say("Training pictures read in one second, on this machine, right now.")],
  ["left", "", say("left"), say("Estimated time until the last epoch is done.")],
];
const MEANINGS = {
  running: say("The network is learning right now."),
  paused: say("The run is paused. Resume goes on from here, One batch takes a single step."),
  finished: say("Training is over and the test set was read once."),
  stopped: say("Ended early by Stop; the figures are those of the network as it was then."),
  diverged: say("The loss exploded, so the run was ended."),
};

export class Readout {
  constructor(parent) {
    const resumed = ({ step, why }) => say("Step {step:,d}: {why}", { step, why: say(why) });
    this.head = new Head(parent, { figures: FIGURES, resumed, meanings: MEANINGS });

    this.numbers = append(parent, "div", "run-numbers");
    this.meaning = append(this.numbers, "p", "run-meaning");
    this.meaning.setAttribute("role", "status");
    this.meaning.hidden = true;
    this.numbers.addEventListener("click", ({ target }) => this.explain(target.closest(".run-tile")));
    this.numbers.addEventListener("focusout", () => this.explain(null));
    this.numbers.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.explain(null);
      if (event.key === " ") event.stopPropagation(); // it presses the tile, and does not start the run
    });
    this.loss = tile(this.numbers, "training", say("Training loss"));
    this.validation = tile(
      this.numbers,
      "validation",
      say("Validation accuracy"),
      say("Share of held-back pictures read correctly; the network never trains on them. 97 % and more is good."),
    );
    this.testAccuracy = tile(
      this.numbers,
      "test",
      say("Test accuracy"),
      say("Share of the test pictures read correctly. Measured once, at the end, so that no choice can lean on it."),
    );
    this.testLoss = tile(this.numbers, "test", say("Test loss"), say("The loss on the test pictures, at the end."));
  }

  /** Say what a tile means, for who cannot hover; pressed again, or with none, nothing. */
  explain(tile) {
    const words = tile?.title ?? "";
    const again = !this.meaning.hidden && this.meaning.textContent === words;
    this.meaning.hidden = !words || again;
    write(this.meaning, words);
  }

  show(facts, connection) {
    this.head.show(facts, figures(facts), connection, remark(facts));
    write(this.loss, decimal(facts.loss));
    set(
      this.loss.parentElement,
      "title",
      say(
        "How wrong the network is on the batches it trains on, as a mean over about {span} steps. " +
          "Guessing gives {guessing} with cross-entropy; smaller is better.",
        { span: facts.span, guessing: decimal(Math.log(10)) },
      ),
    );
    write(this.validation, facts.validationImages === 0 ? say("none") : percent(facts.validationAccuracy / 100, 2));
    write(this.testAccuracy, percent(facts.testAccuracy / 100, 2));
    write(this.testLoss, decimal(facts.testLoss));
  }
}

/** What regularisation has done: that it is good enough, that the best weights are back, else how often the gradient was clipped. */
function remark({ clipped, restored, reached }) {
  if (reached) return say("Stopped after epoch {epoch}: {accuracy} of the validation pictures were read, as was asked for.", { epoch: reached.epoch, accuracy: percent(reached.accuracy, 1) });
  if (restored) {
    const values = { epoch: restored.epoch, best: restored.best_epoch };
    return restored.early
      ? say("Stopped early after epoch {epoch}: the validation loss was lowest after epoch {best}, whose weights are back.", values)
      : say("The validation loss was lowest after epoch {best}; its weights are back.", values);
  }
  if (clipped) return say("Gradient clipped in {share} of the steps of epoch {epoch}.", { share: percent(clipped.share), epoch: clipped.epoch });
  return "";
}

function figures({ status, epoch, epochs, step, steps, speed, secondsLeft }) {
  return {
    epoch: epochs ? `${epoch} / ${epochs}` : NONE,
    step: steps ? `${whole(step)} / ${whole(steps)}` : NONE,
    speed: speed && status !== "interrupted" ? rough(speed) : NONE,
    left: status === "running" && secondsLeft >= 0 ? duration(secondsLeft) : NONE,
  };
}

function tile(parent, role, label, why = "") {
  const box = append(parent, "button", `run-tile run-${role}`);
  box.type = "button";
  box.title = why;
  append(box, "span", "run-label", label);
  return append(box, "span", "run-number", NONE);
}
