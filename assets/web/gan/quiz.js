// Real or made? The guessing game on the left, one's own drawing before the discriminator on the right.

import { markDark } from "../lib/theme.js";
import { append, set, write } from "../lib/dom.js";
import { mounting } from "../lib/mounting.js";
import { isSeen, setSides } from "./play_parts.js";
import { Game } from "./quiz_game.js";
import { Judge } from "./quiz_judge.js";

const AGAIN = 1100; // ms between two looks at a discriminator that learns; the server has newer weights after 1000

class Quiz {
  constructor(root, data) {
    Object.assign(this, { root, runId: data.run_id, learning: data.learning });
    root.replaceChildren();
    for (const [kind, colour] of Object.entries(data.colours)) root.style.setProperty(`--${kind}`, colour);
    const context = { runId: data.run_id, refused: (sentence) => this.refused(sentence) };
    this.message = append(root, "p", "message");
    this.message.setAttribute("role", "status");
    const body = append(root, "div", "quiz-body");
    this.game = new Game(append(body, "section"), context);
    this.judge = new Judge(append(body, "section"), context);
    this.sizes = () => setSides(root);
    this.sizes();
    window.addEventListener("resize", this.sizes);
    this.clock = setInterval(() => this.again(), AGAIN);
    this.game.load();
    this.judge.refresh();
  }

  update({ data: { learning } }) {
    markDark(this.root);
    set(this.root, "data-learning", learning ? "yes" : "no");
    this.game.scores.draw();
    this.judge.paint();
    this.learning = learning;
  }

  again() {
    if (!isSeen(this.root)) return;
    if (!this.game.pictures) this.game.load();
    if (this.learning) this.judge.refresh(false);
  }

  refused(sentence) {
    write(this.message, sentence);
    set(this.message, "data-refused", sentence ? "yes" : "no");
  }

  remove() {
    clearInterval(this.clock);
    window.removeEventListener("resize", this.sizes);
    this.game.close();
    this.judge.close();
  }
}

export const mount = mounting((parent, data) => new Quiz(parent.querySelector(".play"), data), { perRun: true });
