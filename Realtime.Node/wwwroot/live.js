// What is worth nothing a second later: pointers, ripples, who is typing. The channel keeps no log, a publish carries no number
// (`seq: false`), and nothing is repeated after a break.

import { readPerson } from './person.js';

export class Live {
  constructor(rt, me) {
    this._rt = rt;
    this._me = me;
    this._subscription = null;
    this._listeners = new Map();
    this.heard = 0;
  }

  on(kind, listener) { this._listeners.set(kind, listener); }

  open(channel) {
    this._subscription = this._rt.subscribe(channel);
    this._subscription.on('message', ({ data, from }) => {
      this.heard++;
      if (data === null || typeof data !== 'object' || typeof data.kind !== 'string') return;
      const person = readPerson(data.by, from?.session);
      if (person.id === this._me().id) return;
      this._listeners.get(data.kind)?.({ ...data, person, key: from?.session ?? person.id });
    });
  }

  close() {
    this.send('gone');
    const left = this._subscription;
    this._subscription = null;
    return left?.unsubscribe();
  }

  send(kind, data = {}) {
    if (this._rt.state !== 'connected' || this._subscription?.state !== 'subscribed') return;
    this._subscription.publish({ kind, ...data, by: this._me() }, { seq: false, echo: false });
  }
}
