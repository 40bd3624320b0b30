// The frames of a film of the plane: fetched by number, unpacked, the last used ones kept.

import { Frames } from "../gan/frames.js";

const LEVELS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TOP = LEVELS.length - 1;
const LEVEL_OF = new Map([...LEVELS].map((character, level) => [character, level / TOP]));

export class PlaneFrames extends Frames {
  async read(answer) {
    return unpacked(await answer.json());
  }
}

/** A frame as it is drawn: points, arrows and lines in units of the plane, maps as shares from 0 to 1. */
export function unpacked(content) {
  return {
    ...content,
    made: units(content.made, 1000),
    arrows: units(content.arrows, 100),
    lines: units(content.lines, 1000),
    verdict: shares(content.verdict),
    density: shares(content.density),
  };
}

export function units(whole, scale) {
  return Float32Array.from(whole, (value) => value / scale);
}

function shares(text) {
  return Float32Array.from(text, (character) => LEVEL_OF.get(character) ?? 0);
}
