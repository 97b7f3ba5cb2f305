// The live log of what the connection does.

import { byId, el } from './elements.js';
import { timeWithSeconds } from './words.js';

const MOST = 200;

export class Happenings {
  constructor() {
    this._list = byId('events');
    byId('happenings').open = matchMedia('(min-width: 45rem)').matches || innerHeight > 700;
  }

  /** kind: good, bad, wait, gap, people, plain. Returns what changes the words of the line. */
  tell(kind, text) {
    const atEnd = this._list.scrollHeight - this._list.scrollTop - this._list.clientHeight < 40;
    const now = Date.now();
    const words = el('span', {}, text);
    this._list.append(el('li', { 'data-kind': kind }, el('time', { datetime: new Date(now).toISOString() }, timeWithSeconds(now)), words));
    while (this._list.childElementCount > MOST) this._list.firstElementChild.remove();
    if (atEnd) this._list.scrollTop = this._list.scrollHeight;
    return (next) => { words.textContent = next; };
  }
}
