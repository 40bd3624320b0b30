// Mistakes: how the network reads the test set, as a matrix whose cells open their pictures, and the surest mistakes;
// and what another model reads otherwise.

import { Asker } from "../lib/asking.js";
import { append, button, set, write } from "../lib/component.js";
import { Pager } from "../lib/pager.js";
import { percent, say, whole } from "../lib/text.js";
import { Beside } from "./beside.js";
import { AskedOnce, showPictures } from "./pictures.js";

const MOST = 24; // pictures of a page

export class Mistakes extends AskedOnce {
  constructor(root, context) {
    super(root, context, say("Mistakes"));
    this.buildHead("", say("Read again"), say("This network has learned since. Let it read the pictures again."));
    this.both = append(root, "div", "inside-matrix-and-pictures");
    const left = append(this.both, "section");
    append(left, "p", "inside-quiet", say("Rows: the true digit, and how many were read correctly. Columns: what was read."));
    const place = append(left, "div", "inside-matrix-place");
    place.tabIndex = 0;
    set(place, "role", "group");
    set(place, "aria-label", say("How each digit was read"));
    this.table = append(place, "table", "inside-matrix");
    const right = append(this.both, "section", "inside-found");
    const bar = append(right, "div", "inside-pages");
    this.what = append(bar, "h3", "inside-count");
    this.all = button(bar, {
      label: say("All mistakes"), why: say("Show all mistakes, the surest first."), kind: "inside-button",
      does: () => this.#choose(null),
    });
    this.comparing = new Asker((answer) => (answer.error ? write(this.order, answer.error) : this.#differences(answer)));
    this.beside = new Beside(append(right, "div", "inside-choice"), context, (id) => this.#compare(id));
    this.order = append(right, "p", "inside-quiet");
    this.list = append(right, "ol", "inside-tiles");
    this.pager = new Pager(right, (first) => (this.other ? this.#differ(first) : this.#turn({ first })));
    this.forget();
  }

  forget() {
    super.forget();
    this.comparing.drop();
    this.cell = this.other = null;
    write(this.title, say("Mistakes"));
    write(this.note, "");
    this.again.hidden = this.both.hidden = true;
  }

  begin() {
    write(this.note, say("It reads the pictures of the test set. This takes some seconds."));
    this.answer = null;
    this.#turn({ first: 0 });
  }

  #choose(cell) {
    this.comparing.drop();
    Object.assign(this, { cell, other: null });
    this.beside.choice.value = "";
    this.#turn({ first: 0 });
  }

  #turn({ first }) {
    const query = new URLSearchParams({ first });
    if (this.answer) query.set("mark", this.answer.mark);
    if (this.cell) [["true", 0], ["read", 1]].forEach(([name, i]) => query.set(name, this.cell[i]));
    this.ask("mistakes", query);
  }

  #compare(id) {
    if (!id) return this.#choose(null);
    Object.assign(this, { cell: null, other: id });
    this.#differ(0);
  }

  #differ(first) {
    write(this.order, say("Both read the pictures of the test set. This takes some seconds."));
    this.comparing.want(this.context.address("differences", new URLSearchParams({ other: this.other, first })));
  }

  #differences({ count, right, other, none, pictures: { first, total, items, pixels } }) {
    write(this.what, say("Read differently: {total} of {count}", { total: whole(total), count: whole(count) }));
    write(this.order, say("This model alone is right {right} times, the other one {other} times, neither {none} times. First its own reading, then the other one.", {
      right: whole(right), other: whole(other), none: whole(none),
    }));
    this.all.hidden = false;
    const named = ({ true: digit, read, other: also }) => say("{digit} → {read}, {other}", { digit, read, other: also });
    showPictures(this.list, items, pixels, { named, through: this.context.through, colours: this.context.colours });
    this.pager.show({ first, count: items.length, total, most: MOST });
  }

  show() {
    this.beside.offer();
    const { count, of, learning, confusion, pictures } = this.answer;
    const right = confusion.reduce((sum, row, digit) => sum + row[digit], 0);
    write(this.title, say("{right} of {count} test pictures read correctly: {share}", {
      right: whole(right), count: whole(count), share: percent(right / count, 2),
    }));
    const note = count === of
      ? say("Choose a cell to see its pictures; press a picture to send it through the network.")
      : learning
        ? say("The first {count} of {of} pictures, as the network still learns. Choose a cell; press a picture to send it through.", { count: whole(count), of: whole(of) })
        : say("The first {count} of {of} pictures, as this network is slow. Choose a cell; press a picture to send it through.", { count: whole(count), of: whole(of) });
    write(this.note, note);
    this.again.hidden = !learning;
    this.both.hidden = false;
    this.#matrix(confusion);
    this.#pictures(pictures);
  }

  #matrix(confusion) {
    const chosen = this.root.getRootNode().activeElement?.dataset.cell;
    this.table.replaceChildren();
    const head = append(append(this.table, "thead"), "tr");
    append(head, "td");
    set(append(head, "th", "inside-correct", say("Correct")), "scope", "col");
    for (let digit = 0; digit < 10; digit++) set(append(head, "th", "", String(digit)), "scope", "col");
    const most = Math.max(1, ...confusion.flatMap((row, digit) => row.filter((_, read) => read !== digit)));
    const body = append(this.table, "tbody");
    confusion.forEach((row, digit) => {
      const line = append(body, "tr");
      set(append(line, "th", "", String(digit)), "scope", "row");
      const all = row.reduce((sum, count) => sum + count, 0);
      append(line, "td", "inside-correct", percent(row[digit] / all, 1));
      row.forEach((count, read) => this.#cell(append(line, "td"), count, digit, read, most));
    });
    if (chosen) this.table.querySelector(`[data-cell="${chosen}"]`)?.focus();
  }

  #cell(place, count, digit, read, most) {
    place.style.setProperty("--strength", digit === read ? "12%" : `${count ? Math.round(12 + (50 * count) / most) : 0}%`);
    place.classList.add(digit === read ? "inside-right" : "inside-wrong");
    if (!count) return;
    const made = append(place, "button", "", whole(count));
    made.type = "button";
    made.dataset.cell = `${digit}${read}`;
    set(made, "aria-label", say("{digit} read as {read}: {count}", { digit, read, count }));
    set(made, "aria-pressed", String(this.cell?.[0] === digit && this.cell[1] === read));
    made.addEventListener("click", () => this.#choose([digit, read]));
  }

  #pictures({ first, total, items, pixels }) {
    const { cell } = this;
    write(this.what, cell ? say("{digit} read as {read}: {total}", { digit: cell[0], read: cell[1], total: whole(total) }) : say("All mistakes: {total}", { total: whole(total) }));
    write(this.order, cell && cell[0] === cell[1] ? say("The least sure first. Per cent: the share of what was read.") : say("The surest first. Per cent: the share of what was read."));
    this.all.hidden = !cell;
    const named = ({ true: digit, read, share }) => say("{digit} → {read}, {share}", { digit, read, share: percent(share) });
    showPictures(this.list, items, pixels, { named, through: this.context.through, colours: this.context.colours });
    this.pager.show({ first, count: items.length, total, most: MOST });
  }
}
