// Real or made? The guessing game on the left, one's own drawing before the discriminator on the right.

import { isSeen, setSides, setTheme } from "./gan_play_parts.js";
import { Game } from "./gan_quiz_game.js";
import { Judge } from "./gan_quiz_judge.js";
import { append, set, write } from "./run_readout.js";

const AGAIN = 1100; // ms between two looks at a discriminator that learns; the server has newer weights after 1000
const quizzes = new WeakMap(); // by the element that Streamlit gave the component

/** Called by Streamlit at first and again whenever the data or the theme changed. Returns what to do on unmount. */
export function mount({ parentElement: parent, data }) {
  if (!parent.isConnected) return () => {}; // the visitor left while the scripts were loading
  let quiz = quizzes.get(parent);
  if (quiz && (!quiz.root.isConnected || quiz.runId !== data.run_id)) {
    quiz.remove();
    quiz = null;
  }
  if (!quiz) quizzes.set(parent, (quiz = new Quiz(parent.querySelector(".play"), data)));
  quiz.update(data);
  const call = (quiz.calls = (quiz.calls ?? 0) + 1);
  return () => {
    if (quizzes.get(parent) !== quiz || quiz.calls !== call) return; // a late goodbye of an earlier call
    quizzes.delete(parent);
    quiz.remove();
  };
}

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

  update({ learning }) {
    setTheme(this.root);
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
