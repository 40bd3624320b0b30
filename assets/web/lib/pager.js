// Turns the pages of a long list.

import { append } from "./component.js";
import { say } from "./text.js";

/** Two buttons around `{first}–{last} of {total}`; `turned(first)` is asked for another page. */
export class Pager {
  constructor(parent, turned) {
    this.root = append(parent, "div", "pager");
    this.back = this.#turner("‹", say("Earlier ones"), () => turned(Math.max(0, this.first - this.most)));
    this.bounds = append(this.root, "span", "pager-bounds");
    this.next = this.#turner("›", say("Later ones"), () => turned(this.first + this.count));
    this.root.append(this.back, this.bounds, this.next);
  }

  show({ first, count, total, most }) {
    Object.assign(this, { first, count, most });
    this.root.hidden = total <= count && first === 0;
    this.bounds.textContent = say("{first}–{last} of {total}", { first: first + 1, last: first + count, total });
    this.back.disabled = first === 0;
    this.next.disabled = first + count >= total;
  }

  #turner(sign, name, does) {
    const made = append(this.root, "button", "pager-turn", sign);
    made.type = "button";
    made.setAttribute("aria-label", name);
    made.addEventListener("click", does);
    return made;
  }
}
