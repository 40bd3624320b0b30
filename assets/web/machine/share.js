// One quiet line beside a run: what it gets of the machine while it is under way.

import { isUnderWay } from "../run/record.js";
import { mounting, Poll, write } from "../lib/component.js";
import { say } from "../lib/text.js";

const [SOON, EVERY] = [1000, 4000]; // ms

class ShareLine {
  constructor(parent) {
    this.root = parent.querySelector(".machine-share-line");
  }

  update({ data: { run_id: runId, status } }) {
    if (runId === this.runId && status === this.status) return;
    if (runId !== this.runId) write(this.root, "");
    Object.assign(this, { runId, status });
    this.poll?.close();
    if (!isUnderWay(status)) return write(this.root, "");
    this.poll = new Poll(`/api/runs/${encodeURIComponent(runId)}/share`, SOON, {
      onAnswer: (told) => this.show(told),
      onGone: () => write(this.root, ""),
    });
  }

  show({ share, is_over: isOver }) {
    write(this.root, say(share));
    this.poll.every = share ? EVERY : SOON;
    return isOver;
  }

  remove() {
    this.poll?.close();
  }
}

export const mount = mounting((parent) => new ShareLine(parent));
