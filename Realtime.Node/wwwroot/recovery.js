// What a break has cost: how many messages came while the link was away, and whether any are missing. This is counted from what
// really arrives, not from what the server promised.

import { readPosition } from './timeline.js';

export class Recovery {
  /** `begin` and `done` get { channel, subscription, expected, received, lost, away }. */
  constructor(rt, { begin, done }) {
    this._begin = begin;
    this._done = done;
    this._since = null;          // when the link was lost
    this._moving = false;        // asked to go elsewhere, and no link was lost since
    this._lost = new Map();      // channel → messages told missing since then
    this._under = new Map();     // channel → what is being recovered
    rt.on('state', ({ state }) => {
      if (state === 'connected' || this._since !== null) return;
      if (state === 'waiting' || state === 'closed') this._broke();
    });
    rt.on('move', () => { this._moving = true; });
    rt.on('gap', (gap) => this._gap(gap));
    rt.on('subscribed', (told) => this._subscribed(told));
  }

  _broke() {
    this._since = Date.now();
    this._moving = false;
    this._lost.clear();
    for (const it of this._under.values()) it.stop();
    this._under.clear();
  }

  _gap({ channel, from, to }) {
    const n = from !== undefined && to !== undefined ? Math.max(0, to - from + 1) : NaN;  // NaN: an unknown number
    this._lost.set(channel, (this._lost.get(channel) ?? 0) + n);
    const it = this._under.get(channel);
    if (it) it.lost = this._lost.get(channel);
  }

  _subscribed({ channel, head, recovered, subscription }) {
    if (recovered === undefined || !head) return;
    const here = readPosition(subscription.position);
    const end = readPosition(head);
    const away = this._since === null ? null : Date.now() - this._since;
    this._since = null;
    const expected = here && end && here.epoch === end.epoch ? Math.max(0, end.offset - here.offset) : 0;
    // What came while one link took over from the other was not away.
    if (away === null && this._moving && expected > 0 && !this._lost.get(channel)) return;
    const it = { channel, subscription, expected, received: 0, lost: this._lost.get(channel) ?? 0, away };
    this._lost.delete(channel);
    const finish = () => {
      it.stop();
      this._under.delete(channel);
      this._done(it);
    };
    const reached = () => {
      const now = readPosition(subscription.position);
      return now.epoch !== end.epoch || now.offset >= end.offset;
    };
    const offs = [
      subscription.on('message', (message) => {
        if (message.offset <= end.offset) it.received++;
        if (reached()) finish();
      }),
      subscription.on('gap', () => { if (reached()) finish(); }),
    ];
    it.stop = () => offs.forEach((off) => off());
    this._under.set(channel, it);
    this._begin(it);
    if (expected === 0) finish();
  }
}
