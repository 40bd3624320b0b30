// The GAN studio: sheet and film of generated digits, curves, health and how it works, fed by a run's stream.

import { append, button, isCalm, markDark, mounting, press, recalled, set } from "../lib/component.js";
import { duration, say, whole } from "../lib/text.js";
import { Curves } from "./curves.js";
import { Export, Film } from "./film.js";
import { Frames, Grid } from "./frames.js";
import { Health, Readout } from "./readout.js";
import { GanRecord } from "./record.js";
import { Round } from "./how_it_works.js";
import { RunView } from "../run/view.js";

const BESIDE = 930; // px that sheet and curves need side by side
const CURVES_WIDTH = 350; // px kept for the curves
const LABELS = 24; // px for the row labels
const AROUND = 300; // px of the window's height that are not for the sheet
const SMALLEST = 420; // px that the sheet may have however low the window is

class Studio extends RunView {
  constructor(parent, data) {
    super();
    this.root = parent.querySelector(".studio");
    for (const [role, colour] of Object.entries(data.colours)) this.root.style.setProperty(`--studio-${role}`, colour);
    this.record = new GanRecord();
    this.body = append(this.root, "div", "studio-body");
    this.readout = new Readout(this.body);
    this.buildStage();
    this.buildSide(data);
    this.sizes = new ResizeObserver(() => this.lay());
    this.sizes.observe(this.root);
    this.onResize = () => this.lay();
    window.addEventListener("resize", this.onResize);
    this.lay();
  }

  buildStage() {
    const moved = () => this.moved();
    this.stage = append(this.body, "div", "studio-stage");
    this.grid = new Grid(this.stage);
    this.film = new Film(this.stage, { draw: (picture, frame) => this.draw(picture, frame), moved });
    this.export = new Export(this.film.bar, this.film.root, { film: this.film, moved });
  }

  buildSide({ plotly, colours, real_strip: realStrip }) {
    this.side = append(this.body, "div", "studio-side");
    this.readout.addTiles(this.side, (sentence) => this.health.explain(sentence));
    this.health = new Health(this.side, (cure) => this.trigger("cure", cure));
    const tabs = append(this.side, "div", "studio-tabs");
    this.tabs = {
      curves: button(tabs, { label: say("Curves"), why: say("Losses, verdicts and quality over the rounds"), does: () => this.open("curves"), kind: "studio-tab" }),
      round: button(tabs, { label: say("How it works"), why: say("What the two networks do in a round"), does: () => this.open("round"), kind: "studio-tab" }),
    };
    this.seen = button(tabs, {
      label: say("As the network sees it"), why: say("White on black, as MNIST is stored"), kind: "studio-button studio-seen",
      does: () => this.seeAs(!this.asSeen),
    });
    this.panes = append(this.side, "div", "studio-panes");
    this.curves = new Curves(this.panes, { plotly, colours, seek: (step) => this.film.seek(step) });
    this.round = new Round(this.panes, { colours, realStrip });
  }

  update(component) {
    if (this.hear(component)) this.watch();
    this.curves.retheme();
    markDark(this.root);
    this.schedule();
  }

  begin() {
    const { run_id: runId, verdict, even, conditional, example } = this.data;
    this.record = new GanRecord();
    this.slow = this.sheet = this.sheetFrame = null;
    this.grid.clear(say("The first pictures come in a moment."));
    this.grid.conditional = conditional;
    const kept = (this.kept = recalled(`gan:${runId}`));
    this.film.open(this.record.frames, new Frames(runId), example && !kept ? { loop: true, play: !isCalm() } : (kept ?? {}));
    this.export.open(runId, kept?.chosen);
    this.curves.watch(this.record, { verdict, even });
    this.round.watch({ verdict, even, conditional });
    this.seeAs(kept?.asSeen ?? false);
    this.open(kept?.pane ?? "curves");
  }

  took() {
    const { round, facts } = this.record;
    const late = !this.heard; // all that went before the visitor came
    if (round !== this.slow && (!late || (round.step === facts.step && !this.kept))) this.showSlowly();
    this.slow = round;
  }

  /** A round in slow motion came: show it from its first step. */
  showSlowly() {
    this.round.expect();
    this.open("round");
  }

  connected(state, reason) {
    if (state === "refused") this.grid.clear(say("This run cannot be shown. {reason}", { reason }));
    super.connected(state);
  }

  /** Draw at most once in a frame of the screen. */
  schedule() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      this.show();
    });
  }

  show() {
    set(this.root, "data-run", this.data.run_id);
    set(this.root, "data-ended", this.record.ended ? "yes" : "no");
    this.readout.show(this.record, this.connection ?? "connecting");
    this.health.show(this.record, this.data);
    this.film.grew(this.record.ended);
    this.showPane();
  }

  showPane() {
    this.curves.moment = this.film.live ? null : this.film.moment;
    if (this.pane === "curves") this.curves.refresh();
    else {
      this.round.refresh(this.record, this.sheet);
      this.fetchSheet();
    }
  }

  /** The newest generated digits, for the picture of how it works; the film may show others. */
  async fetchSheet() {
    const { store } = this.film;
    const newest = this.record.frames.at(-1)?.frame;
    if (!newest || newest === this.sheetFrame) return;
    this.sheetFrame = newest;
    const picture = await store.get(newest);
    if (!picture || store !== this.film.store) return;
    this.sheet = picture;
    this.schedule();
  }

  draw(picture, { step, seconds }) {
    const places = { step: whole(step), duration: duration(seconds) };
    this.grid.show(picture, say("A hundred digits generated at round {step}, after {duration} of training", places));
    if (!this.film.live) this.schedule();
  }

  open(pane) {
    this.pane = pane;
    set(this.panes, "data-pane", pane);
    for (const [name, tab] of Object.entries(this.tabs)) press(tab, name === pane);
    this.remember();
    this.schedule();
  }

  seeAs(asSeen) {
    this.asSeen = asSeen;
    press(this.seen, asSeen);
    set(this.root, "data-seen", asSeen ? "yes" : "no");
    this.remember();
  }

  moved() {
    this.remember();
    this.schedule();
  }

  remember() {
    if (!this.stream) return; // what a view begins with is not the visitor's doing
    const { pane, asSeen } = this;
    const kept = { ...this.film.keeps, chosen: this.export.chosen, pane, asSeen };
    sessionStorage.setItem(`gan:${this.data.run_id}`, JSON.stringify(kept));
  }

  /** Sheet and curves side by side where there is room, the sheet as large as whole pixels allow. */
  lay() {
    const width = this.root.clientWidth;
    if (!width) return;
    const beside = width >= BESIDE;
    set(this.root, "data-beside", beside ? "yes" : "no");
    const room = beside ? width - CURVES_WIDTH : width;
    const height = Math.max(SMALLEST, window.innerHeight - AROUND);
    const side = this.grid.fit(Math.min(room - LABELS, height));
    this.root.style.setProperty("--sheet", `${side}px`);
  }

  remove() {
    this.leave();
    clearTimeout(this.health.explaining);
    cancelAnimationFrame(this.frame);
    this.sizes.disconnect();
    window.removeEventListener("resize", this.onResize);
    for (const part of [this.film, this.curves, this.round]) part.close();
    this.root.replaceChildren();
  }
}

export const mount = mounting((parent, data) => new Studio(parent, data));
