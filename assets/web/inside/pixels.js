// Numbers as pixels: activations in the ink of the page, weights blue and orange, crisp at any size.

import { append } from "../lib/component.js";

/** The bytes that the server sent as base64. */
export function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** 256 colours from paper (the least) to ink (the most), as `root` has them. */
export function inkScale(root) {
  const style = getComputedStyle(root);
  const paper = channels(style.getPropertyValue("--ground"));
  const ink = channels(style.color);
  return Array.from({ length: 256 }, (_, level) => paper.map((from, i) => Math.round(from + ((ink[i] - from) * level) / 255)));
}

/** 256 colours from `negative` over paper, which is 0, to `positive`. */
export function signScale(root, { negative, positive }) {
  const paper = channels(getComputedStyle(root).getPropertyValue("--ground"));
  const [low, high] = [channels(negative), channels(positive)];
  return Array.from({ length: 256 }, (_, level) => {
    const share = (level - 127.5) / 127.5;
    return paper.map((from, i) => Math.round(from + ((share < 0 ? low : high)[i] - from) * Math.abs(share)));
  });
}

function channels(colour) {
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  probe.fillStyle = colour.trim() || "white";
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
}

/** Paint `pixels` (a byte each, `wide` a row) at (left, top), `scale` screen pixels a side. */
export function paintPixels(context, pixels, wide, scale, left, top, colours) {
  const high = pixels.length / wide;
  const image = context.createImageData(wide * scale, high * scale);
  const line = wide * scale;
  for (let y = 0; y < high * scale; y++) {
    const row = Math.floor(y / scale) * wide;
    for (let x = 0; x < line; x++) {
      const [red, green, blue] = colours[pixels[row + Math.floor(x / scale)]];
      const place = 4 * (y * line + x);
      image.data[place] = red;
      image.data[place + 1] = green;
      image.data[place + 2] = blue;
      image.data[place + 3] = 255;
    }
  }
  context.putImageData(image, left, top);
}

/** Numbers in a row, laid out as a square of rows. */
export function squared({ size: [, count], pixels }) {
  const wide = Math.ceil(Math.sqrt(count));
  const bytes = new Uint8Array(wide * Math.ceil(count / wide));
  bytes.set(bytesOf(pixels));
  return { size: [bytes.length / wide, wide], bytes };
}

/** A picture `{size: [rows, columns], pixels}` as a canvas of its own, in whole screen pixels, at most `most` px wide and
 *  high. */
export function pictureCanvas(parent, { size: [high, wide], pixels, bytes = bytesOf(pixels) }, most, colours, label) {
  const canvas = append(parent, "canvas", "inside-picture");
  const scale = Math.max(1, Math.min(24, Math.floor(most / Math.max(high, wide))));
  canvas.width = wide * scale;
  canvas.height = high * scale;
  canvas.scale = scale;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  paintPixels(canvas.getContext("2d"), bytes, wide, scale, 0, 0, colours);
  return canvas;
}

/** Draw the outline of a digit (a byte of ink a pixel, `wide` a row) on a canvas that shows as many pixels. */
export function outline(canvas, ink, wide) {
  const context = canvas.getContext("2d");
  const { scale } = canvas;
  const is = (row, column) => row >= 0 && column >= 0 && column < wide && ink[row * wide + column] > 100;
  context.fillStyle = "rgba(127, 127, 127, 0.75)";
  for (let row = 0; row <= ink.length / wide; row++) {
    for (let column = 0; column <= wide; column++) {
      const [x, y] = [column * scale, row * scale];
      if (is(row, column) !== is(row - 1, column)) context.fillRect(x, y, scale, 1);
      if (is(row, column) !== is(row, column - 1)) context.fillRect(x, y, 1, scale);
    }
  }
}

/** A digit of 28 x 28 pixels, light ink on 0, as a PNG with dark ink on light paper. */
export function pngOf(pixels) {
  const canvas = Object.assign(document.createElement("canvas"), { width: 28, height: 28 });
  const paper = Array.from({ length: 256 }, (_, ink) => [255 - ink, 255 - ink, 255 - ink]);
  paintPixels(canvas.getContext("2d"), pixels, 28, 1, 0, 0, paper);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
