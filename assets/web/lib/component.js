// What a component is made of. Elements: made once, then changed only where they differ; text always goes in as text, never
// as markup. The theme as an element has it: colours, font, light or dark, whether motion is welcome. And its life: Streamlit
// calls it again and again; it is made once, updated, removed.

const ICONS = {
  play: "M4 2l10 6l-10 6z",
  pause: "M3 2h4v12h-4zM9 2h4v12h-4z",
  loop: "M4 3h7v-2.5l4 4l-4 4v-2.5h-5v2h-2zM12 13h-7v2.5l-4-4l4-4v2.5h5v-2h2z",
  live: "M8 4a4 4 0 1 0 0 8a4 4 0 0 0 0-8",
  download: "M6.5 1h3v6h3.5l-5 5l-5-5h3.5zM2 13h12v2h-12z",
  back: "M11 2l-7 6l7 6z",
  next: "M5 2l7 6l-7 6z",
  check: "M1.5 8.5l2-2l3 3l6-7l2 2l-8 9z",
  warn: "M8 1l7.5 13.5h-15zM7 6v4.5h2v-4.5zM7 11.5v1.700h2v-1.700z",
  info: "M8 0.5a7.5 7.5 0 1 0 0 15a7.5 7.5 0 0 0 0-15zM7 7h2v5h-2zM7 4h2v2h-2z",
  dot: "M8 5a3 3 0 1 0 0 6a3 3 0 0 0 0-6",
  stop: "M3 3h10v10h-10z",
  cross: "M2 4l2-2l4 4l4-4l2 2l-4 4l4 4l-2 2l-4-4l-4 4l-2-2l4-4z",
};

const DRAWN = new Set(["svg", "path", "circle", "line", "text"]); // elements of SVG

export function append(parent, tag, className = "", text = "") {
  const child = DRAWN.has(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
  if (className) child.setAttribute("class", className);
  if (text) child.textContent = text;
  parent.appendChild(child);
  return child;
}

export function set(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** An icon; returns its path, which `turn(path, name)` changes to another icon. */
export function icon(parent, name) {
  const drawing = append(parent, "svg", "studio-icon");
  drawing.setAttribute("viewBox", "0 0 16 16");
  drawing.setAttribute("aria-hidden", "true");
  const path = append(drawing, "path");
  path.setAttribute("fill-rule", "evenodd");
  path.setAttribute("d", ICONS[name]);
  return path;
}

export function turn(path, name) {
  set(path, "d", ICONS[name]);
}

/** A button: `name` of its icon, if any, its label, hidden from the eye where it is `bare`, `why` as its tooltip. */
export function button(parent, { name = null, label, why, does, kind = "studio-button", bare = false }) {
  const made = append(parent, "button", kind);
  made.type = "button";
  made.title = why;
  if (name) made.path = icon(made, name);
  made.label = append(made, "span", bare ? "studio-hint" : "", label);
  made.addEventListener("click", does);
  // Space presses this button; the page's own key for space (start, pause) must not hear it.
  made.addEventListener("keydown", (event) => event.key === " " && event.stopPropagation());
  return made;
}

export function press(made, pressed) {
  set(made, "aria-pressed", String(pressed));
}

export function relabel(made, name, label) {
  if (made.path) turn(made.path, name);
  write(made.label, label);
}

/** Whether `root` has light ink on dark paper. */
export function isDark(root) {
  return luma(getComputedStyle(root).color) > 127;
}

/** Note on `root` whether the page is dark: pictures have dark ink on light paper, or the reverse. */
export function markDark(root) {
  const dark = isDark(root) ? "yes" : "no";
  if (root.getAttribute("data-dark") !== dark) root.setAttribute("data-dark", dark);
}

/** The colours and the font of the page as `root` has them; `quiet` is an element with muted text. */
export function readTheme(root, quiet) {
  const { color, backgroundColor, fontFamily } = getComputedStyle(root);
  const [red, green, blue] = color.match(/[\d.]+/g);
  return {
    text: color,
    paper: backgroundColor,
    grid: `rgba(${red}, ${green}, ${blue}, 0.14)`,
    spike: `rgba(${red}, ${green}, ${blue}, 0.5)`,
    muted: getComputedStyle(quiet).color,
    dark: isDark(root),
    font: fontFamily,
  };
}

export function isCalm() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function luma(color) {
  const [red, green, blue] = color.match(/[\d.]+/g).map(Number);
  return (red + green + blue) / 3;
}

/** A function for Streamlit to call at first and whenever the data or the theme changed; it returns what to do on unmount.
 *
 *  `make(parent, data)` gives a view with its `root` element, `update(component)` and `remove()`. A view that stands for
 *  another run than `data.run_id` is made anew where `perRun`.
 */
export function mounting(make, { perRun = false } = {}) {
  const views = new WeakMap(); // by the element that Streamlit gave the component
  return (component) => {
    const { parentElement: parent, data } = component;
    if (!parent.isConnected && !parent.host?.isConnected) return () => {}; // the visitor left while scripts were loading
    let view = views.get(parent);
    if (view && (!view.root.isConnected || (perRun && view.runId !== data.run_id))) {
      view.remove(); // Streamlit has put new markup into the same place, or another run is to be shown
      view = null;
    }
    if (!view) views.set(parent, (view = make(parent, data)));
    view.update(component);
    const call = (view.calls = (view.calls ?? 0) + 1);
    return () => {
      if (views.get(parent) !== view || view.calls !== call) return; // a late goodbye of an earlier call
      views.delete(parent);
      view.remove();
    };
  };
}

/** The value kept as JSON under `key`; null without one, or with one that cannot be read. */
export function recalled(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

const PATIENCE = 8000; // ms for an answer

/** Asks the server for `path` at once and then about every `every` ms, while the page is visible. Calls `onAnswer(json)`,
 *  which may return true to end it, and `onGone()` whenever the server does not answer. */
export class Poll {
  constructor(path, every, { onAnswer, onGone = () => {} }) {
    Object.assign(this, { path, every, onAnswer, onGone });
    this.looked = () => document.hidden || this.ask();
    document.addEventListener("visibilitychange", this.looked);
    this.ask();
  }

  async ask() {
    if (this.asking || this.closed) return;
    clearTimeout(this.timer);
    this.asking = true;
    const answer = await this.fetched();
    this.asking = false;
    if (this.closed) return;
    if (answer === null) this.onGone();
    else if (this.onAnswer(answer)) this.close();
    if (!this.closed && !document.hidden) this.timer = setTimeout(() => this.ask(), this.every);
  }

  /** The answer, or null where there was none that can be used. */
  async fetched() {
    try {
      const response = await fetch(this.path, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    document.removeEventListener("visibilitychange", this.looked);
  }
}
