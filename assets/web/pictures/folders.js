// The files that a visitor chose or dropped, with the folders they are in; large photos made smaller before they are sent.

import { shrunk } from "../lib/shrink.js";

const LONGEST_SIDE = 320; // px; networks read 96 at most
const AT_ONCE = 4;
const MOST_FILES = 6000;

/** The files of a drop, folders with all that is in them: [{path, file}]. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const found = [];
  for (const entry of entries) await walk(entry, "", found);
  return found;
}

/** The files of an input for files or a folder. */
export function chosen(files) {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

async function walk(entry, above, found) {
  if (found.length > MOST_FILES) return;
  const path = above ? `${above}/${entry.name}` : entry.name;
  if (entry.isFile) {
    found.push({ path, file: await new Promise((resolve, reject) => entry.file(resolve, reject)) });
    return;
  }
  const reader = entry.createReader();
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) return;
    for (const inner of some) await walk(inner, path, found);
  }
}

/** The files as {path, bytes}, photos made smaller; `tell(done)` after each. */
export async function ready(files, tell) {
  const made = [];
  let next = 0;
  const work = async () => {
    while (next < files.length) {
      const place = next++;
      const { path, file } = files[place];
      made[place] = { path, bytes: new Uint8Array(await (await small(file)).arrayBuffer()) };
      tell(made.filter(Boolean).length);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

/** A smaller copy of a large photo; the file itself where it is small, animated, or nothing this browser knows. */
async function small(file) {
  if (!["image/jpeg", "image/png", "image/webp"].includes(file.type) || file.size < 60_000) return file;
  const type = file.type === "image/jpeg" ? file.type : "image/png";
  return (await shrunk(file, LONGEST_SIDE, { type, smoothing: "high" })) ?? file;
}
