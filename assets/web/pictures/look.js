// A closer look at a data set: its classes on average, the pictures of a class, those that are almost the same in both
// parts, and those whose label a network doubts. Its owner gives pictures another class, or leaves them out.

import { Asker, SILENCE } from "../lib/asking.js";
import { append, button, mounting, Poll, press, set, write } from "../lib/component.js";
import { Pager } from "../lib/pager.js";
import { number, percent, plural, say, whole } from "../lib/text.js";

const MOST = 24; // pictures of a page
const EVERY = 400; // ms between two looks how far the corrections are
const OUT = "out";
const PARTS = ["train", "test"];
const VIEWS = [
  { key: "averages", label: say("On average"), why: say("The mean of each class, how many pictures it has, and how bright they are") },
  { key: "pictures", label: say("Class by class"), why: say("All pictures of a class") },
  { key: "doubles", label: say("Doubles"), why: say("Pictures to test with that are almost the same as one to train with") },
  { key: "doubted", label: say("Doubtful labels"), why: say("Pictures that a network reads as another class than their label") },
];

export const mount = mounting((parent) => new Look(parent));

class Look {
  constructor(parent) {
    this.root = parent.querySelector(".look");
    this.root.replaceChildren();
    this.view = VIEWS[0].key;
    const tabs = append(this.root, "div", "tools");
    set(tabs, "role", "group");
    set(tabs, "aria-label", say("What to look at"));
    this.tabs = VIEWS.map(({ key, label, why }) => button(tabs, { label, why, kind: "plain", does: () => this.#choose(key) }));
    this.choices = append(this.root, "div", "tools");
    this.part = this.#select(say("Part"));
    this.#fill(this.part, PARTS.map((part) => [part, partName(part)]));
    this.label = this.#select(say("Class"));
    this.model = this.#select(say("Network"));
    this.note = append(this.root, "p", "note");
    set(this.note, "role", "status");
    this.list = append(this.root, "ol", "tiles");
    this.pager = new Pager(this.root, (first) => this.#turn(first));
    this.bar = append(this.root, "div", "tools corrections");
    this.count = append(this.bar, "span");
    button(this.bar, { label: say("Undo"), why: say("Take the last one back"), kind: "plain", does: () => this.#undo() });
    button(this.bar, { label: say("Make these changes"), why: say("The data set is made anew with them. It can be undone afterwards, too."), kind: "plain main", does: () => this.#send() });
    this.asker = new Asker((answer) => this.#told(answer));
    this.root.addEventListener("keydown", (event) => {
      if (event.key !== "z" || !(event.ctrlKey || event.metaKey) || !this.changes.size) return;
      event.preventDefault();
      event.stopPropagation();
      this.#undo();
    });
  }

  update({ data, setTriggerValue }) {
    this.tell = (name) => setTriggerValue("came", name);
    const isOther = data.set !== this.data?.set;
    const isNews = isOther || Object.keys(data.models).join() !== Object.keys(this.data.models).join(); // labels carry an age
    this.data = data;
    this.root.toggleAttribute("data-inverted", data.inverted);
    if (!isNews) return;
    this.#fill(this.model, Object.entries(data.models));
    if (!isOther) {
      if (this.view === "doubted") this.#turn(0);
      return;
    }
    this.changes = new Map();
    this.#fill(this.label, data.classes.map((name, i) => [i, name]));
    this.#choose(this.view);
  }

  remove() {
    this.asker.drop();
    this.poll?.close();
  }

  #select(name) {
    const field = append(this.choices, "label", "field", name);
    const choice = append(field, "select");
    choice.addEventListener("change", () => this.#turn(0));
    return choice;
  }

  #fill(choice, options) {
    const before = choice.value;
    choice.replaceChildren();
    for (const [value, name] of options) append(choice, "option", "", name).value = value;
    if (options.some(([value]) => String(value) === before)) choice.value = before;
  }

  #choose(view) {
    this.view = view;
    VIEWS.forEach(({ key }, i) => press(this.tabs[i], key === view));
    this.part.parentNode.hidden = this.label.parentNode.hidden = view !== "pictures";
    this.model.parentNode.hidden = view !== "doubted" || !this.model.options.length;
    this.choices.hidden = [...this.choices.children].every(({ hidden }) => hidden);
    this.#turn(0);
  }

  #turn(first) {
    this.list.replaceChildren();
    this.pager.root.hidden = true;
    this.#showChanges();
    if (this.view === "doubted" && !this.model.options.length) {
      this.asker.drop();
      write(this.note, say("No network of yours reads these pictures. Train one on them, then come back."));
      return;
    }
    write(this.note, say("This takes a moment."));
    const query = new URLSearchParams(this.view === "averages" ? {} : { first });
    if (this.view === "pictures") {
      query.set("part", this.part.value);
      query.set("label", this.label.value);
    } else if (this.view === "doubted") query.set("model", this.model.value);
    this.asker.want(`/api/data/${this.data.set}/${this.view}?${query}`);
  }

  async #told(answer) {
    if (answer.error) {
      write(this.note, answer.error);
      return;
    }
    const strip = new Image();
    strip.src = `data:image/webp;base64,${answer.strip}`;
    const { view } = this;
    await strip.decode();
    if (view !== this.view) return;
    const tiles = answer.items.map((item, i) => this.#tile(item, strip, i, answer.side));
    this.list.replaceChildren(...(view === "doubles" ? paired(tiles, answer.items) : tiles));
    this.list.toggleAttribute("data-pairs", view === "doubles");
    write(this.note, this.#said(answer));
    if (view === "averages") return;
    const half = view === "doubles" ? 2 : 1;
    this.pager.show({ first: answer.first, count: answer.items.length / half, total: answer.total, most: MOST / half });
  }

  #said({ total, count, averaged }) {
    if (this.view === "averages") {
      const scale = this.data.digits ? say("Ink: from 0 %, empty paper, to 100 %.") : say("Brightness: from 0 %, black, to 100 %, white.");
      return say("The first {count} pictures to train with. {scale} Spread: how much a pixel differs from picture to picture.", { count: whole(averaged), scale });
    }
    if (this.view === "pictures") return say(plural("{count:,} picture", "{count:,} pictures", { count: total }));
    if (this.view === "doubles") return say("Left one to train with, right one to test with, the nearest pairs first. A network has nearly seen such a test picture before; many of them make the test too easy.");
    return say("Of {count} pictures to train with, this network reads {total} as another class, the surest first. Some labels are wrong, others are only hard; what it learned by heart looks right to it.", { count: whole(count), total: whole(total) });
  }

  #tile(item, strip, place, side) {
    const tile = document.createElement("li");
    const canvas = append(tile, "canvas");
    canvas.width = canvas.height = side;
    canvas.getContext("2d").drawImage(strip, place * side, 0, side, side, 0, 0, side, side);
    const name = this.data.classes[item.label];
    set(canvas, "role", "img");
    set(canvas, "aria-label", item.part ? say("Picture {number} {part}, {name}", { number: item.number, part: partName(item.part), name }) : say("The mean of {name}", { name }));
    if (!item.part) {
      append(tile, "b", "", name);
      append(tile, "span", "", say("{train} to train, {test} to test", { train: whole(item.train), test: whole(item.test) }));
      const figures = { brightness: percent(item.brightness), spread: percent(item.spread) };
      append(tile, "span", "", this.data.digits ? say("ink {brightness}, spread {spread}", figures) : say("brightness {brightness}, spread {spread}", figures));
      return tile;
    }
    if (item.read !== undefined) append(tile, "span", "doubt", say("read {name}, {share}", { name: this.data.classes[item.read], share: percent(item.share) }));
    if (this.data.own) tile.append(this.#labelling(item, tile));
    else append(tile, "span", "", say("label {name}", { name }));
    return tile;
  }

  /** A select box of the classes, to give the picture another one. */
  #labelling(item, tile) {
    const choice = document.createElement("select");
    const key = `${item.part} ${item.number}`;
    set(choice, "aria-label", say("Class of picture {number} {part}", { number: item.number, part: partName(item.part) }));
    this.data.classes.forEach((name, i) => (append(choice, "option", "", name).value = i));
    append(choice, "option", "", say("Leave out")).value = OUT;
    const chosen = this.changes.get(key) ?? String(item.label);
    choice.value = chosen;
    tile.toggleAttribute("data-changed", chosen !== String(item.label));
    choice.addEventListener("change", () => {
      this.changes.delete(key); // the newest is the last one
      if (choice.value !== String(item.label)) this.changes.set(key, choice.value);
      tile.toggleAttribute("data-changed", this.changes.has(key));
      this.#showChanges();
    });
    choice.undo = () => {
      choice.value = item.label;
      tile.removeAttribute("data-changed");
    };
    choice.dataset.key = key;
    return choice;
  }

  #undo() {
    const key = [...this.changes.keys()].pop();
    this.changes.delete(key);
    for (const choice of this.list.querySelectorAll("select")) if (choice.dataset.key === key) choice.undo();
    this.#showChanges();
  }

  #showChanges(text = null) {
    const count = this.changes.size;
    this.bar.hidden = !count;
    for (const one of this.bar.querySelectorAll("button")) one.disabled = text !== null;
    write(this.count, text ?? say(plural("{count} change", "{count} changes", { count })));
  }

  async #send() {
    const corrections = [...this.changes].map(([key, value]) => {
      const [part, place] = key.split(" ");
      return [part, Number(place), value === OUT ? null : Number(value)];
    });
    this.#showChanges(say("The data set is made anew."));
    let error = null;
    try {
      const response = await fetch(`/api/data/${this.data.set}/labels`, { method: "POST", body: JSON.stringify({ corrections }) });
      if (response.ok) return this.#follow();
      error = (await response.json()).error;
    } catch {
      // said below
    }
    this.#showChanges();
    write(this.note, error ?? SILENCE);
  }

  #follow() {
    this.poll = new Poll("/api/data", EVERY, {
      onAnswer: ({ done, of, name, error }) => {
        if (error) {
          this.#showChanges();
          write(this.note, error);
        } else if (name) {
          this.changes.clear();
          this.tell(name);
        } else if (of) this.#showChanges(say("The data set is made anew: {done} of {of}", { done, of }));
        return Boolean(error || name);
      },
      onGone: () => write(this.note, SILENCE),
    });
  }
}

function partName(part) {
  return part === "train" ? say("to train") : say("to test");
}

/** Each two tiles as one item, with how far they are apart. */
function paired(tiles, items) {
  const pairs = [];
  for (let i = 0; i < tiles.length; i += 2) {
    const pair = document.createElement("li");
    const two = append(pair, "ul", "pair");
    two.append(tiles[i], tiles[i + 1]);
    append(pair, "span", "", say("{share} apart", { share: `${number(100 * items[i].difference, ".1f")} %` }));
    pairs.push(pair);
  }
  return pairs;
}
