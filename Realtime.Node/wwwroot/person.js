// People as others describe them. Whatever comes over the wire was written by somebody else's program: it is checked here, once.

import { el } from './elements.js';

export const TONES = ['Indigo', 'Teal', 'Rose', 'Amber', 'Green', 'Violet', 'Sky', 'Brick', 'Plum', 'Slate'];
const NAME_LENGTH = 32;
const ADJECTIVES = ['Brisk', 'Calm', 'Clever', 'Daring', 'Eager', 'Gentle', 'Honest', 'Jolly', 'Keen', 'Lucky', 'Mellow', 'Nimble', 'Patient', 'Quiet', 'Sunny', 'Witty'];
const ANIMALS = ['Badger', 'Crane', 'Dolphin', 'Falcon', 'Fox', 'Gecko', 'Heron', 'Ibex', 'Koala', 'Lynx', 'Marten', 'Otter', 'Panda', 'Puffin', 'Seal', 'Wren'];

/** Enough randomness to tell windows apart; `randomUUID` would need https. */
export function randomId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(36).padStart(2, '0')).join('');
}

export const cleanName = (text) => [...String(text ?? '').normalize('NFC').replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, ' ').replace(/\s+/g, ' ').trim()]
  .slice(0, NAME_LENGTH).join('').trim();

function text(value, limit) {
  return typeof value === 'string' ? value.slice(0, limit) : '';
}

/** Anything at all → somebody with a name, a tone and an id. */
export function readPerson(data, fallbackId = '') {
  const it = data !== null && typeof data === 'object' ? data : {};
  const tone = Number.isInteger(it.tone) && it.tone >= 0 && it.tone < TONES.length ? it.tone : TONES.length - 1;
  return { id: text(it.id, 40) || fallbackId, name: cleanName(typeof it.name === 'string' ? it.name : '') || 'Somebody', tone };
}

export function randomPerson() {
  const pick = (list) => list[crypto.getRandomValues(new Uint32Array(1))[0] % list.length];
  return { id: randomId(), name: `${pick(ADJECTIVES)} ${pick(ANIMALS)}`, tone: TONES.indexOf(pick(TONES.slice(0, -1))) };
}

/** One letter, emoji or other whole character. */
export function initial(name) {
  const [first] = globalThis.Intl?.Segmenter ? new Intl.Segmenter().segment(name) : [...name].map((segment) => ({ segment }));
  return (first?.segment ?? '?').toLocaleUpperCase();
}

export function paintAvatar(node, { name, tone }) {
  node.className = `avatar tone-${tone}`;
  const letter = initial(name);
  if (node.textContent !== letter) node.textContent = letter;
  return node;
}

export const avatar = (person) => paintAvatar(el('span', { 'aria-hidden': 'true' }), person);
