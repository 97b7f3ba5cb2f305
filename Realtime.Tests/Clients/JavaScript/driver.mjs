// The JavaScript client under a scenario. Every method takes and returns plain data, so that it may be called from another
// process (Node) or from outside of the page (browser).

const KEY = 'driver';

/** A storage that says when it changes: what the client remembers is written a moment later. */
class WatchedStorage {
  constructor(storage) {
    this._storage = storage;
    this._waiting = [];
  }

  getItem(key) { return this._storage.getItem(key); }
  setItem(key, value) { this._storage.setItem(key, value); this._wake(); }
  removeItem(key) { this._storage.removeItem(key); this._wake(); }
  changed() { return new Promise((resolve) => this._waiting.push(resolve)); }
  _wake() { for (const wake of this._waiting.splice(0)) wake(); }
}

class MemoryStorage {
  _values = new Map();
  getItem(key) { return this._values.get(key) ?? null; }
  setItem(key, value) { this._values.set(key, value); }
  removeItem(key) { this._values.delete(key); }
}

/** Things that come, for those who wait for them one by one. */
class Inbox {
  _items = [];
  _waiting = [];

  put(item) {
    if (this._waiting.length > 0) this._waiting.shift()(item);
    else this._items.push(item);
  }

  take() {
    return this._items.length > 0 ? Promise.resolve(this._items.shift()) : new Promise((resolve) => this._waiting.push(resolve));
  }
}

const shown = (members) => members.map(({ data }) => data).filter((data) => data !== undefined && data !== null);

export class Driver {
  /**
   * `record`: go on from what another client remembers. Without one, and in a page, from what the page itself remembers,
   * guarded by Web Locks as it is for everybody.
   */
  constructor(Realtime, url, record) {
    const ofThePage = globalThis.sessionStorage && globalThis.document && !record;
    this._storage = new WatchedStorage(ofThePage ? globalThis.sessionStorage : new MemoryStorage());
    if (record) this._storage.setItem(KEY, record);
    this._rt = new Realtime(url, { storage: this._storage, storageKey: KEY, ...(ofThePage ? {} : { locks: null }) });
    this._states = new Inbox();
    this._inboxes = new Map();
    this._rt.on('state', (news) => this._states.put(news));
    this._rt.on('error', (error) => console.log(`driver: ${error}`));
  }

  async connect() {
    await this._rt.connect();
    await this._see('connected');
  }

  async subscribe(channel, from, presence) {
    const subscription = this._rt.subscribe(channel, presence === null ? { from } : { from, presence });
    if (!this._inboxes.has(channel)) this._listen(channel, subscription);
    await subscription.ready;
  }

  /** The first `count` items of a subscription with history: messages with what says that they are shown again, gaps by their reason. */
  async recall(channel, history, count) {
    const items = [];
    for await (const item of this._rt.subscribe(channel, { history })) {
      items.push(item.type === 'gap' ? item.reason : `${item.data}${item.replayed ? ' again' : ''}`);
      if (items.length === count) return items;
    }
    return items;
  }

  async publish(channel, data) { return (await this._rt.publish(channel, data)).position; }

  async history(channel, from, limit, reverse) {
    const page = await this._rt.history(channel, { from: from ?? undefined, limit, reverse });
    return { data: page.messages.map(({ data }) => data), position: page.position ?? null, more: page.more };
  }

  async presence(channel) { return shown((await this._rt.presence(channel)).members); }
  update(channel, presence) { return this._rt.subscriptions.get(channel).update(presence); }
  unsubscribe(channel) { return this._rt.subscriptions.get(channel).unsubscribe(); }
  set(key, value) { return this._rt.set(key, value); }
  state(key) { return this._rt.sessionState[key] ?? null; }
  next(channel) { return this._inboxes.get(channel).take(); }
  reconnected() { return this._see('connected').then(() => null); }
  async closed() { return (await this._see('closed')).reason; }
  close() { return this._rt.close(); }
  disconnect() { this._rt.disconnect(); }

  /** What a client needs to go on as this session, once it has been written down. */
  async remember() {
    for (;;) {
      const text = this._storage.getItem(KEY);
      const { session, positions } = JSON.parse(text) ?? {};
      const subscriptions = [...this._rt.subscriptions.values()];
      if (session && subscriptions.every(({ channel, position }) => position === null || positions[channel] === position)) return text;
      await this._storage.changed();
    }
  }

  _listen(channel, subscription) {
    const inbox = new Inbox();
    this._inboxes.set(channel, inbox);
    subscription.on('message', ({ position, data }) => inbox.put({ type: 'message', position: position ?? null, data, reason: null, members: [] }));
    subscription.on('gap', ({ position, reason }) => inbox.put({ type: 'gap', position, data: null, reason, members: [] }));
    for (const type of ['joined', 'left', 'changed', 'roster']) {
      subscription.on(type, ({ members }) => inbox.put({ type, position: null, data: null, reason: null, members: shown(members) }));
    }
  }

  async _see(wanted) {
    for (;;) {
      const news = await this._states.take();
      if (news.state === wanted) return news;
    }
  }
}
