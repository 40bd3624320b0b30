// The camera of this computer: opened, looked through, and closed.

import { say } from "./text.js";

const REFUSED = say("The camera may not be used. Allow it beside the address of this page, then press again.");
const UNSAFE = say("Browsers give the camera only to pages of this computer and to those over https. Ask who serves the playground to start it with: make class TLS=1");
const NONE = say("No camera was found. Connect one, or choose files.");
const WANTED = { video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: "environment" }, audio: false };

/** Looks through the camera into a `video` element. */
export class Lens {
  constructor(video) {
    this.video = Object.assign(video, { muted: true, playsInline: true });
    video.setAttribute("aria-label", say("What the camera sees"));
    this.stream = null;
  }

  get isOn() {
    return Boolean(this.stream);
  }

  /** Resolves to an empty text, or to why the camera cannot be used. */
  async open() {
    if (this.isOn) return "";
    if (!navigator.mediaDevices) return UNSAFE;
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
      this.video.srcObject = this.stream;
      await this.video.play();
      return "";
    } catch (error) {
      this.close();
      return error.name === "NotFoundError" ? NONE : REFUSED;
    }
  }

  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }

  /** The square in the middle of what the camera sees as a canvas of `side` px; null before it sees anything. */
  shot(side) {
    const { videoWidth: wide, videoHeight: high } = this.video;
    const least = Math.min(wide, high);
    if (!least) return null;
    const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
    canvas.getContext("2d").drawImage(this.video, (wide - least) / 2, (high - least) / 2, least, least, 0, 0, side, side);
    return canvas;
  }
}

/** A canvas as a JPEG. */
export function jpegOf(canvas) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
}
