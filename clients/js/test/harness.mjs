// A scripted server without a server: fake sockets, fake time, and nothing that sleeps.
import assert from 'node:assert/strict';
import { Realtime } from '../realtime.js';

export class Harness {
  sockets = [];
  time = 1_000_000;
  dice = 0.5;
  _timers = new Map();
  _handles = 0;
  clients = [];

  constructor() {
    const harness = this;
    this.WebSocket = class {
      constructor(url, protocol) {
        Object.assign(this, { url, protocol, sent: [], closed: null, bufferedAmount: 0 });
        harness.sockets.push(this);
      }

      send(text) { this.sent.push(...[JSON.parse(text)].flat()); }
      close(code) { this.closed = code ?? 1005; }

      // What the script does to the client:
      open() { this.onopen?.(); }
      receive(...frames) { for (const frame of frames) this.onmessage?.({ data: JSON.stringify(frame) }); }
      raw(data) { this.onmessage?.({ data }); }
      drop(code = 1006, reason = '') { this.onclose?.({ code, reason }); }
      last(type) { return this.sent.filter((frame) => frame.type === type).at(-1); }
      all(type) { return this.sent.filter((frame) => frame.type === type); }
      reply(type, fields = {}) {
        const frame = this.last(type);
        assert.ok(frame, `the client sent no ${type}`);
        this.receive({ type: 'reply', id: frame.id, ...fields });
      }
    };
  }

  client(options = {}) {
    const realtime = new Realtime('http://node.test', {
      WebSocket: this.WebSocket, storage: null, locks: null,
      now: () => this.time,
      random: () => this.dice,
      setTimeout: (callback, ms) => { this._timers.set(++this._handles, { callback, at: this.time + ms }); return this._handles; },
      clearTimeout: (handle) => this._timers.delete(handle),
      ...options,
    });
    const log = [];
    for (const event of ['state', 'gap', 'error', 'lost', 'goodbye', 'move', 'unknown', 'subscribed', 'unsubscribed']) {
      realtime.on(event, (value) => log.push([event, value]));
    }
    realtime.seen = (event) => log.filter(([name]) => name === event).map(([, value]) => value);
    this.clients.push(realtime);
    return realtime;
  }

  get socket() { return this.sockets.at(-1); }

  /** Lets promises run. */
  async settle() {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  async advance(ms) {
    const until = this.time + ms;
    for (;;) {
      const next = [...this._timers].filter(([, timer]) => timer.at <= until).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!next) break;
      this._timers.delete(next[0]);
      this.time = Math.max(this.time, next[1].at);
      next[1].callback();
      await this.settle();
    }
    this.time = until;
    await this.settle();
  }

  welcome(fields = {}, socket = this.socket) {
    socket.receive({
      type: 'welcome', id: socket.last('hello').id, session: 's-token', resumed: false, user: null, node: 'node-0',
      ping: { every: 25, timeout: 10 }, crashWindow: 2000, subscriptions: [], state: {},
      limits: { messageBytes: 65536, frameBytes: 131072, subscriptions: 256, inflight: 128, seqWindow: 600 },
      ...fields,
    });
  }

  async connected(options = {}, welcome = {}) {
    const realtime = this.client(options);
    const ready = realtime.connect();
    await this.settle();
    this.socket.open();
    this.welcome(welcome);
    await ready;
    return realtime;
  }

  /** Connected and subscribed to `chat:a` at k:10. */
  async subscribed(options = {}, subscribeOptions = {}, welcome = {}) {
    const realtime = await this.connected(options, welcome);
    const subscription = realtime.subscribe('chat:a', subscribeOptions);
    await this.settle();
    this.socket.reply('subscribe', { position: 'k:10', head: 'k:10' });
    await subscription.ready;
    return { realtime, subscription };
  }

  /** The link breaks and the next one is open, hello sent. */
  async reconnecting(...drop) {
    const before = this.sockets.length;
    this.socket.drop(...drop);
    for (let waited = 0; this.sockets.length === before; waited += 500) {
      assert.ok(waited < 120_000, 'the client does not come back');
      await this.advance(500);
    }
    this.socket.open();
  }
}

export const message = (offset, more = {}) => ({ type: 'message', channel: 'chat:a', offset, data: offset, at: 1, ...more });

export function collect(subscription) {
  const items = [];
  subscription.on('message', (item) => items.push(item.data));
  subscription.on('gap', (item) => items.push(`gap ${item.reason} ${item.from ?? '?'}-${item.to ?? '?'} > ${item.position}`));
  return items;
}

export class FakeStorage {
  values = new Map();
  getItem(key) { return this.values.get(key) ?? null; }
  setItem(key, value) { this.values.set(key, value); }
  removeItem(key) { this.values.delete(key); }
  copy() { return Object.assign(new FakeStorage(), { values: new Map(this.values) }); }
}

/** Web Locks, as far as they are used: exclusive, waiting until aborted. */
export class FakeLocks {
  held = new Set();
  _waiting = [];

  request(name, { signal }, callback) {
    return new Promise((resolve, reject) => {
      const grant = () => {
        if (signal.aborted) return;
        this.held.add(name);
        Promise.resolve(callback({ name })).then(resolve, reject).finally(() => this.release(name));
      };
      if (!this.held.has(name)) return grant();
      this._waiting.push({ name, grant });
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  }

  /** What the browser does when a page goes. */
  release(name) {
    this.held.delete(name);
    const next = this._waiting.findIndex((waiting) => waiting.name === name);
    if (next >= 0) this._waiting.splice(next, 1)[0].grant();
  }
}
