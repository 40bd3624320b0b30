// The Plotly figure of a GAN's run: four plots over one axis of rounds, as traces over the record's own arrays.

import { across, axis, blank, line, reach as reachFrom, upright, words } from "../lib/chart_frame.js";
import { SPOKEN } from "./parts.js";

const FIRST_ROUNDS = 200;
const LABEL_ROWS = 3;
const LABEL_HEIGHT = 17; // px
const DOMAINS = { y: [0.73, 0.965], y2: [0.45, 0.66], y3: [0.17, 0.38], y4: [0.03, 0.1] };

/** The traces in a fixed order; the first is D's loss. Generator solid, discriminator dashed, everywhere. */
export function traces({ curves }, { colours, theme }) {
  const g = { line: { color: colours.generator, width: 3 } };
  const d = { line: { color: colours.discriminator, width: 3, dash: "6px,3px" } };
  const faint = (colour) => ({ line: { color: colour, width: 1 }, opacity: theme.faint });
  const ink = { line: { color: theme.text, width: 2 }, marker: { size: 5, color: theme.text }, mode: "lines+markers" };
  return [
    line(curves.dLoss, "D's loss", "y", d, "%{y:.3f}"),
    line(curves.gLoss, "G's loss", "y", g, "%{y:.3f}"),
    line(curves.dLossRaw, "D's loss, each round", "y", faint(colours.discriminator)),
    line(curves.gLossRaw, "G's loss, each round", "y", faint(colours.generator)),
    line(curves.real, "D on real pictures", "y2", d, "%{y:.3f}"),
    line(curves.made, "D on made pictures", "y2", g, "%{y:.3f}"),
    line(curves.distance, "Fréchet distance", "y3", ink, "%{y:.1f}"),
    line(curves.covered, "digits covered", "y4", { ...ink, mode: "lines", line: { ...ink.line, shape: "hv" } }, "%{y}"),
  ];
}

/** The layout of an empty chart in the page's colours; `verdict` is "probability" or "score". */
export function layout({ theme, verdict }) {
  const y = (name, extra) => ({ ...axis(theme), fixedrange: true, domain: DOMAINS[name], automargin: false, nticks: 4, ...extra });
  return {
    ...blank(theme),
    margin: { l: 44, r: 10, t: 4, b: 34 },
    dragmode: false,
    xaxis: {
      ...across(theme, "round"), anchor: "y4", range: [0, FIRST_ROUNDS], fixedrange: true, nticks: theme.narrow ? 4 : 7,
    },
    yaxis: y("y", { tickformat: "~g" }),
    yaxis2: y("y2", verdict === "probability" ? { range: [0, 1], tickvals: [0, 0.5, 1] } : { tickformat: "~g" }),
    yaxis3: y("y3", { type: "log", range: [0.4, 3.2], tickvals: [10, 100, 1000] }),
    yaxis4: y("y4", { range: [0, 10.5], tickvals: [0, 10] }),
  };
}

export function reach(facts) {
  return reachFrom(facts, FIRST_ROUNDS);
}

/** The range of the losses' axis: that of the smoothed ones, since a single round may leap far out. */
export function span({ dLoss, gLoss }) {
  const values = [...dLoss.y, ...gLoss.y].filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  return [low - 0.05 * (high - low) * (low < 0), high + 0.15 * (high - low)];
}

/** Lines and words over the curves: what is fair, what is perfect, where a setting was changed, where the film stands. */
export function marks(record, { theme, colours, even, moment }) {
  const real = record.started?.real_distance;
  const shapes = [];
  const annotations = titles(theme, colours);
  if (even !== null) shapes.push(level(even, "y2", theme.spike));
  if (even !== null) annotations.push(aside("cannot tell", even, "y2", theme));
  if (real) shapes.push(level(real, "y3", theme.spike));
  if (real) annotations.push(aside(`real against real ${real.toFixed(0)}`, Math.log10(real), "y3", theme));
  record.marks.forEach(({ step, name, value }, index) => {
    shapes.push(upright(step, theme.muted, "dot", 2));
    const yshift = -4 - LABEL_HEIGHT * (index % LABEL_ROWS);
    const text = `${SPOKEN[name] ?? name} ${Number(value.toPrecision(3))}`;
    annotations.push({ ...words(text, 12, theme.text), x: step, y: DOMAINS.y[1], yshift, yanchor: "top", bgcolor: theme.paper });
  });
  if (moment) shapes.push(upright(moment.step, theme.accent, "solid", 2));
  return { shapes, annotations };
}

function level(value, axis, color) {
  return { type: "line", xref: "paper", x0: 0, x1: 1, yref: axis, y0: value, y1: value, line: { color, width: 1, dash: "dot" }, layer: "below" };
}

function aside(text, y, yref, theme) {
  const place = { x: 1, xref: "paper", xanchor: "right", y, yref, bgcolor: theme.paper, opacity: 0.85 };
  return { ...words(text, 11, theme.muted), ...place };
}

function titles(theme, { generator, discriminator }) {
  const key = (colour, stroke, text) => `<span style="color:${colour}"><b>${stroke}</b></span> ${text}`;
  const g = (text) => key(generator, "━━", text);
  const d = (text) => key(discriminator, "╸╸╸", text);
  const title = (text, axis, hovertext) => ({
    ...words(text, 13, theme.text), x: 0, xref: "paper", y: DOMAINS[axis][1], hovertext,
  });
  return [
    title(`<b>Loss</b>   ${d("D")}   ${g("G")}`, "y", "What D and G make small. Neither has to go down: they play against each other."),
    title(`<b>D's verdict</b>   ${d("on real")}   ${g("on made")}`, "y2", "How real D finds the pictures. A good G brings both lines together."),
    title("<b>Fréchet distance</b>, log scale", "y3", "How far made pictures are from real ones: noise 1,046, readable 25, clean 12."),
    title("<b>Digits covered</b>, of 10", "y4", "How many of the ten digits are drawn at least one time in a hundred."),
  ];
}
