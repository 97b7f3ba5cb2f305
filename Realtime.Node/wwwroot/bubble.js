// One message on the page: its element, and what the neighbours make of it (grouped under one name, first of its day).

import { el, mark, say } from './elements.js';
import { avatar, readPerson } from './person.js';
import { dayName, fullTime, sameDay, timeOfDay } from './words.js';

const TOGETHER = 5 * 60_000;
const LONGEST = 8_000;
const bubbles = new WeakMap();

export const bubbleOf = (node) => (node ? bubbles.get(node) ?? null : null);

/** What a channel message says, whoever's program wrote it. */
export function readMessage({ data, bytes, from }) {
  const session = from?.session ?? '';
  const by = data?.by ?? (session ? { name: `Guest ${session.slice(0, 4)}`, id: session } : null);
  const text = bytes ? `(${bytes.length} bytes)` : typeof data?.text === 'string' ? data.text : typeof data === 'string' ? data : JSON.stringify(data);
  return { person: readPerson(by, session), text: text.slice(0, LONGEST), cid: typeof data?.cid === 'string' ? data.cid : null };
}

export class Bubble {
  constructor({ person, text, cid, at, mine }) {
    Object.assign(this, { person, text, cid, at, mine, offset: null });
    this._time = el('time');
    this._state = el('span', { class: 'state' });
    this._day = el('p', { class: 'day' });
    this._body = el('div', { class: 'bubble' },
      el('p', { class: `author tone-${person.tone}` }, person.name),
      el('p', { class: 'text', dir: 'auto' }, text),
      el('p', { class: 'stamp' }, this._time, this._state));
    this.node = el('li', { class: mine ? 'message mine' : 'message', 'data-testid': 'message', 'data-author': person.name },
      this._day, el('div', { class: 'row' }, avatar(person), this._body));
    bubbles.set(this.node, this);
    this._stamp();
  }

  _stamp() {
    this._time.dateTime = new Date(this.at).toISOString();
    this._time.title = fullTime(this.at);
    say(this._time, timeOfDay(this.at));
  }

  /** `pending`, `sent` (the server has it) or `failed`. */
  state(state, { offset, at, refusal, again, edit, discard } = {}) {
    mark(this.node, 'data-state', state);
    if (offset !== undefined && offset !== null) {
      this.offset = offset;
      mark(this.node, 'data-offset', offset);
    }
    if (at !== undefined) {
      this.at = at;
      this._stamp();
    }
    const words = { pending: 'Waiting to be sent', sent: this.mine ? 'Sent' : '', failed: '' }[state];
    this._state.title = words;
    say(this._state, '');
    if (words) this._state.append(el('span', { class: 'sr' }, words));
    this._body.querySelector('.failed')?.remove();
    if (state === 'failed') {
      const press = (words, act) => {
        const button = el('button', { type: 'button' }, words);
        button.addEventListener('click', act);
        return button;
      };
      const { why, advice, retry } = refusal ?? { why: '', advice: '', retry: true };
      // What may succeed as it is comes first; what may not is to be changed.
      const ways = [press('Try again', again), press('Edit', edit)];
      this._body.append(el('div', { class: 'failed', 'data-testid': 'refused' },
        el('p', {}, el('strong', {}, 'Not sent. '), `${why} ${advice}`),
        el('p', { class: 'ways' }, ...(retry ? ways : ways.reverse()), press('Discard', discard))));
    }
  }

  /** Looks at what stands before it. */
  settle() {
    let before = this.node.previousElementSibling;
    const direct = bubbleOf(before);
    while (before && !bubbleOf(before)) before = before.previousElementSibling;
    const last = bubbleOf(before);
    const follows = direct !== null && direct.person.id === this.person.id && direct.person.name === this.person.name
      && direct.person.tone === this.person.tone && Math.abs(this.at - direct.at) < TOGETHER && sameDay(this.at, direct.at);
    this.node.classList.toggle('follows', follows);
    const day = last && sameDay(last.at, this.at) ? '' : dayName(this.at);
    say(this._day, day);
    this._day.hidden = day === '';
  }
}
