// The page's theme as an element has it: its colours and font, light or dark, and whether motion is welcome.

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
