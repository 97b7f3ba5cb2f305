// Realtime: the JavaScript client. One module without dependencies, for browsers and Node.
//
// The wire is described in docs/protocol/. The idea to keep in mind while reading: a channel is a log, and a subscription is a
// position on it. Whatever breaks (the link, the page, the server), the client says how far it got and goes on from there.
//
//   1. Small things     errors, positions, listeners, queues
//   2. Subscription     order, gaps, presence; beginnings, readers
//   3. Memory           what outlives the page
//   4. Link             one WebSocket, from the handshake to its end
//   5. Realtime         sessions, reconnecting, requests, publishing

// ---------------------------------------------------------------------------------------------- 1. Small things

const SUBPROTOCOL = 'realtime.v1.json';
const DEFAULT_PATH = '/v1/connect';
const TEMPORARY = new Set(['too_many', 'rate_limited', 'unavailable', 'storage_full', 'timeout', 'internal', 'disconnected']);
const STILL_ON_ITS_WAY = 60_000; // how long the cluster may hold a hello that nobody waits for any more
const HEALTHY = 30_000;          // a link that held this long starts the pacing over
const PAST_PAGE = 100;           // messages of history at a time
const AWAKE = 86_400_000;
const LONGEST_WAIT = 60_000;
const RENEW_MARGIN = 60_000;      // a token is renewed so long before its end, or a tenth of its time
const SOONEST_RENEWAL = 1000;
const LONGEST_TIMER = 2 ** 31 - 1;  // of setTimeout
const HELLO_BUDGET = 48 * 1024;  // the server refuses a hello above 64 KiB
const POSITIONS_BUDGET = 16 * 1024;  // of each frame of positions that follows it
const MOST_LEVELS = 31;         // the server closes a connection that sends more than 32 levels; the frame is one
const LONGEST_DEADLINE = 2 ** 31 - 1; // a timer takes no longer time
const SEQ_BLOCK = 256;           // numbers reserved in storage at a time
const LOCK_PATIENCE = 400;       // a page that goes releases its lock a moment after the next one has started
const RELOAD_PATIENCE = 5_000;   // on a busy machine a long moment; a duplicated tab, which would wait in vain, is no reload
const GATEWAY_PATH = '/v1/gateway';
const GATEWAY_PATIENCE = 5_000;  // a gateway that is slower than this is not asked for longer: our own address serves as well
const MOST_OTHERS = 8;           // addresses of other nodes that are remembered
const PARTING = 2_000;           // how long the last replies of a link that we leave may take
const DEFAULT_LIMITS = { messageBytes: 65536, frameBytes: 131072, subscriptions: 256, inflight: 128, seqWindow: 600 };

export class RealtimeError extends Error {
  constructor(code, message, { outcome = 'none', retryAfter, channel, cause } = {}) {
    super(message ? `${code}: ${message}` : code, cause === undefined ? undefined : { cause });
    this.name = 'RealtimeError';
    this.code = code;
    this.outcome = outcome;
    this.retryAfter = retryAfter;
    this.temporary = TEMPORARY.has(code) || retryAfter !== undefined;
    this.channel = channel;
  }

  static from(frame, channel) {
    return new RealtimeError(frame.code ?? 'internal', frame.message, { outcome: frame.outcome, retryAfter: frame.retryAfter, channel });
  }
}

function parsePosition(text) {
  if (typeof text !== 'string') return null;
  const colon = text.lastIndexOf(':');
  const offset = Number(text.slice(colon + 1));
  return colon > 0 && Number.isSafeInteger(offset) && offset >= 0 ? { epoch: text.slice(0, colon), offset } : null;
}

/** Keyed by names from outside: no name of every object's, `__proto__` say, means anything here. */
const dictionary = (entries = []) => {
  const it = Object.create(null);
  for (const [name, value] of entries) it[name] = value;
  return it;
};

const format = (at) => (at ? `${at.epoch}:${at.offset}` : null);

function deferred() {
  const it = {};
  it.promise = new Promise((resolve, reject) => Object.assign(it, { resolve, reject }));
  // Whoever awaits the promise still sees the rejection. Whoever does not is told by an event and must not crash.
  it.promise.catch(() => {});
  return it;
}

/** A rejection that only who awaits it sees. */
function refused(error) {
  const it = Promise.reject(error);
  it.catch(() => {});
  return it;
}

function randomName(prefix) {
  const bytes = globalThis.crypto.getRandomValues(new Uint8Array(12));
  return prefix + Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

function toBase64(source) {
  const bytes = source instanceof Uint8Array ? source : new Uint8Array(source);
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

const fromBase64 = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

/** The argument `name` as it is now. What JSON cannot say is refused here, because it would fail again on every link. */
function toJson(value, name, channel) {
  let text;
  try {
    text = JSON.stringify(value);
  } catch (cause) {
    throw new RealtimeError('bad_request', `${name} cannot be written as JSON (${cause?.message ?? cause})`, { channel, cause });
  }
  if (text === undefined) throw new RealtimeError('bad_request', `${name} cannot be written as JSON (it is ${typeof value})`, { channel });
  const levels = name === 'presence' ? MOST_LEVELS - 2 : MOST_LEVELS; // the next hello carries presence in a list of subscriptions
  if (depthOf(text) > levels) throw new RealtimeError('bad_request', `${name} is nested deeper than ${levels} levels`, { channel });
  return text;
}

/** How deep a JSON text is nested. */
function depthOf(text) {
  let depth = 0;
  let most = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c === '\\') i += 1;
      else if (c === '"') quoted = false;
    } else if (c === '"') quoted = true;
    else if (c === '[' || c === '{') most = Math.max(most, depth += 1);
    else if (c === ']' || c === '}') depth -= 1;
  }
  return most;
}

const copyOf = (value, name, channel) => (value === undefined ? undefined : JSON.parse(toJson(value, name, channel)));

const bytesOf = (text) => new TextEncoder().encode(text).length;

function exceeds(text, limit) {
  return text.length > limit || (text.length * 3 > limit && bytesOf(text) > limit);
}

function socketUrl(url, base) {
  const it = new URL(url, base);
  it.protocol = it.protocol.replace(/^http/, 'ws');
  if (it.pathname === '/' || it.pathname === '') it.pathname = DEFAULT_PATH;
  it.hash = '';
  return it;
}

/** An address that the server has named. Tokens go there as they go to our own, so a client that came over TLS follows to no other. */
function namedUrl(url, base, own) {
  const it = socketUrl(url, base);
  if (it.protocol === 'wss:' || (it.protocol === 'ws:' && own.protocol === 'ws:')) return it;
  throw new RealtimeError('protocol', `${it.origin} is no address to follow to from ${own.origin}`);
}

function gatewayUrl(url, own, base) {
  const it = new URL(url ?? GATEWAY_PATH, url === undefined ? own : base);
  it.protocol = it.protocol.replace(/^ws/, 'http');
  if (it.pathname === '/' || it.pathname === '') it.pathname = GATEWAY_PATH;
  it.hash = '';
  return it;
}

/** Where a handshake goes: with the ticket for it, and with the word that we come back, which lets us in before newcomers. */
function handshakeUrl(url, { ticket, resume } = {}) {
  const it = new URL(url);
  if (ticket) it.searchParams.set('ticket', ticket);
  if (resume) it.searchParams.set('resume', '1');
  return it;
}

/** The node stops or is being emptied: the session goes on at another one, where one is known. */
const isLeaving = (code) => code === 4000 || (code >= 4100 && code <= 4199);

/** `Retry-After` in ms: seconds, or a date. */
function retryAfter(text, now) {
  if (text === null || text === '') return undefined;
  const seconds = Number(text);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return ms >= 0 ? Math.min(ms, 3_600_000) : undefined;
}

/** The message item that the application sees. */
function messageItem(frame, channel, epoch) {
  const item = { type: 'message', channel, data: frame.data };
  if (frame.offset !== undefined) {
    item.offset = frame.offset;
    item.position = `${epoch}:${frame.offset}`;
  }
  if (frame.bytes !== undefined) item.bytes = fromBase64(frame.bytes);
  for (const name of ['at', 'from', 'tags']) if (frame[name] !== undefined) item[name] = frame[name];
  return item;
}

class Emitter {
  _listeners = new Map();

  on(event, callback) {
    if (!this._listeners.has(event)) this._listeners.set(event, new Set());
    const entry = { callback };
    this._listeners.get(event).add(entry);
    return () => { this._listeners.get(event).delete(entry); };
  }

  _has(event) {
    return (this._listeners.get(event)?.size ?? 0) > 0;
  }

  _emit(event, value) {
    if (!this._has(event)) return;
    for (const { callback } of [...this._listeners.get(event)]) {
      try {
        callback(value);
      } catch (error) {
        // A listener's mistake must neither stop the stream nor vanish: the host reports it as uncaught.
        queueMicrotask(() => { throw error; });
      }
    }
  }
}

/** First in, first out, without moving the rest on every take. */
class Queue {
  _items = [];
  _head = 0;

  get length() { return this._items.length - this._head; }
  get first() { return this._items[this._head]; }
  push(item) { this._items.push(item); }
  unshift(item) { this._items.splice(0, this._head, item); this._head = 0; }

  shift() {
    const item = this._items[this._head];
    this._items[this._head++] = undefined;
    if (this._head > 1024 && this._head * 2 > this._items.length) {
      this._items = this._items.slice(this._head);
      this._head = 0;
    }
    return item;
  }

  *[Symbol.iterator]() {
    for (let i = this._head; i < this._items.length; i++) yield this._items[i];
  }
}

/** Puts an entry in line; above the limit the oldest two become one gap, because nothing may be dropped without a word. */
function enqueue(queue, entry, limit) {
  queue.push(entry);
  if (queue.length <= Math.max(2, limit)) return;
  const first = queue.shift();
  const second = queue.shift();
  const start = first.before;
  const end = second.after ?? first.after;
  const known = start && end && start.epoch === end.epoch;
  const item = {
    type: 'gap', channel: entry.item.channel, reason: 'lagged', position: format(end), local: true,
    ...(known ? { from: start.offset + 1, to: end.offset } : {}),
  };
  queue.unshift({ item, number: first.number, before: start, after: end });
}

// ---------------------------------------------------------------------------------------------- 2. Subscription

/** One `for await` loop. */
class Reader {
  constructor(subscription) {
    this._subscription = subscription;
    this.queue = new Queue();
    this.inHand = null;     // handed out; finished with when the next one is asked for
    this._waiting = [];
    this._over = null;      // { error? } once nothing more will come
  }

  push(entry, limit) {
    const waiting = this._waiting.shift();
    if (waiting) {
      this.inHand = entry;
      waiting.resolve({ value: entry.item, done: false });
    } else {
      enqueue(this.queue, entry, limit);
    }
  }

  /** Nothing more will come; what is in line is still handed out. */
  finish(error) {
    this._subscription._readers.delete(this);
    this._over ??= { error };
    for (const waiting of this._waiting.splice(0)) this._settle(waiting);
  }

  _settle(waiting) {
    const { error } = this._over;
    this._over = {};  // an iterator throws once and is done from then on
    if (error) waiting.reject(error);
    else waiting.resolve({ value: undefined, done: true });
  }

  next() {
    this.inHand = null;
    if (this.queue.length > 0) {
      this.inHand = this.queue.shift();
      this._subscription._progressed();
      return Promise.resolve({ value: this.inHand.item, done: false });
    }
    this._subscription._progressed();
    return new Promise((resolve, reject) => {
      if (this._over) this._settle({ resolve, reject });
      else this._waiting.push({ resolve, reject });
    });
  }

  return() {
    this.inHand = null;
    this._subscription._leave(this);
    this.queue = new Queue();
    this._over = {};
    this.finish();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator]() { return this; }
}

/** What a channel says on the wire: its order, its gaps, its presence. One for all subscriptions of the channel in this client. */
class Stream {
  constructor(realtime, channel, { from, history, token, presence } = {}) {
    this.channel = channel;
    this.state = 'subscribing';
    this.subscriptions = new Set();
    this._realtime = realtime;
    this._from = lastOf(history) ?? from;  // where it begins when there is no position to go on from
    this._presence = presence;
    this._source = token;      // a token, or the function that knows one
    this._token = undefined;   // what the token function said last
    this._renewed = false;
    this._renewal = null;      // the timer that asks for the next token
    this._wanted = true;       // false: made by the server or by the page before a reload, and not claimed yet
    this._live = false;        // the server has confirmed it on the present link; what comes otherwise belongs to an older life
    this._at = parsePosition(this._from);
    this._seen = null;         // how far the page before had got
    this._told = null;
    this._head = null;
    this._hole = null;         // the position at which an unannounced hole was met
    this._tries = 0;
    this._members = new Map();
    this._count = 0;
    this._listed = true;       // false above the roster limit, where only the count is told
    this._revision = undefined;
    this._parts = null;        // what has come of a roster that comes in parts
    this._asking = null;       // changes held back while the roster is being asked for
  }

  get position() { return format(this._at); }

  /** What every subscription has finished with. */
  get processed() {
    let least = this._at;
    for (const { _processed: mine } of this.subscriptions) {
      if (mine && least && (mine.epoch === least.epoch ? mine.offset < least.offset : least === this._at)) least = mine;
    }
    return format(least);
  }

  /** From the position that was remembered for the channel, if there is one: it wins over the place the application asks for. */
  _goOn() {
    const { places } = this._realtime._memory;
    this._seen = parsePosition(places.get(this.channel)) ?? this._seen;
    this._at = parsePosition(places.get(this.channel)) ?? this._at;
    places.delete(this.channel);
  }

  /** What a later subscription of the channel is told instead of a reply. */
  _present() {
    const { members, ...told } = this._told;
    return { ...told, position: this.position, head: format(this._head), ...(members && this._listed ? { members: [...this._members.values()] } : {}), already: true };
  }

  _update(presence) {
    this._presence = presence;
    this._updated = true;
    return this._realtime._request({ type: 'update', channel: this.channel, presence }).then(() => {});
  }

  // -- what the server says

  /**
   * Subscribed, resumed, or told so by `welcome`. The position of a reply only counts as the start, or as a word about a loss.
   * `more` is what listeners shall know besides.
   */
  _confirmed({ type: _, ...reply }, more = {}) {
    const there = parsePosition(reply.position);
    this._live = true;
    this._tries = 0;
    this.state = 'subscribed';
    this._head = parsePosition(reply.head) ?? this._head;
    const here = this._at;
    if (reply.gap) {
      this._gap({ ...reply.gap, position: reply.gap.position ?? reply.position });
      this._at ??= there;
    } else if (!here) {
      this._at = there;
    } else if (there && !reply.already) {
      const same = there.epoch === here.epoch;
      const lost = same && there.offset > here.offset ? { from: here.offset + 1, to: there.offset } : {};
      if (reply.recovered === false && (!same || there.offset !== here.offset)) {
        const reason = !same ? 'epoch' : there.offset < here.offset ? 'ahead' : 'trimmed';
        this._gap({ ...lost, reason, position: reply.position });
      } else if (!same || there.offset > here.offset) {
        this._report('hole', `the server goes on after ${reply.position} instead of ${format(here)}`);
        this._gap({ ...lost, reason: 'unannounced', position: reply.position });
      }
    }
    this._revision = undefined;
    this._asking = null;
    this._parts = null;
    if (reply.members) this._roster({ members: reply.members, rev: reply.rev, count: reply.count });
    this._renewBefore(reply.expires);
    this._told = { ...reply, ...more, channel: this.channel };
    const { subscriptions, _told: told } = this;
    for (const subscription of [...subscriptions]) subscription._begin(here);
    for (const subscription of [...subscriptions]) subscription._joined(told);
    this._realtime._emit('subscribed', { ...told, subscription: subscriptions.values().next().value });
    this._realtime._memory.touch();
  }

  // -- the token of a `$` channel

  /** Asks the function for the next token before this one is over. Should that fail, the server unsubscribes, and the channel is subscribed anew. */
  _renewBefore(expires) {
    this._noRenewal();
    if (expires === undefined || typeof this._source !== 'function') return;
    const { _clock: clock } = this._realtime;
    const left = expires - clock.wall();
    const wait = Math.min(Math.max(left - Math.min(left / 2, 30_000), 1_000), LONGEST_DEADLINE);
    this._renewal = clock.set(() => {
      this._renewal = null;
      this._realtime.refresh(undefined, { channel: this.channel }).then(
        (reply) => { if (this._live) this._renewBefore(reply.expires); },
        (error) => { if (this.state !== 'ended') this._realtime._fault(error, this); });
    }, wait);
  }

  _noRenewal() {
    if (this._renewal !== null) this._realtime._clock.clear(this._renewal);
    this._renewal = null;
  }

  /** The server has ended it because its token is over. True when the function is asked for another, and the channel subscribed from its position. */
  _expired(link) {
    if (typeof this._source !== 'function' || !this._wanted) return false;
    if (!this._live) return true;  // it is being subscribed anew already
    this._live = false;
    this._noRenewal();
    this.state = 'subscribing';
    this._token = undefined;
    this._renewed = true;  // one that is over as well is the last
    this._realtime._subscribe(this, link);
    return true;
  }

  _message(frame) {
    if (!this._live) return;
    const { offset } = frame;
    if (offset === undefined) return this._deliver(messageItem(frame, this.channel), this._at);
    const here = this._at;
    if (!here) return this._realtime._broken(`a message of ${this.channel} came before its position`);
    if (offset <= here.offset) return;  // a replay that overlaps what we have
    const previous = frame.prev ?? offset - 1;
    if (previous > here.offset) {
      const again = this._hole === format(here);
      this._report('hole', `message ${offset} follows ${previous}, but the last one here is ${format(here)}`);
      if (!again) {
        // Resuming from our own position is the one recovery path, and unlike subscribing anew it leaves presence alone.
        this._hole = format(here);
        this._live = false;
        return this._realtime._broken(`hole in ${this.channel}`, true);
      }
      this._gap({ from: here.offset + 1, to: previous, reason: 'unannounced', position: `${here.epoch}:${previous}` });
    }
    this._hole = null;
    const before = this._at;
    this._at = { epoch: before.epoch, offset };
    if (!this._head || this._head.epoch !== before.epoch || this._head.offset < offset) this._head = this._at;
    this._deliver(messageItem(frame, this.channel, before.epoch), before);
  }

  _gap(frame) {
    if (!this._live) return;
    const before = this._at;
    const after = parsePosition(frame.position)
      ?? (before && frame.to !== undefined ? { epoch: before.epoch, offset: frame.to } : null);
    const item = { type: 'gap', channel: this.channel, reason: frame.reason, position: format(after ?? before) };
    if (frame.from !== undefined) item.from = frame.from;
    if (frame.to !== undefined) item.to = frame.to;
    if (before && after && before.epoch === after.epoch) {
      // Told twice (in the reply and as a frame), or from before our position.
      if (after.offset === before.offset || (after.offset < before.offset && frame.reason !== 'ahead')) return;
      if (item.from > before.offset + 1) item.from = before.offset + 1;
    }
    this._at = after ?? before;
    if (after && (!this._head || this._head.epoch !== after.epoch || this._head.offset < after.offset)) this._head = after;
    this._deliver(item, before);
    this._realtime._emit('gap', item);
  }

  // -- presence

  _change(frame) {
    if (!this._live) return;
    if (this._asking) return void this._asking.push(frame);
    if (this._revision !== undefined && frame.rev <= this._revision) return;
    if (this._revision === undefined || frame.rev !== this._revision + 1) return this._askRoster(frame);
    this._revision = frame.rev;
    for (const member of this._listed ? frame.members ?? [] : []) {
      if (frame.type === 'left') this._members.delete(member.session);
      else this._members.set(member.session, member);
    }
    if (this._listed) this._count = this._members.size;
    else this._count += (frame.type === 'joined' ? 1 : frame.type === 'left' ? -1 : 0) * (frame.members?.length ?? 0);
    this._emit(frame.type, { channel: this.channel, members: frame.members ?? [], rev: frame.rev });
  }

  _roster({ members, rev, count, more }) {
    // A large roster comes in parts of one revision; one of another revision begins anew.
    if (members && this._parts?.rev === rev) members = [...this._parts.members, ...members];
    this._parts = more ? { rev, members } : null;
    if (more) return;
    const held = this._asking ?? [];
    this._asking = null;
    this._listed = members !== undefined;
    this._members = new Map((members ?? []).map((member) => [member.session, member]));
    this._count = count ?? this._members.size;
    this._revision = rev;
    this._emit('roster', { channel: this.channel, members: members ?? [], count: this._count, rev });
    for (const frame of held) this._change(frame);
  }

  async _askRoster(frame) {
    const held = (this._asking = [frame]);
    try {
      const reply = await this._realtime.presence(this.channel);
      if (this._asking !== held) return;
      // A reply without a revision cannot be compared: what came in the meantime is applied on top, which is idempotent per member.
      this._roster({ ...reply, rev: reply.rev ?? held[0].rev - 1 });
    } catch (error) {
      if (this._asking !== held) return;
      this._asking = null;
      this._realtime._fault(error, this);
    }
  }

  // -- to the subscriptions

  _deliver(item, before) {
    for (const subscription of [...this.subscriptions]) subscription._take(item, before, this._at);
    this._realtime._memory.touch();
  }

  _has(event) { return [...this.subscriptions].some((subscription) => subscription._has(event)); }
  _emit(event, value) { for (const subscription of [...this.subscriptions]) subscription._emit(event, value); }

  _report(code, message) {
    this._realtime._fault(new RealtimeError(code, message, { channel: this.channel }), this);
  }

  _interrupt(error) {
    this._live = false;
    this._noRenewal();
    for (const subscription of this.subscriptions) subscription._interrupt(error);
  }

  _end(error) {
    this.state = 'ended';
    this._live = false;
    this._noRenewal();
    for (const subscription of this.subscriptions) subscription._end(error);
  }
}

/** The last `history` messages up to `end`, or all, as a place to read from; without an end, in the server's words. */
function lastOf(history, end) {
  if (history === undefined || history === 0) return undefined;
  if (history === 'all') return 'start';
  return end ? format({ epoch: end.epoch, offset: Math.max(0, end.offset - history) }) : { last: history };
}

/** One reader of a channel, with a beginning of its own. */
class Subscription extends Emitter {
  constructor(stream, options = {}) {
    super();
    this.channel = stream.channel;
    this._stream = stream;
    this._realtime = stream._realtime;
    this._options = options;
    this._limit = options.buffer ?? 65_536;
    this._ready = deferred();
    this._over = false;
    this._readers = new Set();
    this._backlog = new Queue();
    this._delivered = 0;
    this._flushing = false;
    this._room = null;         // waited for while too much of the past stands in line
    this._opener = stream.subscriptions.size === 0;  // the stream begins where this one does
    this._held = this._opener && lastOf(options.history) === undefined ? null : new Queue();  // what comes while the beginning is not known or being read
    this._begun = false;
    this._floor = null;        // what comes up to here is not for this one, or has been read
    stream.subscriptions.add(this);
    if (stream.state !== 'subscribed') return;
    const told = stream._present();
    this._begin(null);
    queueMicrotask(() => { if (!this._over) this._joined(told); });  // when listeners are there
  }

  get state() { return this._over ? 'ended' : this._stream.state; }
  get ready() { return this._ready.promise; }
  get position() { return this._stream.position; }
  get head() { return format(this._stream._head); }
  get members() { return this._stream._members; }
  get count() { return this._stream._count; }
  get processed() { return format(this._processed); }

  get _processed() {
    let oldest = this._backlog.first;
    for (const { inHand, queue } of this._readers) {
      const mine = inHand ?? queue.first;
      if (mine && (!oldest || mine.number < oldest.number)) oldest = mine;
    }
    oldest ??= this._held?.first;
    return oldest ? oldest.before : this._stream._at;
  }

  on(event, callback) {
    const off = super.on(event, callback);
    if (event === 'message') this._flushSoon();
    return off;
  }

  update(presence) {
    try {
      presence = JSON.parse(toJson(presence, 'presence', this.channel));
    } catch (error) {
      return refused(error);
    }
    if (this.state === 'ended') return Promise.reject(new RealtimeError('not_subscribed', undefined, { channel: this.channel }));
    this._stream._presence = presence;
    return this.state === 'subscribing' ? this.ready.then(() => this._stream._update(presence)) : this._stream._update(presence);
  }

  publish(data, options) { return this._realtime.publish(this.channel, data, options); }
  history(options) { return this._realtime.history(this.channel, options); }
  presence() { return this._realtime.presence(this.channel); }
  unsubscribe() { return this._realtime._unsubscribe(this); }

  [Symbol.asyncIterator]() {
    const reader = new Reader(this);
    for (const entry of this._backlog) reader.queue.push(entry);
    if (!this._has('message')) this._backlog = new Queue();
    if (this.state === 'ended') reader.finish();
    else this._readers.add(reader);
    return reader;
  }

  _joined(told) {
    this._ready.resolve(told);
    this._emit('subscribed', told);
  }

  // -- the beginning

  /** The stream stands; `before` is where it stood when it was asked for. What lies before its own beginning is read from history. */
  _begin(before) {
    if (!this._held || this._begun) return;
    this._begun = true;
    const { _at: at, _head: head } = this._stream;
    const { from, history } = this._options;
    if (!at) return this._release();
    if (this._opener) {
      if (!before) return this._release();  // the server begins where we asked it to
      if (before.epoch !== at.epoch) this._release(new Queue());  // that gap comes before what is left of the past
      const until = before.epoch === at.epoch && before.offset < at.offset ? before : at;
      return void this._readPast(lastOf(history, until), until);
    }
    const end = head?.epoch === at.epoch && head.offset > at.offset ? head : at;
    const wanted = lastOf(history) ?? from ?? 'live';
    const start = parsePosition(wanted === 'live' ? format(end) : wanted.last !== undefined ? lastOf(wanted.last, end) : wanted);
    this._floor = at;
    if (start?.epoch === at.epoch && start.offset >= at.offset) {
      this._floor = start;
      return this._release();
    }
    if (start && start.epoch !== at.epoch) this._put({ type: 'gap', channel: this.channel, reason: 'epoch', position: `${at.epoch}:0` }, at, at);
    const exact = start?.epoch === at.epoch && wanted.last === undefined ? start : null;
    this._readPast(start ? (start.epoch === at.epoch ? format(start) : 'start') : wanted, at, exact);
  }

  /** Claimed after a reload: what was read before it comes again, and then what has come in the meantime. */
  _remember(history) {
    const until = this._processed;
    const from = until && lastOf(history, until);
    if (!from || this._held) return;
    this._held = this._backlog;
    this._backlog = new Queue();
    this._readPast(from, until);
  }

  /** Page by page, up to `until`. `exact`: a position of the caller's, after which something missing is a gap. */
  async _readPast(from, until, exact = null) {
    const { _realtime: realtime, _stream: stream } = this;
    const limit = Math.max(1, Math.min(PAST_PAGE, this._limit >> 1));
    for (let tries = 0, more = true; more;) {
      while (!this._over && this._crowded(limit)) await (this._room ??= deferred()).promise;
      if (this._over) return;
      let page;
      try {
        page = await realtime.history(this.channel, { from, limit });
        tries = 0;
      } catch (error) {
        if (this._over) return;
        realtime._fault(error, this);
        if (!error.temporary) break;
        const due = deferred();
        realtime._clock.set(due.resolve, Math.max(error.retryAfter ?? 0, realtime._clock.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** tries++)));
        await due.promise;
        continue;
      }
      if (this._over) return;
      for (const item of page.messages) {
        const at = parsePosition(item.position);
        if (at?.epoch !== until.epoch || at.offset > until.offset) break;
        if (exact && at.offset > exact.offset + 1) {
          this._put({ type: 'gap', channel: this.channel, reason: 'trimmed', from: exact.offset + 1, to: at.offset - 1, position: `${at.epoch}:${at.offset - 1}` }, until, until);
        }
        exact = null;
        const { _seen: seen } = stream;
        if (seen && seen.epoch === at.epoch && at.offset <= seen.offset) item.replayed = true;
        this._put(item, until, until);
      }
      const reached = parsePosition(page.position);
      more = page.more === true && page.position !== from && reached?.epoch === until.epoch && reached.offset < until.offset;
      from = page.position;
    }
    this._release();
  }

  _crowded(limit) {
    return Math.max(this._backlog.length, ...[...this._readers].map(({ queue }) => queue.length)) + limit > this._limit;
  }

  /** Hands out what was held; `held` is what is held from now on. */
  _release(held = null) {
    const entries = this._held ?? [];
    this._held = held;
    for (const { item, before, after } of entries) this._pass(item, before, after);
    this._progressed();
  }

  // -- delivery

  _take(item, before, after) {
    if (this._held) enqueue(this._held, { item, before, after }, this._limit);
    else this._pass(item, before, after);
  }

  _pass(item, before, after) {
    const at = this._floor && parsePosition(item.position);
    if (at && at.epoch === this._floor.epoch) {
      if (at.offset <= this._floor.offset) return;
      if (item.type === 'gap' && item.from <= this._floor.offset) item = { ...item, from: this._floor.offset + 1 };
    }
    if (at) this._floor = null;
    this._put(item, before, after);
  }

  _put(item, before, after) {
    const entry = { item, before, after, number: ++this._delivered };
    for (const reader of this._readers) reader.push(entry, this._limit);
    if (this._has('message') && this._backlog.length === 0) {
      this._emit(item.type, item);
    } else if (this._has('message') || this._readers.size === 0) {
      if (item.type === 'gap' && !this._has('message') && this._has('gap')) {
        entry.told = true;
        this._emit('gap', item);
      }
      enqueue(this._backlog, entry, this._limit);
    } else if (item.type === 'gap') {
      this._emit('gap', item);
    }
    this._progressed();
  }

  /** What came before the first listener; in a microtask, so that a listener for gaps added in the same breath hears its part. */
  _flushSoon() {
    if (this._flushing || this._backlog.length === 0) return;
    this._flushing = true;
    queueMicrotask(() => {
      this._flushing = false;
      while (this._backlog.length > 0 && this._has('message')) {
        const { item, told } = this._backlog.shift();
        if (!told) this._emit(item.type, item);
      }
      this._progressed();
    });
  }

  _leave(reader) {
    if (!this._readers.delete(reader)) return;
    // The next loop goes on where this one stopped.
    if (this._readers.size === 0 && !this._has('message') && this.state !== 'ended') {
      const rest = new Queue();
      for (const entry of reader.queue) rest.push(entry);
      this._backlog = rest;
    }
    this._progressed();
  }

  _progressed() {
    this._room?.resolve();
    this._room = null;
    this._realtime._memory.touch();
  }

  _interrupt(error) {
    this._ready.reject(error);
    for (const reader of [...this._readers]) reader.finish(error);
  }

  _end(error) {
    if (this._over) return;
    this._over = true;
    this._ready.reject(error ?? new RealtimeError('not_subscribed', 'unsubscribed', { channel: this.channel }));
    for (const reader of [...this._readers]) reader.finish(error);
    this._progressed();
  }
}

// ---------------------------------------------------------------------------------------------- 3. Memory

/**
 * Session, numbers and positions across page reloads. A duplicated tab starts with a copy of sessionStorage; a Web Lock tells
 * the copy from the original, because two pages with one resume token would throw each other out for ever.
 */
class Memory {
  constructor(realtime, { storage, storageKey, locks, producer, positions }) {
    this._realtime = realtime;
    this._storage = storage;
    this._key = storageKey;
    this._locks = locks;
    this._fixed = producer;
    this._timer = null;
    this._release = null;
    this._claimed = null;
    this.places = new Map(Object.entries(positions ?? {}));  // positions of channels that have no subscription here (yet)
    this.channels = new Set();                              // subscribed by the page before the reload
    this.attempt = 0;                                       // the number of the last hello
    this._fresh();
  }

  _fresh() {
    this.session = null;
    this.producer = this._fixed ?? randomName('p-');
    this._next = 1;
    this._reserved = 1;
  }

  /** Whether another page could go on as this session. */
  get stored() { return this._storage !== null && this._storage !== undefined; }

  /** Once, before the first hello. */
  claim() {
    return (this._claimed ??= this._claim());
  }

  async _claim() {
    if (!this._storage) return;
    const record = this._read();
    const mine = record && (await this._lock(record.producer));
    if (mine) {
      this.session = record.session ?? null;
      if (Number.isSafeInteger(record.attempt)) this.attempt = Math.max(this.attempt, record.attempt);
      if (Array.isArray(record.others)) this._realtime._addresses.hear(record.others);
      for (const [channel, position] of Object.entries(record.positions ?? {})) this.places.set(channel, position);
      // Subscribed in the same breath as the client was made: those go on from here too, also when the server lost the session.
      for (const stream of this._realtime._streams.values()) stream._goOn();
      this.channels = new Set(record.channels ?? []);
      // Without a lock nobody can say that no other page goes on with these numbers, and a number used twice is a message lost.
      if (this._release || this._fixed === record.producer) {
        this.producer = record.producer;
        this._next = this._reserved = record.nextSeq;
      }
    }
    if (!this._release) await this._lock(this.producer);
    this.save();
  }

  _read() {
    try {
      const record = JSON.parse(this._storage.getItem(this._key));
      if (record && record.version === 1 && typeof record.producer === 'string' && Number.isSafeInteger(record.nextSeq)) return record;
    } catch (error) {
      this._realtime._fault(new RealtimeError('internal', 'the stored session cannot be read; starting anew', { cause: error }));
    }
    return null;
  }

  /** True when the lock is ours, or when there are no locks to ask. Held until the page goes. */
  async _lock(name) {
    if (!this._locks) return true;
    const { _clock: clock } = this._realtime;
    const patience = new AbortController();
    const timer = clock.set(() => patience.abort(), reloaded() ? RELOAD_PATIENCE : LOCK_PATIENCE);
    const granted = await new Promise((resolve) => {
      this._locks.request(`${this._key}:${name}`, { signal: patience.signal }, () => new Promise((release) => {
        this._release = release;
        resolve(true);
      })).catch(() => resolve(false));
    });
    clock.clear(timer);
    return granted;
  }

  /** The next sequence number. Reserved in storage before its use: after a reload a smaller one must not come again. */
  take() {
    if (this._next >= this._reserved) {
      this._reserved = this._next + SEQ_BLOCK;
      this.save();
    }
    return this._next++;
  }

  /**
   * The number of the next hello: the server refuses one that it gets after a newer one, which would throw this client out. By the
   * clock, because what was stored may be lost; stored, because the clock may be set back.
   */
  nextAttempt() {
    this.attempt = Math.max(this.attempt + 1, Date.now());
    this.save();
    return this.attempt;
  }

  /** The application chose a number; ours go on above it. */
  passed(seq) {
    if (seq < this._next) return;
    this._next = seq + 1;
    if (this._next > this._reserved) this._reserved = this._next;
    this.save();
  }

  touch() {
    if (!this._storage || this._timer !== null || !this.session) return;
    this._timer = this._realtime._clock.set(() => { this._timer = null; this.save(); }, 250);
  }

  save() {
    if (!this._storage || !this._claimed) return;
    const positions = dictionary([...this.places].slice(-256));
    const channels = [];
    for (const [channel, stream] of this._realtime._streams) {
      const at = stream.processed;
      if (at) positions[channel] = at;
      if (stream._wanted || this.channels.has(channel)) channels.push(channel);
    }
    const { others } = this._realtime._addresses;
    const record = { version: 1, session: this.session, producer: this.producer, nextSeq: this._reserved, attempt: this.attempt, positions, channels, others };
    try {
      this._storage.setItem(this._key, JSON.stringify(record));
    } catch (error) {
      // Better no memory than an old one: it would hand out numbers that were used.
      const storage = this._storage;
      this._storage = null;
      storage.removeItem(this._key);
      this._realtime._fault(new RealtimeError('internal', 'the session cannot be stored; a reload will start a new one', { cause: error }));
    }
  }

  /** The session is over. A later one starts as if the page were new. */
  forget() {
    if (this._timer !== null) this._realtime._clock.clear(this._timer);
    this._timer = null;
    this._release?.();
    this._release = null;
    this._claimed = null;
    this.places.clear();
    this.channels.clear();
    this._storage?.removeItem(this._key);
    this._fresh();
  }
}

// ---------------------------------------------------------------------------------------------- 4. Link

/**
 * Where to connect: the configured address and those that the cluster has named since. While the configured one gives no answer the others take turns
 * with it, every second attempt being its own: of the others some may be gone, or out of reach from here.
 */
class Addresses {
  constructor(own) {
    this.own = own;
    this.others = [];  // the newest first
    this._turn = 0;
  }

  get next() {
    const { own, others, _turn: turn } = this;
    return this.elsewhere ? new URL(others[(turn >> 1) % others.length]) : own;
  }

  /** The next attempt is not our own address's, nor its gateway's. */
  get elsewhere() { return this._turn % 2 === 1 && this.others.length > 0; }

  /** No answer came from the last one. */
  passOn() { this._turn += 1; }

  startOver() { this._turn = 0; }

  /** The server named these; what is no address, or none for us, is passed over. */
  hear(named) {
    const known = new Set();
    for (const text of [...named, ...this.others]) {
      if (typeof text !== 'string') continue;
      try {
        known.add(String(namedUrl(text, this.own, this.own)));
      } catch {
        // One that a newer server understands, or a mistake in its configuration: there are others.
      }
    }
    known.delete(String(this.own));
    this.others = [...known].slice(0, MOST_OTHERS);
  }
}

class Link {
  constructor(realtime, url, credentials) {
    this._realtime = realtime;
    this._clock = realtime._clock;
    this.credentials = credentials;  // { token, fresh }
    this.up = false;                 // after welcome
    this.over = false;
    this.session = null;             // the resume token that hello carried
    this.helloId = 0;
    this.answered = false;           // hello got an answer other than welcome
    this.address = null;             // without the query
    this.placed = false;             // the gateway named its address
    this.move = null;                // the frame that this link follows
    this._url = url;
    this._opened = false;
    this._detail = undefined;        // what the socket said about its failure; browsers say nothing
    this._heard = this._clock.now();
    this._limit = realtime._options.connectTimeout ?? 10_000;
    this._graced = false;
    this._queued = 0;                // bytes ever given to the socket, and how many of them had left it
    this._left = 0;
    this._uploading = false;
    const Socket = realtime._options.WebSocket ?? globalThis.WebSocket;
    if (!Socket) throw new RealtimeError('closed', 'no WebSocket here: pass one in the options');
    this._socket = new Socket(String(url), SUBPROTOCOL);
    this._socket.onopen = () => {
      this._opened = true;
      realtime._greet(this);
    };
    this._socket.onmessage = (event) => this._receive(event.data);
    this._socket.onclose = (event) => this._lost({ code: event.code, reason: event.reason });
    // Says nothing, and a close event follows in the same turn; but not in Node 20 when the connection was never made.
    this._socket.onerror = (event) => {
      this._detail = event?.message || event?.error?.cause?.message || event?.error?.message;
      this._clock.set(() => this._lost({ code: 1006 }), 0);
    };
    this._watch();
  }

  send(frame, text = JSON.stringify(frame)) {
    const before = this._socket.bufferedAmount ?? 0;
    this._socket.send(text);
    const waiting = this._socket.bufferedAmount ?? 0;
    this._queued += waiting - before;
    if (waiting > 0 && !this._uploading) this._watch();
    this._realtime._emit('frame', { direction: 'out', frame });
  }

  welcomed({ every, timeout }) {
    this.up = true;
    this._limit = (every + timeout) * 1000;
    this._watch();
  }

  /** No handler runs after this. */
  cut(abruptly = false) {
    if (this.over) return;
    this.over = true;
    if (this.helloId && !this.up && !this.answered) this._realtime._unheard.push(this._clock.now() + STILL_ON_ITS_WAY);
    this._clock.clear(this._timer);
    this._socket.onopen = this._socket.onmessage = this._socket.onclose = null;
    if (abruptly && this._socket.terminate) this._socket.terminate();
    else this._socket.close(1000);
  }

  _receive(text) {
    if (this.over) return;
    this._heard = this._clock.now();
    this._graced = false;
    let frames;
    try {
      frames = JSON.parse(text);
    } catch (error) {
      this._realtime._fault(new RealtimeError('protocol', 'the server sent something that is not JSON', { cause: error }));
      return this._lost({ reason: 'protocol' });
    }
    for (const frame of Array.isArray(frames) ? frames : [frames]) {
      if (this.over) return;
      this._realtime._emit('frame', { direction: 'in', frame });
      try {
        this._realtime._frame(this, frame);
      } catch (error) {
        this._realtime._fault(new RealtimeError('protocol', `a ${frame?.type} frame made no sense`, { cause: error }));
        return this._lost({ reason: 'protocol' });
      }
    }
  }

  /** Bytes that leave the socket are a sign of life: while a large upload drains, nothing need come the other way. */
  _look() {
    const waiting = this._socket.bufferedAmount ?? 0;
    if (this._queued - waiting > this._left) this._heard = this._clock.now();
    this._left = this._queued - waiting;
    this._uploading = waiting > 0;
  }

  /** Silence beyond the limit is a dead link, whatever the socket believes. */
  _watch() {
    if (this.over) return;
    this._clock.clear(this._timer);
    this._look();
    const soon = this._uploading ? this._clock.now() + this._limit / 4 : Infinity;
    const due = Math.min(soon, Math.max(this._heard + this._limit, this._graced ? this._clock.now() + 1000 : 0));
    this._timer = this._clock.set(() => {
      this._look();
      const now = this._clock.now();
      if (now - this._heard < this._limit) return this._watch();
      if (now - due > 1000 && !this._graced) {
        // The page was frozen. What the server said meanwhile may stand in the event queue right behind this timer.
        this._graced = true;
        return this._watch();
      }
      this._lost({ reason: this.up ? 'silence' : 'no welcome' });
    }, Math.max(0, due - this._clock.now()));
  }

  _word(code) {
    if (!this._opened) return 'unreachable';
    return code === undefined || code === 1000 || code === 1005 || code === 1006 ? 'disconnected' : `close code ${code}`;
  }

  _explain({ code, reason, error }) {
    if (error) return error.message;
    const { origin, pathname } = new URL(this._url);  // the query has a ticket
    const place = `${origin}${pathname}`;
    if (!this._opened && reason !== 'no welcome') return `${place} cannot be reached or refuses the handshake${this._detail ? ` (${this._detail})` : ''}`;
    if (reason === 'silence' || reason === 'no welcome') return `${place} says nothing`;
    if (reason) return `${place} ended the connection: ${reason}`;
    return `the connection to ${place} broke${code === undefined ? '' : ` (close code ${code})`}`;
  }

  _lost(why) {
    if (this.over) return;
    this.cut();
    this._realtime._over(this, { ...why, reason: why.reason || this._word(why.code), message: this._explain(why) });
  }
}

// ---------------------------------------------------------------------------------------------- 5. Realtime

export class Realtime extends Emitter {
  constructor(url, options) {
    super();
    if (url && typeof url === 'object' && !(url instanceof URL)) [url, options] = [undefined, url];
    this._options = { ...options, client: copyOf(options?.client, 'client'), data: copyOf(options?.data, 'data') };
    const page = globalThis.location?.origin;
    if (!url && !page) throw new TypeError('a url is needed outside of a page');
    this._url = socketUrl(url ?? '/', globalThis.location?.href);
    const { gateway } = this._options;
    this._gateway = gateway ? gatewayUrl(gateway === true ? undefined : gateway, this._url, globalThis.location?.href) : null;
    this._addresses = new Addresses(this._url);
    this._detour = false;         // the place that the gateway or a move named did not work: next time our own address
    this._clock = {
      now: this._options.now ?? (() => performance.now()),  // monotonic: the wall clock may be set while a link is watched
      wall: this._options.wall ?? (() => Date.now()),       // what tokens go by
      random: this._options.random ?? (() => Math.random()),
      set: this._options.setTimeout ?? ((callback, ms) => setTimeout(callback, ms)),
      clear: this._options.clearTimeout ?? ((handle) => clearTimeout(handle)),
    };
    this._renewTimer = null;
    this._streams = new Map();        // by channel
    this._subscriptions = new Map();  // the oldest one of each channel
    this._memory = new Memory(this, {
      storage: this._options.storage === undefined ? browserStorage() : this._options.storage,
      storageKey: this._options.storageKey ?? `realtime:${this._url}`,
      locks: this._options.locks === undefined ? globalThis.navigator?.locks ?? null : this._options.locks,
      producer: this._options.producer,
      positions: this._options.positions,
    });
    this._state = 'idle';
    this._welcome = null;
    this._sessionState = dictionary();
    this._limits = DEFAULT_LIMITS;
    this._wanted = false;         // somebody wants to be connected
    this._untouched = true;       // nobody has said connect or disconnect yet
    this._offline = false;
    this._turn = 0;               // every decision about connecting makes the ones under way void
    this._link = null;            // the link in use, or the one being made
    this._next = null;            // during a move: the one that will replace it
    this._parting = new Set();    // left, but the last replies may still come
    this._unheard = [];           // until when each hello that was given up unanswered may still be on its way
    this._settling = false;
    this._failures = 0;
    this._upSince = null;
    this._crashWindow = null;
    this._announced = false;      // the present wait was set by the server
    this._timer = null;
    this._moveTimer = null;
    this._claimTimer = null;
    this._connecting = new Set();  // the calls of `connect` that wait
    this._reason = null;
    this._awake = null;
    this._closing = null;
    this._token = undefined;
    this._ids = 0;
    this._requests = new Map();   // unanswered, by id, in the order they were made
    this._publishes = [];         // the publishes among them, in the order they go out
    this._ordinal = 0;
    this._acked = new Map();
    if (globalThis.document && globalThis.addEventListener) {
      globalThis.addEventListener('online', () => this._networkIsBack());
      globalThis.addEventListener('pagehide', (event) => this._pageHides(event?.persisted === true));
    }
  }

  get url() { return String(this._url); }
  get state() { return this._state; }
  get session() { return this._memory.session; }
  get user() { return this._welcome?.user ?? null; }
  get node() { return this._welcome?.node ?? null; }
  get address() { return this._link?.up ? this._link.address : null; }
  get limits() { return this._limits; }
  get sessionState() { return this._sessionState; }
  get subscriptions() { return this._subscriptions; }
  get offline() { return this._offline; }

  set offline(value) {
    if (this._offline === Boolean(value)) return;
    this._offline = Boolean(value);
    if (!this._wanted) return;
    if (this._offline) {
      this._dropLinks(true);
      this._setState('waiting', { reason: 'offline' });
    } else {
      this._failures = 0;
      this._open();
    }
  }

  /** Why there is no connection: `{ code, message }`. Null while there is one, and before anything went wrong. */
  get reason() { return this._reason; }

  connect({ deadline } = {}) {
    if (deadline !== undefined && deadline !== Infinity && !(typeof deadline === 'number' && deadline >= 0 && deadline <= LONGEST_DEADLINE)) {
      return Promise.reject(new RealtimeError('bad_request', `deadline is no number of milliseconds from 0 to ${LONGEST_DEADLINE}`));
    }
    if (this._closing) return this._closing.then(() => this.connect({ deadline }));
    if (this._state === 'connected') return Promise.resolve(this._welcome);
    const waiting = deferred();
    this._connecting.add(waiting);
    if (deadline !== undefined && deadline !== Infinity) waiting.timer = this._clock.set(() => this._tooLate(waiting, deadline), deadline);
    if (!this._wanted) {
      this._untouched = false;
      this._wanted = true;
      this._needed();
      if (this._offline) this._setState('waiting', { reason: 'offline' });
      else this._open();
    }
    return waiting.promise;
  }

  /** The deadline of a `connect` is over. Nothing goes on trying for it, unless something else needs the connection. */
  _tooLate(waiting, deadline) {
    if (!this._connecting.delete(waiting)) return;
    const why = this._reason ? `${this._reason.code}: ${this._reason.message}` : 'nothing has answered yet';
    waiting.reject(new RealtimeError('timeout', `not connected within ${deadline} ms; ${why}`));
    const needed = this._connecting.size > 0 || this._requests.size > 0 || [...this._streams.values()].some(({ _wanted }) => _wanted);
    if (needed || !this._wanted || this._welcome) return;
    this.disconnect();
    this._untouched = true;  // what is asked for later connects by itself
  }

  /** A request was made or answered: the first one connects, and while one is open Node must not end for want of anything to do. */
  _needed() {
    if (this._untouched && this._requests.size > 0) this.connect();
    const awake = this._wanted && this._requests.size > 0;
    if (awake && this._awake === null) this._awake = this._clock.set(() => { this._awake = null; this._needed(); }, AWAKE);
    if (awake || this._awake === null) return;
    this._clock.clear(this._awake);
    this._awake = null;
  }

  disconnect() {
    this._untouched = false;
    if (!this._wanted) return;
    this._wanted = false;
    this._dropLinks(false);
    this._memory.save();
    this._needed();
    this._setState('idle');
    this._rejectConnecting(new RealtimeError('disconnected'));
  }

  close() {
    return (this._closing ??= this._close().finally(() => { this._closing = null; }));
  }

  async _close() {
    const link = this._link?.up ? this._link : null;
    this._untouched = false;
    this._wanted = false;
    this._setState('closed');
    this._clock.clear(this._moveTimer);
    if (link) {
      // A hello of a move that is out may be handled after the bye, and would open another session: it is followed by a bye of its own.
      const next = this._next;
      if (next && !next.helloId) next.cut();
      // Publishes before the bye are answered before its reply, so the link is kept until then.
      this._link = this._next = null;
      await Promise.all([link, next].filter((one) => one && !one.over).map((one) => this._part(one, { type: 'bye', id: ++this._ids })));
    }
    const error = new RealtimeError('closed', 'the client was closed');
    this._dropLinks(false);
    this._rejectAll(error);
    for (const stream of this._streams.values()) stream._end();
    this._streams.clear();
    this._subscriptions.clear();
    this._memory.forget();
    this._acked.clear();
    this._sessionState = dictionary();
    this._welcome = null;
    this._rejectConnecting(error);
  }

  /**
   * A page goes. Whether it is reloaded, left or its tab closed is not known here, only to the page that comes next, if one does; so a session
   * that a next page could resume is kept, unless the application says otherwise. One that no page can resume ends now, and presence with it.
   */
  _pageHides(persisted) {
    this._memory.save();
    if (persisted || this._state === 'closed') return;  // it may come back as it is
    if (this._memory.stored && this._options.leave !== 'pagehide') return;
    this.close();
    this._memory.forget();  // at once: nothing runs later
  }

  // -- connecting

  async _open() {
    const turn = ++this._turn;
    this._clock.clear(this._timer);
    this._timer = null;
    this._setState('connecting');
    let credentials;
    try {
      await this._memory.claim();
      credentials = await this._credentials();
    } catch (error) {
      if (turn !== this._turn) return;
      this._fault(new RealtimeError('unauthorized', 'no token could be had', { cause: error }));
      this._reason = { code: 'token', message: `no token could be had (${error?.message ?? error})` };
      return this._wait(this._pace(), 'token');
    }
    if (turn !== this._turn) return;
    const place = await this._place();
    if (turn !== this._turn) return;
    if (place.retryAfter !== undefined) this._reason = { code: 'gateway', message: `${this._gateway.origin} says to come later` };
    if (place.retryAfter !== undefined) return this._wait(place.retryAfter * (1 + this._clock.random() / 2), 'gateway', true);
    if (place.notBefore > 0) {
      const due = deferred();
      this._timer = this._clock.set(due.resolve, place.notBefore);
      await due.promise;
      if (turn !== this._turn) return;
    }
    try {
      this._link = new Link(this, handshakeUrl(place.url, { ticket: place.ticket, resume: this._memory.session }), credentials);
      this._link.address = String(place.url);
      this._link.placed = place.placed === true;
    } catch (error) {
      this._finish(error instanceof RealtimeError ? error : new RealtimeError('closed', error.message, { cause: error }));
    }
  }

  /** Where to connect. A gateway that cannot be asked, or answers nonsense, keeps nobody out: the addresses we know serve as well. */
  async _place() {
    const detour = this._detour;
    this._detour = false;
    if (detour) return { url: this._url };
    const usual = { url: this._addresses.next };
    // A gateway may name a node that has just died, for some seconds: the turns of the others are theirs, whatever it would say.
    if (!this._gateway || this._addresses.elsewhere) return usual;
    const patience = new AbortController();
    const timer = this._clock.set(() => patience.abort(), GATEWAY_PATIENCE);
    try {
      const { session } = this._memory;
      const ask = this._options.fetch ?? globalThis.fetch;
      const response = await ask(String(this._gateway), {
        cache: 'no-store', credentials: 'omit', signal: patience.signal, headers: session ? { Authorization: `Bearer ${session}` } : {},
      });
      if (response.status === 503 || response.status === 429) {
        const wait = retryAfter(response.headers.get('Retry-After'), Date.now());
        return wait === undefined ? usual : { retryAfter: wait };
      }
      if (!response.ok) return usual;
      const { url: named, ticket, notBefore } = await response.json();
      if (typeof named !== 'string' || named === '') return usual;
      const url = namedUrl(named, this._gateway, this._url);
      return { url, placed: String(url) !== String(this._url), ticket, notBefore: Math.min(Number(notBefore) || 0, LONGEST_WAIT) };
    } catch {
      return usual;
    } finally {
      this._clock.clear(timer);
    }
  }

  async _credentials() {
    const { token } = this._options;
    if (typeof token !== 'function') return { token: this._token ?? token, fresh: true };
    if (this._token !== undefined) return { token: this._token, fresh: false };
    const told = await token();
    if (told !== undefined && told !== null && typeof told !== 'string') throw new RealtimeError('bad_request', `token is no string (it is ${typeof told})`);
    this._token = told ?? undefined;
    return { token: this._token, fresh: true };
  }

  /** The socket is open: say who we are and how far we got. */
  _greet(link) {
    const { memory, options } = { memory: this._memory, options: this._options };
    const hello = { type: 'hello', id: (link.helloId = ++this._ids), attempt: memory.nextAttempt(), producer: memory.producer };
    if (link.credentials.token !== undefined) hello.token = link.credentials.token;
    if (memory.session) hello.session = link.session = memory.session;
    if (options.client) hello.client = options.client;
    if (options.data !== undefined) hello.data = options.data;
    let budget = HELLO_BUDGET - bytesOf(JSON.stringify(hello));
    // What does not fit follows in frames of its own; the server attaches the session when it has the last one.
    const rest = [];
    let room = budget;
    let part = (hello.positions = dictionary());
    for (const [channel, position] of this._positions()) {
      const cost = bytesOf(JSON.stringify(channel)) + position.length + 4;
      if (room < cost) {
        rest.push((part = dictionary()));
        room = POSITIONS_BUDGET;
      }
      room -= cost;
      part[channel] = position;
    }
    budget = rest.length > 0 ? 0 : room;
    if (Object.keys(hello.positions).length === 0) delete hello.positions;
    if (!memory.session) {
      const subscriptions = [];
      for (const stream of this._streams.values()) {
        if (!stream._wanted || typeof stream._source === 'function') continue;
        const { type, ...request } = this._subscribeFrame(stream, stream._source);
        budget -= bytesOf(JSON.stringify(request)) + 1;
        if (budget < 0) break;
        subscriptions.push(request);
      }
      if (subscriptions.length > 0) hello.subscriptions = subscriptions;
    }
    if (rest.length > 0) hello.more = true;
    link.send(hello);
    rest.forEach((positions, n) => link.send({ type: 'positions', positions, ...(n < rest.length - 1 ? { more: true } : {}) }));
  }

  _positions() {
    const all = new Map(this._memory.places);
    for (const [channel, { position }] of this._streams) if (position) all.set(channel, position);
    return all;
  }

  _welcomed(link, welcome) {
    const lost = link.session !== null && !welcome.resumed;
    const moved = link.move;
    let old = null;
    if (link === this._next) {
      old = this._link;
      this._link = link;
      this._next = null;
    }
    link.move = null;
    link.welcomed(welcome.ping);
    this._upSince = this._clock.now();
    this._crashWindow = welcome.crashWindow ?? 0;
    this._renewIn(welcome.expiresIn);
    this._limits = { ...DEFAULT_LIMITS, ...welcome.limits };
    this._sessionState = dictionary(Object.entries(welcome.state ?? {}));
    this._welcome = welcome;
    this._memory.session = welcome.session;
    this._hear(welcome, link);
    if (lost) this._acked.clear();

    for (const stream of this._streams.values()) stream._live = false;
    // Listeners run in here and may ask for things: what they ask is sent at the end, behind what has waited longer.
    this._settling = true;
    try {
      this._setState('connected');
      if (lost) this._emit('lost', { session: link.session });
      this._emit('welcome', welcome);
      if (old) this._leaveLink(old);
      this._settleSubscriptions(welcome);
    } finally {
      this._settling = false;
    }
    if (link !== this._link) return;  // a listener closed or disconnected
    const waiting = [...this._requests.values()].filter((request) => !request.link && request.kind !== 'publish');
    for (const request of waiting) if (request.frame.type === 'unsubscribe') this._transmit(request);
    for (const stream of [...this._streams.values()]) {
      if (!stream._live) this._subscribe(stream, link);
    }
    for (const request of waiting) if (request.frame.type !== 'unsubscribe') this._transmit(request);
    this._pump();
    this._memory.save();
    if (moved) this._emit('move', { url: moved.url, reason: moved.reason, phase: 'done' });
    for (const { resolve } of this._takeConnecting()) resolve(welcome);
  }

  /** The address in use comes after those the node names: when it is lost, it is the one that will not answer. Each client begins with another one. */
  _hear({ others }, { address }) {
    const named = Array.isArray(others) ? others.slice(0, MOST_OTHERS) : [];
    const first = Math.floor(this._clock.random() * named.length);
    this._addresses.hear([...named.slice(first), ...named.slice(0, first), address]);
    this._addresses.startOver();
  }

  /** `welcome` is the full truth about what is subscribed; everything else is made anew afterwards, at our positions. */
  _settleSubscriptions(welcome) {
    const left = new Set();
    for (const { frame, link } of this._requests.values()) if (frame.type === 'unsubscribe' && !link) left.add(frame.channel);
    const listed = new Map((welcome.subscriptions ?? []).map((entry) => [entry.channel, entry]));
    for (const [channel, entry] of listed) {
      if (left.has(channel)) continue;
      const known = this._streams.get(channel);
      if (!known) {
        this._inherit(channel, entry);
        continue;
      }
      const first = known.state === 'subscribing';
      known._confirmed(entry, welcome.resumed ? { already: true } : {});
      // A reloaded page: others still see what the page before it said. A lost node: it writes updates behind, and the next one may not know the last.
      if ((first || known._updated) && welcome.resumed && known._presence !== undefined) known._update(known._presence).catch((error) => this._fault(error, known));
    }
    for (const stream of [...this._streams.values()]) {
      if (!stream._live && !stream._wanted) this._dropped(stream, 'not resumed');
    }
    if (this._memory.channels.size > 0 && this._claimTimer === null) {
      this._claimTimer = this._clock.set(() => this._releaseUnclaimed(), this._options.claimWithin ?? 30_000);
    }
  }

  /** Subscribed by the server, or by this page before it was reloaded. Kept, with all that comes, until somebody asks for it. */
  _inherit(channel, entry) {
    const stream = new Stream(this, channel);
    stream._wanted = false;
    stream._goOn();
    this._streams.set(channel, stream);
    this._subscriptions.set(channel, new Subscription(stream));
    stream._confirmed(entry, { already: true, inherited: true });
  }

  _releaseUnclaimed() {
    this._claimTimer = null;
    for (const stream of [...this._streams.values()]) {
      if (stream._wanted || !this._memory.channels.has(stream.channel)) continue;
      const { channel, processed } = stream;
      this._unsubscribe(this._subscriptions.get(channel)).catch((error) => this._fault(error));
      if (processed) this._memory.places.set(channel, processed);
      this._emit('unsubscribed', { channel, reason: 'unclaimed' });
    }
    this._memory.channels.clear();
  }

  // -- the end of links

  _over(link, why) {
    this._memory.save();
    if (this._parting.delete(link)) {
      link.parted();
      this._orphan(link);
      return;
    }
    if (link === this._next) {
      this._next = null;
      this._emit('move', { url: link.move.url, reason: link.move.reason, phase: 'failed' });
      return;
    }
    if (link !== this._link) return;
    this._link = null;
    this._detour = !link.up && (link.placed || link.move !== null);
    if (!link.up && !link.answered && !this._detour) this._addresses.passOn();
    if (link.up && isLeaving(why.code) && link.address === String(this._url)) this._addresses.passOn();
    this._clock.clear(this._moveTimer);
    this._orphan(link);
    if (link.move) this._emit('move', { url: link.move.url, reason: link.move.reason, phase: 'failed' });
    if (this._next) {
      // The old link of a move went first (superseded, as it should be): the new one is on its way already.
      this._link = this._next;
      this._next = null;
      return;
    }
    for (const stream of this._streams.values()) stream._live = false;
    this._decide(link, why);
  }

  _decide(link, { code, reason, reconnect, error, message }) {
    this._reason = { code: reason, message };
    const forGood = (reconnect === false || (reconnect === undefined && code >= 4200 && code <= 4299)) && !(code === 4200 && this._explained());
    const expired = error?.code === 'token_expired' || reason === 'token_expired';
    if (expired && typeof this._options.token === 'function') {
      this._token = undefined;
      const worked = link.up && this._clock.now() - this._upSince >= 1000;
      if (!reconnect && (worked || !link.credentials.fresh)) return this._open();
      if (!reconnect) return this._wait(this._pace(), reason);
    }
    if (forGood) {
      const final = `the server closed the connection for good (${code ?? 'no code'})`;
      return this._finish(error ?? new RealtimeError(code >= 4200 && reason === `close code ${code}` ? 'closed' : reason, final, { outcome: 'unknown' }));
    }
    if (reconnect) return this._wait((reconnect.after ?? 0) + this._clock.random() * (reconnect.within ?? 0), reason, true);
    if (this._detour) return this._wait(0, reason);
    if (code >= 4100 && code <= 4199 && link.up) return this._wait(0, reason);
    return this._wait(this._pace(), reason);
  }

  /**
   * A takeover can be our own doing: a hello that we gave up unanswered, while the session was out of reach, may be handled after a newer one.
   * Each explains one takeover.
   */
  _explained() {
    this._unheard = this._unheard.filter((until) => until > this._clock.now());
    return this._unheard.shift() !== undefined;
  }

  /** Rule 10: the whole crowd spreads over the crash window first, then every client backs off on its own. */
  _pace() {
    if (this._upSince !== null && this._clock.now() - this._upSince >= HEALTHY) this._failures = 0;
    this._upSince = null;
    const failures = this._failures++;
    if (this._crashWindow !== null && failures === 0) return this._clock.random() * this._crashWindow;
    const exponent = this._crashWindow === null ? failures : failures - 1;
    return this._clock.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** exponent);
  }

  _wait(delay, reason, announced = false) {
    this._turn++;
    this._announced = announced;
    this._clock.clear(this._timer);
    this._timer = this._clock.set(() => this._open(), delay);
    this._setState('waiting', { reason, retryIn: delay });
  }

  /** The long waits were for a network that was away; now it is a first loss again. */
  _networkIsBack() {
    if (this._state !== 'waiting' || this._offline || this._announced) return;
    this._failures = 0;
    this._wait(this._pace(), 'online');
  }

  /** The server said no for good. `connect` may be called again, by a person. */
  _finish(error) {
    this._wanted = false;
    this._dropLinks(false);
    this._reason = { code: error.code, message: error.message };
    this._setState('closed', { reason: error.code });
    this._rejectAll(error);
    for (const stream of this._streams.values()) stream._interrupt(error);
    this._memory.save();
    this._fault(error);
    this._rejectConnecting(error);
  }

  /** Something is wrong on the present link: start over from our positions. */
  _broken(reason, reported = false) {
    if (!reported) this._fault(new RealtimeError('protocol', reason));
    this._link?._lost({ reason });
  }

  _dropLinks(abruptly) {
    this._turn++;
    this._clock.clear(this._timer);
    this._clock.clear(this._moveTimer);
    this._clock.clear(this._claimTimer);
    this._timer = this._claimTimer = null;
    const links = [this._link, this._next, ...this._parting].filter(Boolean);
    this._link = this._next = null;
    this._parting.clear();
    for (const link of links) {
      link.cut(abruptly);
      link.parted?.();
      this._orphan(link);
    }
    for (const stream of this._streams.values()) stream._live = false;
  }

  /** Leaves a link that was replaced. Only what cannot be repeated keeps it open for its answers. */
  _leaveLink(link) {
    let awaited = false;
    for (const request of this._requests.values()) {
      if (request.link !== link) continue;
      if (request.kind === 'once' || (request.kind === 'publish' && !request.numbered)) awaited = true;
      else this._unsend(request);
    }
    if (awaited) this._part(link);
    else {
      link.cut();
      this._orphan(link);
    }
  }

  async _part(link, farewell) {
    this._parting.add(link);
    const over = deferred();
    link.parted = over.resolve;
    link.bye = farewell?.id;
    if (farewell) link.send(farewell);
    const timer = this._clock.set(over.resolve, PARTING);
    await over.promise;
    this._clock.clear(timer);
    this._parting.delete(link);
    link.cut();
    this._orphan(link);
  }

  // -- moving: the new link first

  _follow(frame) {
    this._emit('move', { url: frame.url, reason: frame.reason, phase: 'announced' });
    this._addresses.hear([frame.url]);
    this._memory.touch();
    this._clock.clear(this._moveTimer);
    const delay = (frame.after ?? 0) + this._clock.random() * (frame.within ?? 0);
    this._moveTimer = this._clock.set(async () => {
      const turn = this._turn;
      try {
        const credentials = await this._credentials();
        if (turn !== this._turn || !this._link?.up || this._next) return;
        const address = namedUrl(frame.url, this._url, this._url);
        this._next = new Link(this, handshakeUrl(address, { ticket: frame.ticket, resume: this._memory.session }), credentials);
        Object.assign(this._next, { address: String(address), move: frame });
      } catch (error) {
        this._fault(new RealtimeError('disconnected', `cannot move to ${frame.url}`, { cause: error }));
        this._emit('move', { url: frame.url, reason: frame.reason, phase: 'failed' });
      }
    }, delay);
  }

  // -- frames

  _frame(link, frame) {
    switch (frame.type) {
      case 'ping': return this._pong(link);
      case 'reply': return this._answered(link, frame);
      case 'error': return this._failed(link, frame);
      case 'goodbye': return this._goodbye(link, frame);
      case 'welcome':
        if (!link.up && frame.id === link.helloId && !this._parting.has(link)) this._welcomed(link, frame);
        return;
    }
    if (link !== this._link) return;  // the new link of a move delivers these from our positions
    if (!link.up) throw new Error(`${frame.type} came before welcome`);
    const stream = this._streams.get(frame.channel);
    switch (frame.type) {
      case 'message': return stream?._message(frame);
      case 'gap': return stream?._gap(frame);
      case 'joined':
      case 'left':
      case 'changed': return stream?._change(frame);
      case 'roster':
        if (stream?._live) stream._roster(frame);
        return;
      case 'subscribed': return this._madeByServer(frame);
      case 'unsubscribed':
        if (stream && !(frame.reason === 'token_expired' && stream._expired(link))) this._dropped(stream, frame.reason);
        return;
      case 'move': return this._follow(frame);
    }
  }

  _pong(link) {
    const positions = link === this._link && link.up ? this._unacked() : {};
    link.send(Object.keys(positions).length > 0 ? { type: 'pong', ack: positions } : { type: 'pong' });
  }

  _goodbye(link, { code, reason, reconnect }) {
    link.answered = true;
    if (link === this._link && !this._next) this._emit('goodbye', { code, reason, reconnect });
    link._lost({ code, reason, reconnect });
  }

  _madeByServer(frame) {
    const known = this._streams.get(frame.channel);
    if (!known) return this._inherit(frame.channel, frame);
    known._confirmed({ ...frame, already: true });
  }

  _dropped(stream, reason) {
    const { channel, processed } = stream;
    this._streams.delete(channel);
    this._subscriptions.delete(channel);
    if (processed) this._memory.places.set(channel, processed);
    stream._end();
    stream._emit('unsubscribed', { channel, reason });
    this._emit('unsubscribed', { channel, reason });
  }

  // -- requests

  get _connected() { return Boolean(this._link?.up) && !this._settling; }

  /**
   * kind `repeat`: sent again on the next link until it is answered; `once`: a lost link leaves its outcome unknown;
   * `link`: belongs to one link, whoever made it makes a new one; `publish`: goes through the window.
   */
  _request(frame, { kind = 'repeat', signal, numbered = false, ...more } = {}) {
    const answer = deferred();
    if (this._state === 'closed') {
      answer.reject(new RealtimeError('closed', 'the client is closed'));
      return answer.promise;
    }
    const id = ++this._ids;
    try {
      // Written now: what the caller changes later is not what it asked for.
      for (const [name, value] of Object.entries(frame)) if (value !== null && typeof value !== 'string') frame[name] = JSON.parse(toJson(value, name, frame.channel));
      for (const name of ['channel', 'method', 'key', 'token']) {
        if (name in frame && typeof frame[name] !== 'string') throw new RealtimeError('bad_request', `${name} is no string`);
      }
    } catch (error) {
      answer.reject(error);
      return answer.promise.then((value) => value);
    }
    frame.id = id;
    const request = { id, frame, kind, numbered, link: null, answer, ...more };
    this._requests.set(request.id, request);
    this._needed();
    if (kind === 'publish') this._publishes.push(Object.assign(request, { ordinal: ++this._ordinal, tries: 0, waiting: false }));
    if (signal) this._abortable(request, signal);
    if (!this._requests.has(request.id)) return answer.promise.then((value) => value);
    if (kind === 'publish') this._pump();
    else if (this._connected) this._transmit(request);
    // Callers get a promise of their own, whose rejection is theirs to handle.
    return answer.promise.then((value) => value);
  }

  _abortable(request, signal) {
    const abort = () => {
      const outcome = request.sent ? 'unknown' : 'none';
      this._settle(request, null, new RealtimeError('aborted', undefined, { outcome, cause: signal.reason }));
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    request.release = () => signal.removeEventListener('abort', abort);
  }

  _transmit(request) {
    const { frame } = request;
    if (request.numbered && frame.seq === undefined) frame.seq = this._memory.take();
    else if (request.numbered && !request.sent) this._memory.passed(frame.seq);
    const text = JSON.stringify(frame);
    if (exceeds(text, this._limits.frameBytes)) {
      return this._settle(request, null, new RealtimeError('too_large', `above ${this._limits.frameBytes} bytes`, { channel: frame.channel }));
    }
    request.link = this._link;
    request.sent = true;
    this._link.send(frame, text);
  }

  _unsend(request) {
    request.link = null;
    if (request.kind === 'link' && this._requests.delete(request.id)) this._needed();
  }

  /** A link is gone: its requests wait for the next one, except those that must not be sent twice. */
  _orphan(link) {
    for (const request of [...this._requests.values()]) {
      if (request.link !== link) continue;
      const { type, channel, method, data } = request.frame;
      if (request.kind === 'once' || (request.kind === 'publish' && !request.numbered)) {
        this._settle(request, null, new RealtimeError('disconnected', 'the link broke before the answer came', { outcome: 'unknown', channel }));
        this._emit('unknown', type === 'call' ? { type, method, data } : { type, channel, data });
      } else {
        this._unsend(request);
      }
    }
  }

  _settle(request, value, error) {
    if (!this._requests.delete(request.id)) return;
    this._needed();
    request.release?.();
    if (request.timer !== undefined) this._clock.clear(request.timer);
    if (request.kind === 'publish') {
      this._publishes.splice(this._publishes.indexOf(request), 1);
      queueMicrotask(() => this._pump());
    }
    if (error) request.answer.reject(error);
    else request.answer.resolve(value);
    request.then?.(value, error);
  }

  _answered(link, frame) {
    if (link.bye === frame.id && link.parted) return link.parted();
    const request = this._requests.get(frame.id);
    if (!request || (request.kind === 'link' && request.link !== link)) return;
    const { id, type, ...value } = frame;
    this._settle(request, value);
  }

  _failed(link, frame) {
    if (frame.id !== undefined && frame.id === link.helloId && !link.up) return this._refused(link, frame);
    const request = frame.id === undefined ? null : this._requests.get(frame.id);
    if (!request) {
      if (frame.id === undefined) this._complaint(RealtimeError.from(frame));
      return;
    }
    if (request.kind === 'link' && request.link !== link) return;
    const error = RealtimeError.from(frame, request.frame.channel);
    if (request.kind === 'publish' && request.numbered && error.temporary && request.tries < request.retries) {
      return this._postpone(request, error);
    }
    if (request.frame.type === 'unsubscribe' && error.code === 'not_subscribed') return this._settle(request, {});
    this._settle(request, null, error);
  }

  /** Hello was refused. */
  _refused(link, frame) {
    const error = RealtimeError.from(frame);
    const reconnect = !error.temporary ? false
      : error.retryAfter === undefined ? undefined
      : { after: error.retryAfter, within: this._crashWindow ?? 1000 };
    link.answered = true;
    link._lost({ reason: error.code, reconnect, error });
  }

  /** An error that answers nothing. */
  _complaint(error) {
    if (error.code === 'token_expired' && typeof this._options.token === 'function') {
      this.refresh().catch((failure) => this._fault(failure));
      return;
    }
    this._fault(error);
  }

  _rejectAll(error) {
    for (const request of [...this._requests.values()]) {
      const outcome = request.sent ? 'unknown' : 'none';
      const details = { outcome, channel: request.frame.channel, cause: error };
      this._settle(request, null, new RealtimeError(error.code, 'the connection ended before the answer came', details));
    }
  }

  _rejectConnecting(error) {
    for (const { reject } of this._takeConnecting()) reject(error);
  }

  _takeConnecting() {
    const waiting = [...this._connecting];
    this._connecting.clear();
    for (const { timer } of waiting) if (timer !== undefined) this._clock.clear(timer);
    return waiting;
  }

  _fault(error, source) {
    const heard = this._has('error') || source?._has('error');
    source?._emit('error', error);
    this._emit('error', error);
    if (!heard) globalThis.console?.warn('[realtime]', error);
  }

  _setState(state, details = {}) {
    if (this._state === state && state !== 'waiting') return;
    this._state = state;
    if (state !== 'connected') this._renewIn(undefined);
    if (state === 'connected' || state === 'idle') this._reason = null;
    else if (details.reason === 'offline') this._reason = { code: 'offline', message: 'switched off here' };
    const { reason } = this;
    this._emit('state', { state, ...details, ...(details.reason && reason ? { message: reason.message } : {}) });
  }

  // -- subscribing

  subscribe(channel, options = {}) {
    try {
      options = this._checked(channel, options);
    } catch (error) {
      const refusedOne = new Subscription(new Stream(this, channel));
      refusedOne._end(error);
      this._fault(error);
      return refusedOne;
    }
    let stream = this._streams.get(channel);
    if (stream) return stream._wanted ? this._share(stream, options) : this._claim(stream, options);
    stream = new Stream(this, channel, options);
    const subscription = new Subscription(stream, options);
    if (this._state === 'closed') {
      stream._end(new RealtimeError('closed', 'the client is closed', { channel }));
      return subscription;
    }
    stream._goOn();
    this._streams.set(channel, stream);
    this._subscriptions.set(channel, subscription);
    if (this._connected) this._subscribe(stream, this._link);
    else if (this._untouched) this.connect();
    return subscription;
  }

  _checked(channel, options) {
    if (typeof channel !== 'string') throw new RealtimeError('bad_request', 'channel is no string');
    const { history } = options;
    if (history !== undefined && history !== 'all' && !(Number.isSafeInteger(history) && history >= 0)) {
      throw new RealtimeError('bad_request', "history is neither a count nor 'all'", { channel });
    }
    return { ...options, from: copyOf(options.from, 'from', channel), presence: copyOf(options.presence, 'presence', channel) };
  }

  /** Another subscription of a channel that this page has subscribed already. Presence and token are the channel's: the last one counts. */
  _share(stream, options) {
    const subscription = new Subscription(stream, options);
    if (options.token !== undefined) stream._source = options.token;
    if (options.presence !== undefined) subscription.update(options.presence).catch((error) => this._fault(error, subscription));
    return subscription;
  }

  _claim(stream, options) {
    const subscription = this._subscriptions.get(stream.channel);
    stream._wanted = true;
    if (options.token !== undefined) stream._source = options.token;
    if (options.buffer !== undefined) subscription._limit = options.buffer;
    if (options.presence !== undefined) subscription.update(options.presence).catch((error) => this._fault(error, subscription));
    subscription._remember(options.history);
    return subscription;
  }

  _subscribeFrame(stream, token) {
    const { _from: from, _presence: presence } = stream;
    const frame = { type: 'subscribe', channel: stream.channel };
    const start = stream.position ?? from;
    if (start !== undefined) frame.from = start;
    if (token !== undefined) frame.token = token;
    if (presence !== undefined) frame.presence = presence;
    return frame;
  }

  async _subscribe(stream, link) {
    const current = () => link === this._link && !link.over && this._streams.get(stream.channel) === stream;
    let token = stream._source;
    if (typeof token === 'function') {
      try {
        token = stream._token ??= await token(stream.channel);
      } catch (error) {
        const details = { channel: stream.channel, cause: error };
        if (current()) this._subscribeLater(stream, link, new RealtimeError('unauthorized', 'no token could be had', details));
        return;
      }
      if (!current()) return;
    }
    // Not through the answer's promise: a message may follow the reply in the same breath, and must find it handled.
    const then = (reply, error) => {
      if (!current()) return;
      if (!error) {
        stream._renewed = false;
        stream._confirmed(reply);
      } else if (error.code === 'token_expired' && stream._token !== undefined && !stream._renewed) {
        stream._renewed = true;
        stream._token = undefined;
        this._subscribe(stream, link);
      } else if (error.temporary && error.code !== 'too_many') {
        this._subscribeLater(stream, link, error);
      } else {
        this._streams.delete(stream.channel);
        this._subscriptions.delete(stream.channel);
        stream._end(error);
        this._fault(error, stream);
      }
    };
    const request = { id: ++this._ids, kind: 'link', link: null, answer: deferred(), then };
    request.frame = { ...this._subscribeFrame(stream, token), id: request.id };
    this._requests.set(request.id, request);
    this._transmit(request);
  }

  _subscribeLater(stream, link, error) {
    this._fault(error, stream);
    const backoff = this._clock.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** stream._tries++);
    this._clock.set(() => {
      if (link === this._link && !link.over && this._streams.get(stream.channel) === stream) this._subscribe(stream, link);
    }, Math.max(error.retryAfter ?? 0, backoff));
  }

  _unsubscribe(subscription) {
    const { channel, _stream: stream } = subscription;
    if (subscription._over) return Promise.resolve();
    stream.subscriptions.delete(subscription);
    subscription._end();
    subscription._emit('unsubscribed', { channel });
    if (this._streams.get(channel) !== stream) return Promise.resolve();
    if (stream.subscriptions.size > 0) {
      this._subscriptions.set(channel, stream.subscriptions.values().next().value);
      this._memory.touch();
      return Promise.resolve();
    }
    this._streams.delete(channel);
    this._subscriptions.delete(channel);
    this._memory.places.delete(channel);
    stream._end();
    // Nothing was ever said to a server, so there is nothing to take back.
    if (!this._link?.helloId && !this._memory.session) return Promise.resolve();
    const confirmed = this._request({ type: 'unsubscribe', channel }).then(() => {}, (error) => {
      if (error.code !== 'closed') throw error;  // a session that ended has no subscriptions
    });
    confirmed.catch(() => {});  // leaving is often not awaited; here nothing more comes in any case
    return confirmed;
  }

  // -- publishing

  publish(channel, data, { bytes, echo, tags, seq, retries = 5, signal } = {}) {
    const numbered = seq !== false;
    const frame = { type: 'publish', channel };
    if (typeof seq === 'number') frame.seq = seq;
    try {
      if (bytes !== undefined) frame.bytes = toBase64(bytes);
      else frame.data = data;
    } catch (cause) {
      return refused(new RealtimeError('bad_request', `bytes are no bytes (${cause.message})`, { channel, cause }));
    }
    if (echo === false) frame.echo = false;
    if (tags !== undefined) frame.tags = tags;
    if (!numbered && !this._link?.up) {
      if (this._untouched) this.connect();
      return refused(new RealtimeError('disconnected', 'not connected', { channel }));
    }
    const answer = this._request(frame, { kind: 'publish', numbered, retries, signal })
      .then(({ position }) => ({ position: position ?? null }));
    if (!numbered) answer.catch(() => {});  // fire and forget; a lost one is told by the event `unknown`
    return answer;
  }

  /**
   * Sends what the window allows, in order. The window spans from the oldest unanswered one: the server remembers the last
   * `inflight` numbers of a producer, and a repeat must not find its number pushed out by those sent after it.
   */
  _pump() {
    if (!this._connected) return;
    for (const publish of [...this._publishes.slice(0, this._limits.inflight)]) {
      if (publish.ordinal - (this._publishes[0]?.ordinal ?? 0) >= this._limits.inflight) break;
      if (!publish.link && !publish.waiting && this._requests.has(publish.id)) this._transmit(publish);
    }
  }

  /** Refused for now. The same number again later: if the first one did take effect, the server recognises it. */
  _postpone(publish, error) {
    const backoff = this._clock.random() * Math.min(LONGEST_WAIT, 1000 * 2 ** publish.tries++);
    publish.link = null;
    publish.waiting = true;
    publish.timer = this._clock.set(() => {
      publish.waiting = false;
      this._pump();
    }, Math.max(error.retryAfter ?? 0, backoff));
  }

  // -- everything else

  async history(channel, { from, limit, reverse, signal } = {}) {
    const frame = { type: 'history', channel };
    if (from !== undefined) frame.from = from;
    if (limit !== undefined) frame.limit = limit;
    if (reverse !== undefined) frame.reverse = reverse;
    const page = await this._request(frame, { signal });
    const epoch = parsePosition(page.position ?? page.head)?.epoch;
    return { ...page, messages: (page.messages ?? []).map((message) => messageItem(message, channel, epoch)) };
  }

  /** A large roster is asked for in parts; the revision is that of the first, so that changes which came since are applied on top. */
  async presence(channel) {
    const first = await this._request({ type: 'presence', channel });
    const members = new Map();
    for (let part = first; ;) {
      if (!part.members) return part;   // so many that they are only counted
      for (const member of part.members) members.set(member.session, member);
      if (!part.more || part.members.length === 0) return { members: [...members.values()], count: first.count, rev: first.rev };
      part = await this._request({ type: 'presence', channel, after: part.members.at(-1).session });
    }
  }

  async call(method, data, { seq, signal } = {}) {
    const numbered = seq !== false;
    const frame = { type: 'call', method, data: data === undefined ? null : data };
    if (typeof seq === 'number') frame.seq = seq;
    return (await this._request(frame, { kind: numbered ? 'repeat' : 'once', numbered, signal })).data;
  }

  async set(key, value) {
    const frame = { type: 'set', key, value };
    await this._request(frame);
    ({ value } = frame);  // as it was when the call was made
    const others = Object.entries(this._sessionState).filter(([name]) => name !== key);
    this._sessionState = dictionary(value === null ? others : [...others, [key, value]]);
  }

  async refresh(token, { channel } = {}) {
    if (token === undefined) {
      const source = channel === undefined ? this._options.token : this._streams.get(channel)?._source;
      if (typeof source !== 'function') throw new RealtimeError('unauthorized', 'there is no function to ask for a token', { channel });
      token = await source(channel);
    }
    if (channel === undefined) this._token = token;
    else if (this._streams.has(channel)) this._streams.get(channel)._token = token;
    const told = await this._request(channel === undefined ? { type: 'refresh', token } : { type: 'refresh', token, channel });
    if (channel === undefined) this._renewIn(told?.expiresIn);
    return told;
  }

  /** A token that a function knows is renewed before it is over; if that fails, the connection ends with `token_expired` and comes back with another. */
  _renewIn(left) {
    this._clock.clear(this._renewTimer);
    this._renewTimer = null;
    if (typeof left !== 'number' || typeof this._options.token !== 'function') return;
    const due = Math.min(left - Math.min(RENEW_MARGIN, left / 10), LONGEST_TIMER);
    this._renewTimer = this._clock.set(() => {
      this._renewTimer = null;
      if (this._link?.up) this.refresh().catch((failure) => this._fault(failure));
    }, Math.max(due, SOONEST_RENEWAL));
  }

  ack(positions = this._unacked()) {
    if (!this._link?.up || Object.keys(positions).length === 0) return;
    this._link.send({ type: 'ack', positions: copyOf(positions, 'positions') });
  }

  _unacked() {
    const positions = dictionary();
    for (const [channel, { processed, _live }] of this._streams) {
      if (!_live || !processed || this._acked.get(channel) === processed) continue;
      this._acked.set(channel, processed);
      positions[channel] = processed;
    }
    return positions;
  }
}

/** This page is another one that was reloaded, and not, say, its duplicate. */
const reloaded = () => globalThis.performance?.getEntriesByType?.('navigation')[0]?.type === 'reload';

/** A page may be forbidden to store anything; asking for sessionStorage throws then. */
function browserStorage() {
  try {
    return (globalThis.document && globalThis.sessionStorage) ?? null;
  } catch {
    return null;
  }
}

export default Realtime;
