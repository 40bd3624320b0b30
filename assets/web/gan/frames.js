// The frames of one run's film: fetched by number, decoded off screen, the last used ones kept.

const MOST_DECODED = 90; // of 280 x 280 px: 28 MB

export class Frames {
  constructor(runId) {
    this.address = `/api/runs/${encodeURIComponent(runId)}/frames/`;
    this.decoded = new Map(); // number -> ImageBitmap, the last used one last
    this.coming = new Map(); // number -> promise
    this.stop = new AbortController();
  }

  /** The picture of `frame` when it lies ready, else null. */
  ready(frame) {
    const picture = this.decoded.get(frame);
    if (!picture) return null;
    this.decoded.delete(frame);
    this.decoded.set(frame, picture);
    return picture;
  }

  /** A promise of the picture of `frame`; null when it could not be had. */
  async get(frame) {
    const picture = this.ready(frame);
    if (picture) return picture;
    if (!this.coming.has(frame)) this.coming.set(frame, this.fetch(frame));
    return this.coming.get(frame);
  }

  async fetch(frame) {
    try {
      const answer = await fetch(this.address + frame, { signal: this.stop.signal });
      if (!answer.ok) return null;
      const picture = await this.read(answer);
      this.keep(frame, picture);
      return picture;
    } catch {
      return null; // the visitor went on, or the connection broke: the next frame comes soon
    } finally {
      this.coming.delete(frame);
    }
  }

  /** What an answer of the server holds, ready to be drawn. */
  async read(answer) {
    return createImageBitmap(await answer.blob());
  }

  keep(frame, picture) {
    this.decoded.set(frame, picture);
    if (this.decoded.size > MOST_DECODED) this.decoded.delete(this.decoded.keys().next().value);
  }

  close() {
    this.stop.abort();
    this.decoded.clear();
  }
}
