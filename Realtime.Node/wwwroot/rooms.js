// Which room: the address says it (#lobby), so a room can be linked, bookmarked and left with the back button.

import { browserKeep } from './keep.js';
import { byId, el, mark, say } from './elements.js';

const KNOWN = [['lobby', 'Lobby'], ['design', 'Design'], ['night-shift', 'Night shift']];
const VISITED = 'realtime-page:rooms';
const MOST_VISITED = 8;
const PATIENCE = 3_000;
const LENGTH = 48;  // characters; four bytes each and the namespace still fit into a channel name's 200

/** What people type → the part of the channel name behind the colon; empty when nothing is left. */
export function roomKey(text) {
  const clean = text.normalize('NFC').toLowerCase().replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '').trim().replace(/[\s-]+/gu, '-');
  return [...clean].slice(0, LENGTH).join('').replace(/^-+|-+$/g, '').normalize('NFC');
}

export function roomTitle(key) {
  const known = KNOWN.find(([name]) => name === key);
  if (known) return known[1];
  const words = key.replaceAll('-', ' ');
  return words.charAt(0).toLocaleUpperCase() + words.slice(1);
}

function fromAddress() {
  try {
    return roomKey(decodeURIComponent(location.hash.slice(1)));
  } catch {
    return '';  // a stray % in the address: no room of that name
  }
}

/**
 * Where another window can be opened: where this page came from, or the node that it is connected to when nobody answers there any more. Empty: where
 * this page came from.
 *
 * @param connected the address of the connection
 */
export async function homeOf(connected) {
  const there = connected ? new URL(connected.replace(/^ws/, 'http')).origin : location.origin;
  if (there === location.origin) return '';
  try {
    if ((await fetch('/health/serving', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE) })).ok) return '';
  } catch {
    // It has gone, as the node there has.
  }
  return there;
}

const address = (key) => `#${encodeURIComponent(key)}`;

export class Rooms {
  constructor(enter) {
    this._enter = enter;
    this._current = null;
    this._home = '';
    const read = browserKeep.read(VISITED);
    this._visited = Array.isArray(read) ? read.map((key) => roomKey(String(key))).filter(Boolean) : [];
    const input = byId('room');
    byId('join').addEventListener('submit', (event) => {
      event.preventDefault();
      const key = roomKey(input.value);
      input.value = '';
      if (!key) return;
      input.blur();
      location.hash = address(key);
    });
    addEventListener('hashchange', () => this._follow());
  }

  start() {
    if (!fromAddress()) history.replaceState(null, '', address('lobby'));
    this._follow();
  }

  /** Where another window of this room is opened. */
  openAt(home) {
    this._home = home;
    this._second();
  }

  _second() {
    byId('second').href = `${this._home}${this._home && '/'}${address(this._current)}`;
  }

  _follow() {
    const key = fromAddress() || 'lobby';
    if (key === this._current) return;
    this._current = key;
    if (!KNOWN.some(([name]) => name === key)) {
      this._visited = [key, ...this._visited.filter((other) => other !== key)].slice(0, MOST_VISITED);
      browserKeep.write(VISITED, this._visited);
    }
    this._paint();
    this._enter(key);
  }

  _paint() {
    const keys = [...KNOWN.map(([key]) => key), ...this._visited];
    byId('rooms').replaceChildren(...keys.map((key) => el('li', {}, el('a', {
      href: address(key), 'data-testid': 'room-link', 'data-room': key, 'aria-current': key === this._current ? 'page' : null,
    }, el('span', {}, roomTitle(key))))));
    byId('rooms').querySelector('[aria-current]').scrollIntoView({ block: 'nearest', inline: 'nearest' });
    say(byId('title'), roomTitle(this._current));
    mark(byId('title'), 'data-room', this._current);
    this._second();
    document.title = `${roomTitle(this._current)} · Realtime`;
  }
}
