// Asks the server what a network reads: one request at a time, the newest question always answered in the end.

const GAP = 70; // ms between two requests while the pen is down
const PATIENCE = 30_000; // ms until a request counts as lost
const SILENCE = "The server does not answer. Check the connection; the drawing is kept.";

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

  // Ask as soon as it is this question's turn; `now` skips the gap. It takes the place of one that still waits.
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

  // Forget what was asked: an answer still on its way is not shown.
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
