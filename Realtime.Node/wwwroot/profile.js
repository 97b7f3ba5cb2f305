// Who this window is. Each window of a browser is somebody of its own, and is the same somebody again after a reload or a
// restart: the browser remembers a list of people, and a window takes the first one that no other window holds (a Web Lock).

import { browserKeep, windowKeep } from './keep.js';
import { byId, el, mark } from './elements.js';
import { TONES, cleanName, paintAvatar, randomPerson, readPerson } from './person.js';

const SEATS = 'realtime-page:people';
const SEAT = 'realtime-page:seat';
// A page that goes gives its seat up a moment after the next one asks for it: a long one on a busy machine. A duplicated tab is no
// reload, and would wait in vain.
const PATIENCE = performance.getEntriesByType('navigation')[0]?.type === 'reload' ? 5_000 : 400;
const MOST = 64;

/** True when the seat is ours until the page goes. */
function sit(seat, wait) {
  return new Promise((resolve) => {
    const options = wait ? { signal: AbortSignal.timeout(PATIENCE) } : { ifAvailable: true };
    navigator.locks.request(`${SEATS}:${seat}`, options, (lock) => {
      resolve(lock !== null);
      return lock && new Promise(() => {});
    }).catch(() => resolve(false));  // the wait was over: another window holds it
  });
}

async function findSeat() {
  const before = windowKeep.read(SEAT);
  // Locks need https or localhost. Without them two windows may be the same person, which is only less fun.
  if (!navigator.locks) return before ?? 0;
  if (Number.isInteger(before) && await sit(before, true)) return before;
  for (let seat = 0; seat < MOST; seat++) if (await sit(seat, false)) return seat;
  return MOST;
}

export class Profile {
  static async load() {
    const seat = await findSeat();
    windowKeep.write(SEAT, seat);
    return new Profile(seat);
  }

  constructor(seat) {
    this._seat = seat;
    this._listeners = [];
    const known = browserKeep.read(SEATS)?.[seat];
    this._fresh = !known?.id;
    this.person = known?.id ? readPerson(known) : randomPerson();
    this._save();
    this._show();
  }

  onChange(listener) { this._listeners.push(listener); }

  /** Somebody who has chosen nothing yet takes a colour that nobody in the room wears. */
  standOut(others) {
    if (!this._fresh || others.length === 0) return;
    this._fresh = false;
    const worn = new Set(others.map(({ tone }) => tone));
    const free = [...TONES.keys()].filter((tone) => !worn.has(tone));
    if (worn.has(this.person.tone) && free.length > 0) this._change({ tone: free[this.person.tone % free.length] });
  }

  _save() {
    const people = { ...browserKeep.read(SEATS), [this._seat]: this.person };
    browserKeep.write(SEATS, people);
  }

  _change(change) {
    const next = { ...this.person, ...change };
    if (next.name === this.person.name && next.tone === this.person.tone) return;
    this.person = next;
    this._fresh = false;
    this._save();
    this._paint();
    for (const listener of this._listeners) listener(next);
  }

  _paint() {
    paintAvatar(byId('you-avatar'), this.person);
    for (const radio of byId('tones').querySelectorAll('input')) radio.checked = Number(radio.value) === this.person.tone;
    mark(byId('you'), 'data-tone', this.person.tone);
  }

  _show() {
    const name = byId('name');
    name.value = this.person.name;
    const commit = () => {
      const clean = cleanName(name.value);
      if (clean) this._change({ name: clean });
      name.value = this.person.name;
    };
    name.addEventListener('change', commit);
    name.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') name.value = this.person.name;
      if (event.key === 'Escape' || (event.key === 'Enter' && !event.isComposing)) name.blur();
    });
    byId('you').addEventListener('submit', (event) => { event.preventDefault(); commit(); });
    byId('tones').append(...TONES.map((label, tone) => {
      const radio = el('input', { type: 'radio', name: 'tone', value: tone, 'aria-label': label });
      radio.addEventListener('change', () => this._change({ tone }));
      return el('label', { class: `tone tone-${tone}`, title: label }, radio);
    }));
    this._paint();
  }
}
