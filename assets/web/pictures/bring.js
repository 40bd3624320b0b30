// Pictures of the visitor's own on their way in: a zip file, or folders, dropped or chosen; sent, then read by the server.

import { append, button, mounting, Poll, write } from "../lib/component.js";
import { number, say } from "../lib/text.js";
import { Camera } from "./camera.js";
import { Drawings } from "./drawings.js";
import { chosen, dropped, ready } from "./folders.js";
import { zipped } from "./zip.js";

const EVERY = 400; // ms between two looks how far it is
const SILENCE = say("The server does not answer. Check the connection, then send the pictures again.");

export const mount = mounting((parent) => new Bring(parent));

class Bring {
  constructor(parent) {
    this.root = parent.querySelector(".bring");
    this.root.replaceChildren();
    append(this.root, "p", "ask", say("Drop a zip file or your folders here"));
    append(this.root, "p", "how", say("One folder for each class, such as cats and dogs, with 20 pictures or more in each. Folders named train, validation and test around them are used as such. Or IDX files, pictures and labels, as MNIST has them."));
    const tools = append(this.root, "div", "tools");
    this.archive = this.#input({ accept: ".zip,application/zip,.gz,application/gzip", multiple: true });
    this.folder = this.#input({ webkitdirectory: true, multiple: true });
    this.buttons = [
      button(tools, { label: say("Choose a zip file"), why: say("One zip file with a folder for each class; or IDX files that end in .gz, pictures and labels together"), kind: "plain", does: () => this.archive.click() }),
      button(tools, { label: say("Choose a folder"), why: say("A folder with a folder for each class in it"), kind: "plain", does: () => this.folder.click() }),
      button(tools, { label: say("Use the camera"), why: say("Take pictures of each class here"), kind: "plain", does: () => this.#make(this.camera) }),
      button(tools, { label: say("Draw them"), why: say("Draw pictures of each class here"), kind: "plain", does: () => this.#make(this.drawings) }),
    ];
    this.camera = new Camera(this.root, (files) => this.#take(files));
    this.drawings = new Drawings(this.root, (files) => this.#take(files));
    this.bar = append(this.root, "progress");
    this.bar.max = 1;
    this.bar.hidden = true;
    this.message = append(this.root, "p", "message");
    this.message.setAttribute("role", "status");
    const over = (event) => {
      event.preventDefault();
      this.root.toggleAttribute("data-over", event.type === "dragover");
    };
    for (const name of ["dragover", "dragleave"]) this.root.addEventListener(name, over);
    this.root.addEventListener("drop", async (event) => {
      over(event);
      if (!this.busy) this.#take(await dropped(event.dataTransfer));
    });
    this.poll = new Poll("/api/data", EVERY, { onAnswer: (answer) => this.#first(answer) });
  }

  update(component) {
    this.data = component.data;
    this.tell = (name) => component.setTriggerValue("came", name);
    if (this.data.busy && !this.busy) this.#follow();
  }

  remove() {
    this.camera.close();
    this.poll?.close();
  }

  #make(one) {
    for (const other of [this.camera, this.drawings]) if (other !== one) other.close();
    one.open();
  }

  #input(settings) {
    const input = Object.assign(append(this.root, "input"), { type: "file", hidden: true, ...settings });
    input.addEventListener("change", () => {
      const files = chosen(input.files);
      input.value = "";
      this.#take(files);
    });
    return input;
  }

  /** An import that began before the page was opened again. */
  #first(answer) {
    if (answer.of !== undefined && !answer.name && !answer.error) this.#follow();
    return true;
  }

  async #take(files) {
    if (!files.length) return;
    const [only] = files;
    this.#work(true);
    try {
      const isArchive = files.length === 1 && only.path.toLowerCase().endsWith(".zip");
      const title = (isArchive ? only.path.replace(/\.zip$/i, "") : only.path.split("/")[0]) || "";
      let body = only.file;
      if (!isArchive) {
        const made = await ready(files, (done) => this.#show(say("Made ready: {done} of {of}", { done, of: files.length }), done / files.length));
        body = zipped(made);
      }
      if (body.size > 1e6 * this.data.most) {
        this.#end(say("These are {size} MB, and {most} MB is the limit. Send fewer pictures, or a folder: then photos are made smaller here.", { size: number(body.size / 1e6, ".0f"), most: this.data.most }), true);
        return;
      }
      await this.#send(body, title);
    } catch {
      this.#end(say("These files could not be read. Choose them again."), true);
    }
  }

  #send(body, title) {
    const { side, colour, way } = this.data;
    const query = new URLSearchParams({ title, side, colour: colour ? 1 : 0, way });
    return new Promise((resolve) => {
      const request = new XMLHttpRequest(); // it tells how much is sent
      request.open("POST", `/api/data?${query}`);
      request.upload.onprogress = ({ loaded, total }) => this.#show(say("Sent: {part} of {whole} MB", { part: number(loaded / 1e6, ".1f"), whole: number(total / 1e6, ".1f") }), loaded / total);
      request.onload = () => {
        if (request.status === 200) this.#follow();
        else this.#end(errorIn(request.responseText), true);
        resolve();
      };
      request.onerror = () => {
        this.#end(SILENCE, true);
        resolve();
      };
      request.send(body);
    });
  }

  #follow() {
    this.#work(true);
    this.poll?.close();
    this.poll = new Poll("/api/data", EVERY, {
      onAnswer: ({ done, of, name, error }) => {
        if (error) this.#end(error, true);
        else if (name) {
          this.#end(say("Your pictures are here."));
          this.tell(name);
        } else this.#show(of ? say("Read: {done} of {of}", { done, of }) : say("Waits for its turn"), of ? done / of : 0);
        return Boolean(error || name);
      },
      onGone: () => write(this.message, SILENCE),
    });
  }

  #show(text, share) {
    write(this.message, text);
    this.bar.value = share;
  }

  #work(busy) {
    this.busy = busy;
    this.bar.hidden = !busy;
    delete this.root.dataset.wrong;
    for (const one of this.buttons) one.disabled = busy;
  }

  #end(text, wrong = false) {
    this.#work(false);
    write(this.message, text);
    if (wrong) this.root.dataset.wrong = "yes";
  }
}

function errorIn(text) {
  try {
    return JSON.parse(text).error ?? SILENCE;
  } catch {
    return SILENCE;
  }
}
