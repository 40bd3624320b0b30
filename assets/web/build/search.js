// The search in a gallery of layers or of networks: it hides what does not match, and Enter picks the first that does.
// Where nothing does, it says so, or answers what was looked for with a sentence.

import { append, mounting } from "../lib/component.js";

const PICKS = '.st-key-gallery [class*="st-key-pick-"]';
const FAMILIES = '[class*="st-key-family-"]';

const WORD = /(?<![\p{L}\d])[\p{L}\d]|(?<=[\p{Ll}\d])\p{Lu}/gu; // where a word begins, also within MaxPool2d

/** The name and the group of a layer, or of a network and its family: what a search looks at. */
function words(pick) {
  const name = pick.querySelector("strong");
  const group = pick.closest(FAMILIES)?.querySelector("h3") ?? name?.nextElementSibling;
  return `${name?.textContent} ${group?.textContent}`;
}

/** Whether a word of `text` begins with what is `wanted`. */
export function begins(text, wanted) {
  return !wanted || [...text.matchAll(WORD)].some(({ index }) => text.slice(index).toLowerCase().startsWith(wanted.toLowerCase()));
}

/** The cell of the grid in which a layer lies. */
function cell(pick) {
  while (pick.parentElement && getComputedStyle(pick.parentElement).display !== "grid") pick = pick.parentElement;
  return pick;
}

function makeSearch(parent, { label, hint, none, answers = {} }) {
  const root = parent.querySelector(".layer-search");
  const field = append(root, "input");
  const answer = append(root, "p");
  answer.setAttribute("role", "status");
  field.type = "search";
  field.setAttribute("aria-label", label);
  field.placeholder = hint;
  const picks = () => [...document.querySelectorAll(PICKS)];
  const matches = (pick) => begins(words(pick), field.value.trim());
  field.addEventListener("input", () => {
    for (const pick of picks()) cell(pick).style.display = matches(pick) ? "" : "none";
    for (const family of document.querySelectorAll(FAMILIES))
      family.style.display = [...family.querySelectorAll(PICKS)].some(matches) ? "" : "none";
    const wanted = field.value.trim();
    const name = Object.keys(answers).find((one) => begins(one, wanted));
    answer.textContent = picks().some(matches) ? "" : name ? `${name}: ${answers[name]}` : none;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && field.value.trim()) picks().find(matches)?.querySelector("button").click();
  });
  if (matchMedia("(pointer: fine)").matches) setTimeout(() => field.focus()); // by touch, the keyboard would hide the layers
  return {
    root: field,
    update() {},
    remove() {
      field.remove();
      answer.remove();
    },
  };
}

export const mount = mounting(makeSearch);
