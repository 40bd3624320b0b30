// A picture in place of a drawing: chosen, dropped on the pad or pasted, and made small before it travels.

const LONGEST_SIDE = 1024; // px; a digit needs no more, and a photo of 5 MB need not be sent
const MOST_BYTES = 8_000_000;

// Calls `chosen(file)` for every picture that reaches the pad, `nothing(sentence)` when there was none.
// Returns the way to stop listening to the page.
export function receivePictures(root, chosen, nothing) {
  const paper = root.querySelector(".paper");
  const input = root.querySelector("input[type=file]");
  root.querySelector(".choose").addEventListener("click", () => {
    if (!root.hasAttribute("data-picture")) input.click();
  });
  input.addEventListener("change", () => {
    if (input.files[0]) chosen(input.files[0]);
    input.value = "";
  });
  const over = (event) => {
    event.preventDefault();
    root.toggleAttribute("data-over", event.type === "dragover");
  };
  paper.addEventListener("dragover", over);
  paper.addEventListener("dragleave", over);
  paper.addEventListener("drop", (event) => {
    over(event);
    const [file] = event.dataTransfer.files;
    if (file) chosen(file);
    else nothing("That was not a picture file. Drop one from a folder.");
  });
  const pasted = (event) => {
    const writing = event.composedPath()[0]?.closest?.("input:not([type=range]), textarea, [contenteditable=true]");
    if (writing) return;
    const [file] = event.clipboardData.files;
    if (file) chosen(file);
    else if (root.contains(root.getRootNode().activeElement)) nothing("There is no picture to paste. Copy one first.");
  };
  document.addEventListener("paste", pasted);
  return () => document.removeEventListener("paste", pasted);
}

// The file as it should be sent: {content, type}, or {error: sentence}.
export async function prepared(file) {
  if (!file.type.startsWith("image/")) return { content: file.slice(0, 100), type: "application/octet-stream" };
  const small = await shrunk(file);
  if (small) return { content: small, type: small.type };
  if (file.size <= MOST_BYTES) return { content: file, type: file.type };
  return { error: `This picture has ${(file.size / 1e6).toFixed(1)} MB. Use one of up to ${MOST_BYTES / 1e6} MB.` };
}

// A smaller copy of a large picture; null when it is small already, or no picture this browser knows.
async function shrunk(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = LONGEST_SIDE / Math.max(bitmap.width, bitmap.height);
    if (scale >= 1) return null;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } catch {
    return null;
  }
}
