// What is said when the server does not answer, in place of Streamlit's dialog about the internet.

import { append } from "../lib/component.js";
import { say } from "../lib/text.js";

const PATIENCE = 1500; // ms: a short break of the network is not worth a word
const STATE = "data-test-connection-state";

/** Watch the connection; returns what ends that. */
export function watchServer() {
  const app = document.querySelector("[data-testid=stApp]");
  const note = append(document.body, "div", "server-gone");
  note.setAttribute("role", "alert");
  note.hidden = true;
  let timer = null;
  const show = (gone) => {
    note.hidden = !gone;
    document.documentElement.classList.toggle("without-server", gone);
    note.textContent = gone ? SAID : "";
  };
  const look = () => {
    clearTimeout(timer);
    if (app.getAttribute(STATE) === "CONNECTED") show(false);
    else timer = setTimeout(() => show(true), PATIENCE);
  };
  const watcher = new MutationObserver(look);
  watcher.observe(app, { attributeFilter: [STATE] });
  look();
  return () => {
    watcher.disconnect();
    clearTimeout(timer);
    show(false);
    note.remove();
  };
}

const SAID = say(
  "The playground does not answer. Is the computer that serves it on, and its terminal open? This page goes on by itself when it is back.",
);
