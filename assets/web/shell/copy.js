// A link with a button that copies it, also over plain http, where browsers give pages no clipboard.

import { append, mounting, write } from "../lib/component.js";
import { say } from "../lib/text.js";

class Copy {
  constructor(parent) {
    this.root = append(parent.querySelector(".copy"), "div", "copy-row");
    this.field = append(this.root, "textarea");
    Object.assign(this.field, { readOnly: true, rows: 4, ariaLabel: say("Link") });
    this.field.addEventListener("focus", () => this.field.select());
    this.button = append(this.root, "button", "", say("Copy"));
    this.button.type = "button";
    this.button.addEventListener("click", () => this.copy());
  }

  update({ data: { text } }) {
    if (this.field.value !== text) this.field.value = text;
  }

  async copy() {
    write(this.button, (await copied(this.field)) ? say("Copied") : say("Press Ctrl+C"));
  }

  remove() {
    this.root.remove();
  }
}

async function copied(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.select(); // selected in any case, so that Ctrl+C works
    return document.execCommand("copy");
  }
}

export const mount = mounting((parent) => new Copy(parent));
