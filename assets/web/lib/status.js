// How a run stands, in a word, with an icon and a sentence; the same on every page.

import { EVENTS } from "./kinds.js";

const STATUS = {
  preview: ["Not started", "dot"],
  starting: ["Getting ready", "dot"],
  running: ["Training", "play"],
  paused: ["Paused", "pause"],
  interrupted: ["Interrupted", "pause"],
  finished: ["Finished", "check"],
  stopped: ["Stopped", "stop"],
  diverged: ["Diverged", "cross"],
  failed: ["Failed", "cross"],
};
const MEANING = {
  starting: "The run waits for its first step.",
  interrupted: "The playground was closed while this run was training. Press Resume to go on.",
  failed: "The run could not go on.",
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
