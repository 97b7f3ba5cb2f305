// "Ada is typing": said at most every two seconds while somebody types, and believed for four.

import { byId, el } from './elements.js';

const SAY_EVERY = 2_000;
const BELIEVE = 4_000;

export class Typing {
  constructor(live) {
    this._live = live;
    this._said = 0;
    this._others = new Map();  // key → { name, timer }
    live.on('typing', ({ key, person }) => this._heard(key, person.name));
    live.on('quiet', ({ key }) => this._forget(key));
  }

  typed(text) {
    if (text.trim() === '') return this.stopped();
    if (Date.now() - this._said < SAY_EVERY) return;
    this._said = Date.now();
    this._live.send('typing');
  }

  stopped() {
    if (this._said === 0) return;
    this._said = 0;
    this._live.send('quiet');
  }

  clear() {
    this._said = 0;
    for (const key of [...this._others.keys()]) this._forget(key);
  }

  forget(key) { this._forget(key); }

  _heard(key, name) {
    clearTimeout(this._others.get(key)?.timer);
    this._others.set(key, { name, timer: setTimeout(() => this._forget(key), BELIEVE) });
    this._paint();
  }

  _forget(key) {
    const it = this._others.get(key);
    if (!it) return;
    clearTimeout(it.timer);
    this._others.delete(key);
    this._paint();
  }

  _paint() {
    const names = [...this._others.values()].map(({ name }) => name);
    const who = names.length === 0 ? '' : names.length === 1 ? `${names[0]} is typing`
      : names.length === 2 ? `${names[0]} and ${names[1]} are typing` : `${names.length} people are typing`;
    byId('typing').replaceChildren(...(who ? [el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), el('span', {}, who)] : []));
  }
}
