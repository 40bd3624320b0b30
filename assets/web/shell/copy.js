// A link with a button that copies it, also over plain http, where browsers give pages no clipboard; above it who cannot
// open it, or below it the code for who can.

import { append, mounting, write } from "../lib/component.js";
import { say } from "../lib/text.js";
import { drawCode } from "./qr.js";

class Copy {
  constructor(parent) {
    this.root = append(parent.querySelector(".copy"), "div", "copy-row");
    this.hint = append(this.root, "p", "copy-hint");
    this.field = append(this.root, "textarea");
    Object.assign(this.field, { readOnly: true, rows: 4, ariaLabel: say("Link") });
    this.field.addEventListener("focus", () => this.field.select());
    this.button = append(this.root, "button", "", say("Copy"));
    this.button.type = "button";
    this.button.addEventListener("click", () => this.copy());
    this.code = append(this.root, "div", "copy-code");
  }

  update({ data: { text, hint, code } }) {
    write(this.hint, hint);
    this.hint.hidden = !hint;
    if (this.field.value === text) return;
    this.field.value = text;
    this.code.replaceChildren();
    if (code.length) drawCode(this.code, code);
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
