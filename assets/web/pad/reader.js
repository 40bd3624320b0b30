// Questions to the server about a drawing or a picture: one request at a time, the newest always answered in the end.

import { shrunk } from "../lib/shrink.js";
import { number, say } from "../lib/text.js";

const GAP = 70; // ms between two requests while the pen is down
const PATIENCE = 30_000; // ms until a request counts as lost
const SILENCE = say("The server does not answer. Check the connection; the drawing is kept.");

// A question is {url, content, type}. Resolves to the server's answer, or {error: sentence}; to null when given up.
export async function ask({ url, content, type }, control = new AbortController()) {
  let patient = true;
  const timer = setTimeout(() => {
    patient = false;
    control.abort();
  }, PATIENCE);
  try {
    const response = await fetch(url, {
      method: "POST", body: content, headers: { "Content-Type": type }, signal: control.signal,
    });
    const answer = await response.json();
    return response.ok ? answer : { error: answer.error ?? SILENCE };
  } catch {
    return control.signal.aborted && patient ? null : { error: SILENCE };
  } finally {
    clearTimeout(timer);
  }
}

export class Reader {
  // Calls `answered(answer, question)` for every answer that was not given up.
  constructor(answered) {
    this.answered = answered;
    this.question = null; // waiting to be sent
    this.control = null; // of the request under way
    this.timer = null;
    this.sent = -Infinity;
  }

  // Ask after the gap, or at once with `now`. A question that still waits is replaced.
  want(question, now) {
    this.question = question;
    clearTimeout(this.timer);
    if (this.control) {
      this.hurry ||= now;
      return;
    }
    const wait = now ? 0 : this.sent + GAP - performance.now();
    if (wait > 0) this.timer = setTimeout(() => this.#send(), wait);
    else this.#send();
  }

  // Forget the question: an answer still on its way is not shown.
  drop() {
    clearTimeout(this.timer);
    this.question = null;
    this.control?.abort();
    this.control = null;
  }

  async #send() {
    const { question } = this;
    const control = new AbortController();
    Object.assign(this, { question: null, control, sent: performance.now(), hurry: false });
    const answer = await ask(question, control);
    if (this.control !== control) return;
    this.control = null;
    if (answer) this.answered(answer, question);
    if (this.question) this.want(this.question, this.hurry);
  }
}

const LONGEST_SIDE = 1024; // px; a digit needs no more, and a photo of 5 MB need not be sent
const MOST_BYTES = 8_000_000;

// Calls `chosen(file)` for every picture that reaches the pad, `nothing(sentence)` when there was none.
// Returns a function that stops listening to the page.
export function receivePictures(root, chosen, nothing) {
  const paper = root.querySelector(".paper");
  const input = root.querySelector("input[type=file]");
  root.querySelector(".choose").addEventListener("click", () => {
    if (!root.hasAttribute("data-picture")) input.click();
  });
  input.addEventListener("change", () => {
    if (input.files[0]) chosen(input.files[0]);
    input.value = "";
  });
  const over = (event) => {
    event.preventDefault();
    root.toggleAttribute("data-over", event.type === "dragover");
  };
  paper.addEventListener("dragover", over);
  paper.addEventListener("dragleave", over);
  paper.addEventListener("drop", (event) => {
    over(event);
    const [file] = event.dataTransfer.files;
    if (file) chosen(file);
    else nothing(say("That was not a picture file. Drop one from a folder."));
  });
  const pasted = (event) => {
    const writing = event.composedPath()[0]?.closest?.("input:not([type=range]), textarea, [contenteditable=true]");
    if (writing) return;
    const [file] = event.clipboardData.files;
    if (file) chosen(file);
    else if (root.contains(root.getRootNode().activeElement)) nothing(say("There is no picture to paste. Copy one first."));
  };
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}

// The file as it should be sent: {content, type}, or {error: sentence}.
export async function prepared(file) {
  if (!file.type.startsWith("image/")) return { content: file.slice(0, 100), type: "application/octet-stream" };
  const small = await shrunk(file, LONGEST_SIDE);
  if (small) return { content: small, type: small.type };
  if (file.size <= MOST_BYTES) return { content: file, type: file.type };
  const sizes = { size: number(file.size / 1e6, ".1f"), most: MOST_BYTES / 1e6 };
  return { error: say("This picture has {size} MB. Use one of up to {most} MB.", sizes) };
}
