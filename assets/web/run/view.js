// What every view of a run does: follow its stream, fill its record, and tell the page when the status has changed.

const FIRST_WAIT = 300; // ms
const LONGEST_WAIT = 5000;
const ENDED = 1000;
const REFUSED = 4400; // and above: asking again would not help

/** Calls `onMessage(message)` for every message and `onState(state, reason)` with connecting, open, reconnecting, ended
 *  or refused. A message follows event number `after`, the newest one seen; or 0 where the server was restarted and sends
 *  all events again: then forget those seen before. */
export class RunStream {
  /** `asked` goes into the address; the run "next" is the one that the visitor starts now, until its id is known. */
  constructor(runId, { onMessage, onState }, asked = {}) {
    Object.assign(this, { runId, asked });
    this.onMessage = onMessage;
    this.onState = onState;
    this.seq = 0; // the number of the newest event that was seen
    this.life = null; // of the server that told of it
    this.wait = FIRST_WAIT;
    this.reconnectNow = () => this.timer && this.connect();
    window.addEventListener("online", this.reconnectNow);
    this.onState("connecting");
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    this.timer = null;
    const url = new URL(`/api/runs/${encodeURIComponent(this.runId)}/events`, location.origin);
    url.protocol = url.protocol.replace("http", "ws");
    url.searchParams.set("after", this.seq);
    if (this.life) url.searchParams.set("life", this.life);
    for (const [name, value] of Object.entries(this.asked)) url.searchParams.set(name, value);
    this.socket = new WebSocket(url);
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    this.socket.onclose = ({ code, reason }) => this.lost(code, reason);
  }

  receive(message) {
    if (this.seq === 0 || this.wait !== FIRST_WAIT) this.onState("open");
    this.wait = FIRST_WAIT;
    this.seq = message.seq;
    this.life = message.life;
    if (message.run) Object.assign(this, { runId: message.run, asked: {} });
    this.onMessage(message);
  }

  lost(code, reason) {
    if (code === ENDED) return this.onState("ended");
    if (code >= REFUSED) return this.onState("refused", reason);
    this.onState("reconnecting");
    const jitter = 0.5 + Math.random() / 2; // a class of thirty does not come back in the same instant
    this.timer = setTimeout(() => this.connect(), this.wait * jitter);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  close() {
    clearTimeout(this.timer);
    this.timer = null;
    window.removeEventListener("online", this.reconnectNow);
    this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}

const SETTLED = 120; // ms without another change of status before the page is told

/** A view has a `record`, which `begin()` makes anew; `took(message)` may look at each message that went into it, and
 *  `schedule()` sees that it is drawn soon. */
export class RunView {
  /** Note the page's data; true where it names another run than before. Who asked for a single step sees it, wherever the
   *  film stood. */
  hear({ data, setTriggerValue }) {
    const before = this.data;
    this.data = data;
    this.trigger = setTriggerValue;
    if (data.status !== before?.status) this.told = null;
    if (data.stepped && data.stepped !== before?.stepped) this.film.goLive();
    return data.run_id !== before?.run_id;
  }

  /** Follow the run that the page names, if any, instead of the one before. */
  watch() {
    if (this.stream?.runId === this.data.run_id && this.stream) return; // it was heard of before the page was
    this.leave();
    this.begin();
    if (this.data.run_id) this.stream = new RunStream(this.data.run_id, this.hearing());
  }

  hearing() {
    return {
      onMessage: (message) => this.take(message),
      onState: (state, reason) => this.connected(state, reason),
    };
  }

  /** A run of `kind` is being started: follow it as soon as its first events come, not only when the page has been drawn
   *  anew and names it. Nothing happens where none comes. */
  expect(kind) {
    this.next?.close();
    const next = new RunStream("next", { onMessage: (message) => this.adopt(next, message), onState: () => {} }, { kind, beside: this.runId });
    this.next = next;
  }

  adopt(next, message) {
    if (this.next !== next) return;
    this.next = null;
    if (next.runId === this.runId) return next.close(); // the page was quicker
    this.leave();
    this.begin();
    this.stream = next;
    Object.assign(next, this.hearing());
    this.connected("open");
    this.take(message);
  }

  /** The id of the run that is shown. */
  get runId() {
    return this.stream?.runId ?? this.data.run_id;
  }

  take(message) {
    if (message.after === 0 && this.heard) this.beginAgain();
    this.record.add(message);
    this.took(message);
    this.heard = true;
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.tellPage(), SETTLED);
    this.schedule();
  }

  took() {}

  /** The server was restarted and sends all events again. */
  beginAgain() {
    this.heard = false;
    this.begin();
  }

  connected(state) {
    this.connection = state;
    this.schedule();
  }

  /** Tell the page, once, that the run's status is no longer the one it was drawn with. */
  tellPage() {
    const { status } = this.record.facts;
    const same = status === this.data.status || (status === "running" && this.data.status === "starting");
    if (!status || same || status === this.told || this.runId !== this.data.run_id) return;
    this.told = status;
    this.trigger("status", status);
  }

  leave() {
    this.stream?.close();
    clearTimeout(this.settling);
    this.stream = this.told = this.heard = null;
  }
}
