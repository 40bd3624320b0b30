// The film under the sheet: every kept frame, to scrub, play, loop and download, also while new ones come.

import { append, button, isCalm, press, relabel, set, write } from "../lib/component.js";
import { duration, number, say, whole } from "../lib/text.js";
import { Playback } from "../run/playback.js";
import { Strip } from "./frames.js";

const USUAL = 12; // frames a second at speed 1
const SPEEDS = [0.5, 1, 2, 4];

export class Film extends Playback {
  speed = 1;

  constructor(parent, told) {
    super(told);
    this.root = append(parent, "div", "studio-film");
    this.strip = new Strip(this.root, (index) => this.scrub(index));
    this.bar = append(this.root, "div", "studio-film-bar");
    const does = (name) => () => this[name]();
    this.playing = button(this.bar, { name: "play", label: say("Play"), why: say("Play the film"), does: does("toggle") });
    this.looping = button(this.bar, {
      name: "loop", label: say("Loop"), why: say("Begin again at the end"), does: does("toggleLoop"), kind: "studio-button studio-bare",
    });
    this.speeds = button(this.bar, {
      label: "1×", why: say("Speed of the film: half, one, two, four times"), does: does("nextSpeed"), kind: "studio-button studio-speed",
    });
    this.words = append(this.bar, "span", "studio-moment");
    this.newest = button(this.bar, {
      name: "live", label: say("Live"), why: say("Back to the newest frame, and follow what comes"), does: does("goLive"),
      kind: "studio-button studio-live",
    });
    this.open([], null, {});
  }

  get framesPerSecond() {
    return USUAL * this.speed;
  }

  /** Show another run's film; `kept` is what `keeps` said of it before a reload. */
  open(frames, store, { frame = null, loop = false, speed = 1, play = false }) {
    Object.assign(this, { loop, autoplay: play, speed: SPEEDS.includes(speed) ? speed : 1 });
    super.open(frames, store, frame);
    this.strip.open(frames, store);
  }

  get keeps() {
    return { frame: this.place, loop: this.loop, speed: this.speed };
  }

  grew(ended) {
    relabel(this.newest, ended ? "next" : "live", ended ? say("End") : say("Live"));
    if (!this.frames.length) return;
    this.strip.grew(ended);
    if (!this.autoplay || this.frames.length < 2) return super.grew();
    this.autoplay = false;
    this.play();
  }

  go(index) {
    super.go(index);
    this.strip.point(this.index);
  }

  toggleLoop() {
    this.loop = !this.loop;
    this.label();
    this.moved();
  }

  nextSpeed() {
    this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
    this.label();
    this.moved();
  }

  label() {
    relabel(this.playing, this.timer ? "pause" : "play", this.timer ? say("Pause") : say("Play"));
    press(this.looping, this.loop);
    press(this.newest, this.live);
    write(this.speeds.label, this.speed === 0.5 ? "½×" : `${number(this.speed)}×`);
    set(this.root, "data-calm", isCalm() ? "yes" : "no");
    this.playing.disabled = this.frames.length < 2;
    const at = this.moment;
    if (!at) return write(this.words, say("no frame yet"));
    const step = whole(at.step);
    write(this.words, say("round {step} · {duration}", { step, duration: duration(at.seconds) }));
    this.strip.describe(say("frame {frame} of {count}, round {step}", { frame: this.index + 1, count: this.frames.length, step }));
  }

  close() {
    super.close();
    this.strip.close();
  }
}

const MOST_MOMENTS = 12;
const MOMENTS = 8; // of a poster for which none was chosen

/** Download: the film as GIF or WebP, or a poster of moments that the visitor chose on the time line. */
export class Export {
  /** Its button goes into `bar`, its panel opens over `over`; `film` knows the moment shown; `moved()` as in Film. */
  constructor(bar, over, { film, moved }) {
    Object.assign(this, { film, moved, chosen: [] });
    this.opener = button(bar, { name: "download", label: say("Download"), why: say("The film as GIF or WebP, or a poster"), does: () => this.toggle() });
    this.opener.setAttribute("aria-expanded", "false");
    this.panel = append(over, "div", "studio-export");
    this.panel.hidden = true;
    this.gif = this.link(say("Film as GIF"), say("Plays everywhere: in slides, chats, documents"));
    this.webp = this.link(say("Film as WebP"), say("Smaller and smoother, for web pages"));
    append(this.panel, "p", "studio-export-words", say("A poster shows chosen moments side by side."));
    this.add = button(this.panel, { label: say("Add this moment"), why: say("Put the frame shown now on the poster"), does: () => this.choose() });
    this.list = append(this.panel, "div", "studio-chosen");
    this.poster = this.link(say("Poster as PNG"), say("The chosen moments with their rounds and seconds"));
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
      const label = at ? say("round {step}", { step: whole(at.step) }) : say("frame {frame}", { frame });
      button(this.list, { name: "cross", label, why: say("Take it off the poster"), does: () => this.drop(frame), kind: "studio-chip" });
    }
    if (!this.chosen.length) append(this.list, "span", "studio-none", say("None chosen yet: {count} are picked for you.", { count: MOMENTS }));
    const shown = this.chosen.length ? this.chosen : picked(frames);
    this.poster.href = `${this.address}/poster.png?frames=${shown.join(",")}`;
    this.add.disabled = this.chosen.length >= MOST_MOMENTS;
    write(this.add.label, this.add.disabled ? say("{count} is the most", { count: MOST_MOMENTS }) : say("Add this moment"));
  }
}

/** Moments over the whole film, closer together at the beginning, where most happens. */
function picked(frames) {
  const last = frames.length - 1;
  if (last < 0) return [];
  const places = Array.from({ length: MOMENTS }, (_, i) => Math.round(last * (i / (MOMENTS - 1)) ** 2));
  return [...new Set(places)].map((place) => frames[place].frame);
}
