// What can be seen of a GAN in the plane, one function for each layer, in the order in which they lie on each other.

const ARROW = 0.12; // of the side: what the longest arrow comes near
const MIDDLING = 3; // the push whose arrow is half as long
const SHORTEST = 0.6; // px
const HEAD = 5; // px

/** Each paints on `scene.pen`; a scene is a Picture with its frame, points, maps and colours. */
export const LAYERS = { verdict, density, lines, real, arrows, made };

function verdict({ pen, frame, maps, side }) {
  if (frame) pen.drawImage(maps.verdict, 0, 0, side, side);
}

function density({ pen, frame, maps, side }) {
  if (frame) pen.drawImage(maps.density, 0, 0, side, side);
}

/** Straight lines of z, as G bends them. */
function lines(scene) {
  if (!scene.frame) return;
  const { pen, frame, colours } = scene;
  pen.strokeStyle = css(mixed(colours.made, colours.ink, 0.4));
  pen.lineWidth = 1.3;
  pen.beginPath();
  for (let i = 0; i < frame.lines.length / 2; i++) {
    const at = scene.place(frame.lines[2 * i], frame.lines[2 * i + 1]);
    if (i % frame.line) pen.lineTo(...at);
    else pen.moveTo(...at);
  }
  pen.stroke();
}

/** Round dots. */
function real(scene) {
  const { pen, points, side, colours } = scene;
  const radius = dot(side);
  pen.beginPath();
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = scene.place(points[i], points[i + 1]);
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
  finish(pen, colours.real, colours.paper);
}

/** Where G's loss would have each made point go; long where D's verdict is steep. */
function arrows(scene) {
  if (!scene.frame) return;
  const { pen, side, colours } = scene;
  const pushes = scene.frame.arrows;
  pen.strokeStyle = css(colours.ink);
  pen.lineWidth = Math.max(1.2, side / 420);
  pen.beginPath();
  for (let i = 0; i < pushes.length; i += 2) {
    const push = Math.hypot(pushes[i], pushes[i + 1]);
    const length = (ARROW * side * push) / (push + MIDDLING);
    if (!(length > SHORTEST)) continue;
    const [x, y] = scene.place(scene.made[i], scene.made[i + 1]);
    arrow(pen, x, y, (length * pushes[i]) / push, (-length * pushes[i + 1]) / push);
  }
  pen.stroke();
}

function arrow(pen, x, y, right, down) {
  const [tipX, tipY] = [x + right, y + down];
  const length = Math.hypot(right, down);
  const head = Math.min(HEAD, length / 2);
  pen.moveTo(x, y);
  pen.lineTo(tipX, tipY);
  const [backX, backY] = [(-right / length) * head, (-down / length) * head];
  pen.moveTo(tipX + backX - backY / 2, tipY + backY + backX / 2);
  pen.lineTo(tipX, tipY);
  pen.lineTo(tipX + backX + backY / 2, tipY + backY - backX / 2);
}

/** Diamonds, so that colour is not all that tells them from real ones. */
function made(scene) {
  if (!scene.made) return;
  const { pen, side, colours } = scene;
  const radius = 1.45 * dot(side);
  pen.beginPath();
  for (let i = 0; i < scene.made.length; i += 2) {
    const [x, y] = scene.place(scene.made[i], scene.made[i + 1]);
    pen.moveTo(x, y - radius);
    for (const [right, down] of [[radius, 0], [0, radius], [-radius, 0]]) pen.lineTo(x + right, y + down);
    pen.closePath();
  }
  finish(pen, colours.made, colours.edge);
}

function dot(side) {
  return Math.max(2, side / 190);
}

function finish(pen, colour, edge) {
  pen.strokeStyle = css(edge);
  pen.lineWidth = 1.5;
  pen.stroke();
  pen.fillStyle = css(colour);
  pen.fill();
}

/** Put `colourOf(share)`, red green blue and alpha, into each cell of a small square canvas. */
export function fill(canvas, shares, colourOf) {
  const cells = Math.round(Math.sqrt(shares.length));
  canvas.width = canvas.height = cells;
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(cells, cells);
  shares.forEach((share, i) => picture.data.set(colourOf(share), 4 * i));
  pen.putImageData(picture, 0, 0);
}

export function mixed(one, other, share) {
  return one.map((part, i) => part + (other[i] - part) * share);
}

export function css([red, green, blue]) {
  return `rgb(${red}, ${green}, ${blue})`;
}
