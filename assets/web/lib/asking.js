// A question to the server whose answer takes a while: the newest one counts.

import { say } from "./text.js";

const PATIENCE = 180_000; // ms: to read all test pictures takes seconds, and others may come first
export const SILENCE = say("The server does not answer. Check the connection, then press again.");

/** Asks the server for what `told(answer)` gets, `{error: sentence}` where it refuses; only the newest question counts. */
export class Asker {
  constructor(told) {
    this.told = told;
  }

  async want(url) {
    this.drop();
    const control = (this.control = new AbortController());
    const timer = setTimeout(() => control.abort(), PATIENCE);
    const answer = await fetched(url, control.signal);
    clearTimeout(timer);
    if (this.control === control) this.told(answer);
  }

  drop() {
    this.control?.abort();
    this.control = null;
  }
}

async function fetched(url, signal) {
  try {
    const response = await fetch(url, { signal, cache: "no-store" });
    const answer = await response.json();
    return response.ok ? answer : { error: answer.error ?? SILENCE };
  } catch {
    return { error: SILENCE };
  }
}
