// The search in the gallery of layers: it hides what does not match, and Enter adds the first that does.

import { append, mounting } from "../lib/component.js";
import { say } from "../lib/text.js";

const PICKS = '.st-key-gallery [class*="st-key-pick-"]';

/** The name and the group of a layer, which a search looks at. */
function words(pick) {
  const name = pick.querySelector("strong");
  return `${name?.textContent} ${name?.nextElementSibling?.textContent}`.toLowerCase();
}

function makeSearch(parent) {
  const field = append(parent.querySelector(".layer-search"), "input");
  field.type = "search";
  field.setAttribute("aria-label", say("Search for a layer"));
  field.placeholder = say("Search, such as conv or act; Enter adds the first");
  const picks = () => [...document.querySelectorAll(PICKS)];
  const matches = (pick) => words(pick).includes(field.value.trim().toLowerCase());
  field.addEventListener("input", () => picks().forEach((pick) => (pick.style.display = matches(pick) ? "" : "none")));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && field.value.trim()) picks().find(matches)?.querySelector("button").click();
  });
  if (matchMedia("(pointer: fine)").matches) setTimeout(() => field.focus()); // by touch, the keyboard would hide the layers
  return { root: field, update() {}, remove: () => field.remove() };
}

export const mount = mounting(makeSearch);
