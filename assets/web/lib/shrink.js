// A picture made smaller in the browser, before it is sent.

/** A copy of a picture with `longest` pixels on its longer side, as a file of `type`; null where it has no more, or is no
 *  picture this browser knows. */
export async function shrunk(file, longest, { type = "image/png", smoothing = "low" } = {}) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = longest / Math.max(bitmap.width, bitmap.height);
    if (scale >= 1) return null;
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = smoothing;
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close();
    return await new Promise((resolve) => canvas.toBlob(resolve, type, 0.92)); // the quality of a JPEG
  } catch {
    return null;
  }
}
