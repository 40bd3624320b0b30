// Elements of a page: made once, then changed only where they differ. Text always goes in as text, never as markup.

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

export function append(parent, tag, className = "", text = "") {
  const drawn = tag === "svg" || tag === "path";
  const child = drawn ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
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
