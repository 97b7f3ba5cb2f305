// Messages on their way out. The client repeats a publish until it is answered, and the server recognises repeats; what is
// left for the page is to outlive a reload, or a tab that took the session over: then it looks into the log before it sends
// again. Every message carries an id of its own (`cid`), so that it is recognised when it comes back.

import { windowKeep } from './keep.js';
import { randomId } from './person.js';
import { refusalWords } from './words.js';

const KEY = 'realtime-page:outbox';
const LOOK_BACK = 200;

export class Outbox {
  constructor(rt) {
    this._rt = rt;
    this._entries = new Map();
    this._listeners = [];
    this._checking = false;
    for (const saved of windowKeep.read(KEY) ?? []) {
      this._entries.set(saved.cid, { ...saved, refusal: saved.refusal ?? null, state: saved.state === 'failed' ? 'failed' : 'pending', position: null, interrupted: saved.state !== 'failed' });
    }
    rt.on('welcome', () => this._goOn());
  }

  onChange(listener) { this._listeners.push(listener); }

  of(channel) {
    return [...this._entries.values()].filter((entry) => entry.channel === channel);
  }

  send(channel, text, person) {
    const cid = randomId();
    const entry = { cid, channel, data: { text, cid, by: person }, at: Date.now(), state: 'pending', refusal: null, position: null, interrupted: false };
    this._entries.set(cid, entry);
    this._save();
    this._publish(entry);
    return entry;
  }

  /** It came back through the channel: done. */
  heard(cid) {
    if (this._entries.delete(cid)) this._save();
  }

  discard(cid) {
    this.heard(cid);
  }

  again(cid) {
    const entry = this._entries.get(cid);
    if (entry?.state !== 'failed') return;
    this._set(entry, { state: 'pending', refusal: null });
    this._publish(entry);
  }

  async _publish(entry) {
    entry.interrupted = false;
    try {
      const { position } = await this._rt.publish(entry.channel, entry.data);
      if (this._entries.has(entry.cid)) this._set(entry, { state: 'sent', position });
    } catch (error) {
      if (!this._entries.has(entry.cid)) return;
      // The session went elsewhere, or the client was closed: whether the message arrived is for the log to say, later.
      if (error.outcome === 'unknown' || error.code === 'closed' || error.code === 'superseded') this._set(entry, { interrupted: true });
      else this._set(entry, { state: 'failed', refusal: refusalWords(error) });
    }
  }

  async _goOn() {
    if (this._checking) return;
    this._checking = true;
    try {
      const waiting = [...this._entries.values()].filter((entry) => entry.interrupted);
      for (const channel of new Set(waiting.map((entry) => entry.channel))) {
        const there = await this._lately(channel);
        for (const entry of waiting.filter((one) => one.channel === channel && this._entries.has(one.cid))) {
          if (there.has(entry.cid)) this._set(entry, { state: 'sent', position: there.get(entry.cid), interrupted: false });
          else this._publish(entry);
        }
      }
    } catch (error) {
      // Nothing is lost: they stay pending, and the next welcome asks again.
      console.warn('[page] could not look up unsent messages', error);
    } finally {
      this._checking = false;
    }
  }

  /** Where the last messages are, by their cid. A page may end before its limit. */
  async _lately(channel) {
    const there = new Map();
    for (let left = LOOK_BACK, from, more = true; more && left > 0;) {
      const page = await this._rt.history(channel, { from, limit: left, reverse: true });
      for (const message of page.messages) there.set(message.data?.cid, message.position);
      [from, left, more] = [page.position, left - page.messages.length, page.more && page.messages.length > 0];
    }
    return there;
  }

  _set(entry, change) {
    Object.assign(entry, change);
    this._save();
    for (const listener of this._listeners) listener(entry);
  }

  _save() {
    const rest = [...this._entries.values()].filter((entry) => entry.state !== 'sent');
    if (rest.length > 0) windowKeep.write(KEY, rest.map(({ cid, channel, data, at, state, refusal }) => ({ cid, channel, data, at, state, refusal })));
    else windowKeep.remove(KEY);
  }
}
