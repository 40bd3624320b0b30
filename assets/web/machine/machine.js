// The Machine page: one sentence, some figures and a card for every training process, asked for once a second.

import { append, mounting, Poll, set, write } from "../lib/component.js";
import { bytes, number, plural, say } from "../lib/text.js";
import { COLUMNS, cores, figure, HostCard, Line, state } from "./host.js";

const EVERY = 1000; // ms
const MOST_NAMED = 8; // waiting runs
const MOST_LISTED = 12; // runs that train
const WHEN_SLOW = [
  say("Pause or stop runs that nobody needs: the others get their share at once."),
  say("Train the network Quick, with fewer epochs or fewer pictures."),
  say("Let several pupils watch one run: they open the address of its page."),
  say("Close other programs on the computer that serves this page."),
  say("A school can add computers: the guide to clusters that comes with the playground says how."),
];
const REMEMBERED = 8000; // ms for which a lost process keeps its place

class MachineView {
  constructor(parent, { colours }) {
    this.root = parent.querySelector(".machine");
    for (const [role, colour] of Object.entries(colours)) this.root.style.setProperty(`--machine-${role}`, colour);
    this.sentence = append(this.root, "h2", "machine-sentence", say("Looking at the machine …"));
    this.notes = append(this.root, "p", "machine-note");
    this.notes.setAttribute("role", "status");
    this.who = append(this.root, "ul", "machine-who");
    this.waiting = append(this.root, "p", "machine-waiting");
    this.room = append(this.root, "p", "machine-room");
    append(this.root, "h2", "machine-title", say("When it is slow"));
    const cures = append(this.root, "ul", "machine-cures");
    for (const cure of WHEN_SLOW) append(cures, "li", "", cure);
    this.kept = append(this.root, "p", "machine-kept");
    this.details = append(this.root, "details", "machine-details");
    append(append(this.details, "summary"), "h2", "machine-title", say("For those who run the server: processes and figures"));
    this.buildFigures();
    this.hosts = append(this.details, "div", "machine-hosts");
    this.explain();
    this.cards = new Map();
    set(this.root, "data-state", "loading");
    this.poll = new Poll("/api/machine", EVERY, { onAnswer: (seen) => this.show(seen), onGone: () => this.gone() });
  }

  buildFigures() {
    const row = append(this.details, "dl", "machine-figures");
    this.busy = figure(row, say("Cores busy"), say("Processor cores that all training processes keep busy, now and over the last two minutes."));
    this.busyLine = new Line(this.busy.parentElement);
    this.events = figure(row, say("Events a second"), say("An event is one message of a run: a step, an evaluation, a picture. Now and over the last two minutes."));
    this.eventsLine = new Line(this.events.parentElement);
    this.unstored = figure(row, say("Not yet stored"), say("Events in memory that will be written to disk in a moment. Thousands for a long time mean that the disk is slow."));
    this.watchers = figure(row, say("Watching"), say("Open pages that follow a run at this moment."));
    this.lost = figure(row, say("Processes lost"), say("Training processes that ended unexpectedly since the server was started. Their runs go on in others."));
    this.server = figure(row, say("Server's memory"), say("What the web server itself uses, without the training processes."));
    this.computer = figure(row, say("Computer's memory"), say("Used by all programs of the computer that serves this page, of all it has."));
  }

  /** The tooltips as a list, for those who cannot hover. */
  explain() {
    const details = append(this.details, "details", "machine-explained");
    append(details, "summary", "", say("What the figures mean"));
    const list = append(details, "dl");
    const figures = [...this.root.querySelectorAll(".machine-figure")].map((box) => [box.firstChild.textContent, box.title]);
    for (const [label, why] of [...figures, ...COLUMNS]) {
      append(list, "dt", "", label);
      append(list, "dd", "", why);
    }
  }

  update({ data }) {
    write(this.room, data.room);
  }

  show(seen) {
    set(this.root, "data-state", "seen");
    write(this.sentence, say(seen.sentence));
    write(this.notes, seen.notes.map((note) => say(note)).join(" "));
    this.showWho(seen.hosts.flatMap(({ runs }) => runs));
    this.showFigures(seen);
    this.showHosts(seen);
    write(this.waiting, waiting(seen.waiting));
    write(this.kept, seen.kept);
  }

  gone() {
    set(this.root, "data-state", "gone");
    write(this.notes, say("The server does not answer; trying again."));
  }

  /** Every run by its name, the visitor's own first, with a link: nobody learns the address of another's. */
  showWho(runs) {
    const ordered = [...runs].sort((one, other) => other.mine - one.mine || one.key.localeCompare(other.key));
    const told = JSON.stringify(ordered.map(({ key, status, watchers }) => [key, status, watchers]));
    if (told === this.told) return; // a link that is chosen by the keyboard stays
    this.told = told;
    this.who.replaceChildren();
    for (const run of ordered.slice(0, MOST_LISTED)) {
      const item = append(this.who, "li");
      const name = append(item, run.address ? "a" : "strong", "", run.name || say("Unnamed"));
      if (run.address) name.href = run.address;
      if (run.mine) append(item, "span", "machine-tag machine-mine", say("yours"));
      append(item, "span", "machine-muted", state(run));
    }
    const more = ordered.length - MOST_LISTED;
    if (more > 0) append(this.who, "li", "", say(plural("and one more", "and {count} more", { count: more })));
  }

  showFigures({ busy, cores: all, events_per_second: events, unstored, watchers, lost, server, computer }) {
    write(this.busy, say("{used} of {all}", { used: cores(busy), all }));
    this.busyLine.add(busy, all);
    write(this.events, number(events, ".0f"));
    this.eventsLine.add(events);
    write(this.unstored, say(plural("{count:,d} event", "{count:,d} events", { count: unstored })));
    write(this.watchers, say(plural("{count} page", "{count} pages", { count: watchers })));
    write(this.lost, String(lost));
    write(this.server, bytes(server.memory));
    write(this.computer, say("{used} of {all}", { used: number(computer.used_memory / 1e9, ".1f"), all: bytes(computer.memory) }));
  }

  showHosts({ hosts, memory }) {
    const gone = new Set(this.cards.keys());
    for (const host of hosts) {
      const key = keyOf(host);
      if (!this.cards.has(key)) this.cards.set(key, new HostCard(this.hosts, this.freeNumber()));
      this.cards.get(key).show(host, memory);
      gone.delete(key);
    }
    for (const key of gone) this.lose(key);
    this.order(hosts.map((host) => this.cards.get(keyOf(host)).root));
  }

  /** The smallest that no card has: a process keeps its own while it is there. */
  freeNumber() {
    const taken = [...this.cards.values()].map((card) => card.number);
    let free = 1;
    while (taken.includes(free)) free++;
    return free;
  }

  /** The cards in the server's order, moved only where they are not in it. */
  order(roots) {
    const there = [...this.hosts.children].filter((root) => roots.includes(root));
    if (roots.some((root, place) => root !== there[place])) this.hosts.append(...roots);
  }

  lose(key) {
    const card = this.cards.get(key);
    card.lostAt ??= performance.now();
    card.lose();
    if (performance.now() - card.lostAt < REMEMBERED) return;
    card.remove();
    this.cards.delete(key);
  }

  remove() {
    this.poll.close();
    this.root.replaceChildren();
  }
}

function keyOf({ machine, process }) {
  return `${machine} ${process}`;
}

function waiting(names) {
  if (!names.length) return "";
  const shown = names.slice(0, MOST_NAMED).join(", ");
  const more = names.length - MOST_NAMED;
  if (more > 0) return say("{count} runs wait for a place: {names} and {more} more.", { count: names.length, names: shown, more });
  const waits = plural("One run waits for a place: {names}.", "{count} runs wait for a place: {names}.", { count: names.length, names: shown });
  return say(waits);
}

export const mount = mounting((parent, data) => new MachineView(parent, data));
