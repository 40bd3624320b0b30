// The status of a run: its word, icon and sentence, the same on every page.

import { EVENTS } from "./kinds.js"; // made by ui/api/web.py from the tables of events
import { say } from "./text.js";

const STATUS = {
  preview: [say("Not started"), "dot"],
  starting: [say("Getting ready"), "dot"],
  running: [say("Training"), "play"],
  paused: [say("Paused"), "pause"],
  interrupted: [say("Interrupted"), "pause"],
  finished: [say("Finished"), "check"],
  stopped: [say("Stopped"), "stop"],
  diverged: [say("Diverged"), "cross"],
  failed: [say("Failed"), "cross"],
};
const MEANING = {
  starting: say("The run waits for its first step."),
  interrupted: say("The playground was closed while this run was training. Press Resume to go on."),
  failed: say("The run could not go on."),
};
const UNDER_WAY = ["starting", "running", "paused"];

/** `{word, mark, meaning}` of a status; `meanings` are those that one kind of run has in other words. */
export function standing(status, meanings = {}) {
  const known = status in STATUS ? status : "starting";
  const [word, mark] = STATUS[known];
  return { status: known, word, mark, meaning: meanings[known] ?? MEANING[known] ?? "" };
}

/** Whether a run of this status goes on, or may. */
export function isUnderWay(status) {
  return UNDER_WAY.includes(status);
}

/** The status in which an event leaves its run; null where it does not end it. */
export function endOf(event) {
  const sort = EVENTS[event.event];
  if (sort === "failure") return event.event;
  return sort === "result" ? (event.stopped ? "stopped" : "finished") : null;
}

/** Why a run failed, then the cure: both as texts of the server, or as whole sentences from an old run. */
export function failure({ why, cure }) {
  return [why, cure].filter(Boolean).map((text) => say(text)).join(" ");
}
