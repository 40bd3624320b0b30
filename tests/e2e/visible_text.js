// Run by test_language.py in a page: every text that a visitor can see or hear, and which of them do not fit their place.
(rules) => {
  const HEARD = ["aria-label", "aria-description", "aria-roledescription", "aria-valuetext", "alt", "placeholder", "title"];
  const parentOf = (node) => node.assignedSlot ?? node.parentElement ?? node.getRootNode().host ?? null;
  const told = { texts: [], cut: [], overlapping: [] };
  const pieces = [];

  function* nodes(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      yield walker.currentNode;
      if (walker.currentNode.shadowRoot) yield* nodes(walker.currentNode.shadowRoot);
    }
  }

  /** What `find` tells of an element, told once: a page of 500 texts asks some 10,000 times. */
  function once(find) {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) known.set(element, find(element));
      return known.get(element);
    };
  }

  const notOurs = rules.notOurs.join();
  const layers = rules.layers.join();
  const namedByStreamlit = rules.namedByStreamlit.join();
  const styleOf = once(getComputedStyle);
  const boxOf = once((element) => element.getBoundingClientRect());
  const isOurs = once((element) => !element.matches(notOurs) && (!parentOf(element) || isOurs(parentOf(element))));

  /** Where the element is: from the nearest one with a name of ours down. */
  const place = once((element) => {
    const parts = [];
    for (let at = element; at && parts.length < 6; at = parentOf(at)) {
      const key = [...at.classList].find((name) => name.startsWith("st-key-"));
      const id = at.dataset?.testid;
      const own = [...at.classList].find((name) => !/^(st-?emotion|e\w{6,}|st-\w{2}$|css-)/.test(name));
      parts.unshift(key ? `.${key}` : id ? `[${id}]` : at.localName + (own ? `.${own}` : ""));
      if (key) break;
    }
    return parts.join(" ");
  });

  /** The part of a text's line that can be seen, null where it is for listeners only; and whether some is cut off. */
  function clipped(line, element) {
    let [left, top, right, bottom] = [line.left, line.top, line.right, line.bottom];
    if (line.right <= 0) return null; // settings that are folded away
    let cut = false;
    let loose = ""; // positioned absolutely: what is not its container does not clip it
    for (let at = element; at && at !== document.body; at = parentOf(at)) {
      const style = styleOf(at);
      const holds = style.position !== "static" || style.transform !== "none" || style.contain.includes("paint");
      if (style.display !== "inline" && style.display !== "contents" && !(loose && !holds)) {
        const box = boxOf(at);
        const [x, y] = at instanceof SVGElement && at.localName !== "svg" ? ["", ""] : [style.overflowX, style.overflowY];
        if ((x !== "visible" && x && box.width <= 2) || (y !== "visible" && y && box.height <= 2)) return null;
        if (x === "hidden" || x === "clip") cut ||= right > box.right + 1.5 || left < box.left - 1.5;
        const slack = Math.max(3, 0.3 * (line.bottom - line.top)); // a line's box is taller than its letters
        if (y === "hidden" || y === "clip") cut ||= bottom > box.bottom + slack || top < box.top - slack;
        if (x !== "visible" && x) [left, right] = [Math.max(left, box.left), Math.min(right, box.right)];
        if (y !== "visible" && y) [top, bottom] = [Math.max(top, box.top), Math.min(bottom, box.bottom)];
        loose = "";
      }
      if (style.position === "fixed") break;
      if (style.position === "absolute") loose = "absolute";
    }
    return { left, top, right, bottom, cut };
  }

  function note(node, element, text) {
    const range = document.createRange();
    range.selectNodeContents(node);
    let cut = false;
    for (const line of range.getClientRects()) {
      if (line.width < 1 || line.height < 1) continue;
      const seen = clipped(line, element);
      if (seen === null) return;
      cut ||= seen.cut;
      const air = 0.18 * (line.bottom - line.top);
      const box = { left: seen.left, right: seen.right, top: seen.top + air, bottom: seen.bottom - air };
      if (box.right > box.left && box.bottom > box.top) pieces.push({ ...box, element, text });
    }
    if (cut) told.cut.push([text, place(element)]);
  }

  /** What stands in a field or is drawn as an icon: no text to read, but nothing may lie over it. */
  function noteThing(element) {
    const box = boxOf(element);
    const style = styleOf(element);
    const middle = (box.top + box.bottom) / 2;
    const half = 0.4 * parseFloat(style.fontSize);
    const left = box.left + parseFloat(style.paddingLeft);
    const right = Math.min(box.right, left + half * (element.value?.length ?? 2));
    if (box.width > 2 && box.height > 2 && box.right > 0) {
      pieces.push({ left, right, top: middle - half, bottom: middle + half, element, text: element.value ?? "an icon" });
    }
  }

  const layerOf = once((element) => (!element || element.matches(layers) ? element : layerOf(parentOf(element))));
  const isApart = (one, other) => !one.contains(other) && !other.contains(one);

  function findOverlaps() {
    pieces.forEach((piece) => (piece.layer = layerOf(piece.element)));
    pieces.sort((one, other) => one.top - other.top);
    const seen = new Set();
    pieces.forEach((one, i) => {
      for (let j = i + 1; j < pieces.length && pieces[j].top < one.bottom - 2; j++) {
        const other = pieces[j];
        if (one.layer !== other.layer || Math.min(one.right, other.right) - Math.max(one.left, other.left) <= 2) continue;
        if (Math.min(one.bottom, other.bottom) - other.top <= 2 || !isApart(one.element, other.element)) continue;
        const pair = [`${one.text} / ${other.text}`, `${place(one.element)} / ${place(other.element)}`];
        if (!seen.has(pair.join())) told.overlapping.push(pair);
        seen.add(pair.join());
      }
    });
  }

  const isSeen = (element) => element.checkVisibility({ checkVisibilityCSS: true, contentVisibilityAuto: true });
  told.texts.push([document.title, "title of the page"]);
  for (const node of nodes(document.body)) {
    const element = node.nodeType === Node.TEXT_NODE ? parentOf(node) : node;
    if (!element) continue;
    const isThing = node === element && (element.matches(rules.icons) || (element.matches("input:not([type=checkbox], [type=radio], [type=range])") && element.value));
    if (isThing && element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) noteThing(element);
    if (!isOurs(element)) continue;
    const isChoice = element.localName === "option";
    if (!isChoice && !isSeen(element)) continue;
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.replace(/\s+/g, " ").trim();
      if (!text) continue;
      told.texts.push([text, place(element)]);
      if (!isChoice && element.checkVisibility({ checkOpacity: true })) note(node, element, text);
      continue;
    }
    for (const name of HEARD) {
      const text = element.getAttribute(name);
      if (element.matches(namedByStreamlit)) continue;
      if (name === "placeholder" && element.value) continue; // what is entered stands in its place
      if (text?.trim()) told.texts.push([text, `${place(element)} @${name}`]);
    }
    if (element.classList.contains("js-plotly-plot")) {
      const hover = element.data?.flatMap(({ name, text, hovertext, hovertemplate }) => [name, text, hovertext, hovertemplate].flat(2));
      for (const text of hover ?? []) if (typeof text === "string" && text) told.texts.push([text, `${place(element)} hover`]);
    }
  }
  findOverlaps();
  return told;
};
