// Taking the film home: as GIF or WebP, or as a poster of moments that the visitor chose on the time line.

import { append, button, write } from "../lib/dom.js";
import { whole } from "../lib/format.js";


const MOST_MOMENTS = 12;
const MOMENTS = 8; // of a poster for which none was chosen

export class Export {
  /** Its button goes into `bar`, its panel opens over `over`; `film` knows the moment shown; `moved()` as in Film. */
  constructor(bar, over, { film, moved }) {
    Object.assign(this, { film, moved, chosen: [] });
    this.opener = button(bar, { name: "download", label: "Download", why: "The film as GIF or WebP, or a poster", does: () => this.toggle() });
    this.opener.setAttribute("aria-expanded", "false");
    this.panel = append(over, "div", "studio-export");
    this.panel.hidden = true;
    this.gif = this.link("Film as GIF", "Plays everywhere: in slides, chats, documents");
    this.webp = this.link("Film as WebP", "Smaller and smoother, for web pages");
    append(this.panel, "p", "studio-export-words", "A poster shows chosen moments side by side.");
    this.add = button(this.panel, { label: "Add this moment", why: "Put the frame shown now on the poster", does: () => this.choose() });
    this.list = append(this.panel, "div", "studio-chosen");
    this.poster = this.link("Poster as PNG", "The chosen moments with their rounds and seconds");
    this.panel.addEventListener("keydown", (event) => event.key === "Escape" && this.toggle(false));
  }

  link(label, why) {
    const link = append(this.panel, "a", "studio-button", label);
    link.title = why;
    link.setAttribute("download", "");
    return link;
  }

  open(runId, chosen) {
    this.address = `/api/runs/${encodeURIComponent(runId)}`;
    this.gif.href = `${this.address}/film.gif`;
    this.webp.href = `${this.address}/film.webp`;
    this.chosen = chosen ?? [];
    this.toggle(false);
    this.show();
  }

  toggle(shown = this.panel.hidden) {
    if (shown === !this.panel.hidden) return;
    this.panel.hidden = !shown;
    this.opener.setAttribute("aria-expanded", String(shown));
    if (shown) this.show();
    else this.opener.focus();
  }

  choose() {
    const { moment } = this.film;
    if (!moment || this.chosen.includes(moment.frame) || this.chosen.length >= MOST_MOMENTS) return;
    this.chosen = [...this.chosen, moment.frame].sort((a, b) => a - b);
    this.show();
    this.moved();
  }

  drop(frame) {
    this.chosen = this.chosen.filter((kept) => kept !== frame);
    this.show();
    this.moved();
  }

  show() {
    const { frames } = this.film;
    this.film.strip.mark(this.chosen);
    this.list.replaceChildren();
    for (const frame of this.chosen) {
      const at = frames.find((kept) => kept.frame === frame);
      const label = at ? `round ${whole(at.step)}` : `frame ${frame}`;
      button(this.list, { name: "cross", label, why: "Take it off the poster", does: () => this.drop(frame), kind: "studio-chip" });
    }
    if (!this.chosen.length) append(this.list, "span", "studio-none", `None chosen yet: ${MOMENTS} are picked for you.`);
    const shown = this.chosen.length ? this.chosen : picked(frames);
    this.poster.href = `${this.address}/poster.png?frames=${shown.join(",")}`;
    this.add.disabled = this.chosen.length >= MOST_MOMENTS;
    write(this.add.label, this.add.disabled ? `${MOST_MOMENTS} is the most` : "Add this moment");
  }
}

/** Moments over the whole film, closer together at the beginning, where most happens. */
function picked(frames) {
  const last = frames.length - 1;
  if (last < 0) return [];
  const places = Array.from({ length: MOMENTS }, (_, i) => Math.round(last * (i / (MOMENTS - 1)) ** 2));
  return [...new Set(places)].map((place) => frames[place].frame);
}
