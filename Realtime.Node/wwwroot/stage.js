// The shared space: everybody's pointer, moving smoothly between the twenty positions a second that travel, and ripples.

import { byId, el, icon, mark, say } from './elements.js';

const EVERY = 50;          // ms between positions sent
const FADE = 12_000;       // a pointer that rests fades, and goes
const FORGET = 30_000;
const SMOOTH = 70;         // ms in which two thirds of the way are made
const STEP = 0.03;         // of the width, per arrow key
const RIPPLE = 1_400;

const share = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const round = (value) => Math.round(Math.min(1, Math.max(0, value)) * 10_000) / 10_000;

export class Stage {
  constructor(live, me) {
    this._live = live;
    this._me = me;
    this._stage = byId('stage');
    this._cursors = new Map();   // session → { node, x, y, tx, ty, heard }
    this._own = { x: 0.5, y: 0.5 };
    this._due = null;
    this._frame = null;
    this._last = 0;
    this._calm = matchMedia('(prefers-reduced-motion: reduce)');
    live.on('move', (news) => this._move(news));
    live.on('tap', (news) => { if (share(news.x) && share(news.y)) { this._move(news); this._ripple(news.x, news.y, news.person); } });
    live.on('gone', ({ key }) => this.forget(key));
    this._listen();
    new ResizeObserver(() => this._wake()).observe(this._stage);
    setInterval(() => this._age(), 1_000);
    this._hint();
  }

  clear() {
    for (const key of [...this._cursors.keys()]) this.forget(key);
    clearTimeout(this._due);
    this._due = null;
  }

  /** While the link is away the pointers stand still; they say so by turning grey. */
  connected(yes) { mark(this._stage, 'data-live', yes); }

  forget(key) {
    this._cursors.get(key)?.node.remove();
    this._cursors.delete(key);
    this._hint();
  }

  _hint() {
    const touch = matchMedia('(pointer: coarse)').matches;
    say(byId('stage-hint'), this._cursors.size > 0 ? '' : touch ? 'Drag a finger here: everybody in the room sees it. Tap for a ripple.' : 'Move the pointer here: everybody in the room sees it. Click for a ripple.');
  }

  _listen() {
    const stage = this._stage;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return { x: round((event.clientX - box.left) / box.width), y: round((event.clientY - box.top) / box.height) };
    };
    stage.addEventListener('pointermove', (event) => this._moved(at(event)));
    stage.addEventListener('pointerdown', (event) => {
      if (event.pointerType !== 'mouse') stage.setPointerCapture(event.pointerId);
      this._tapped(at(event));
    });
    for (const type of ['pointerleave', 'pointercancel']) stage.addEventListener(type, (event) => { if (event.pointerType === 'mouse') this._left(); });
    stage.addEventListener('blur', () => { this._pointer(false); this._left(); });
    stage.addEventListener('keydown', (event) => this._key(event));
    addEventListener('pagehide', () => this._left());
  }

  _key(event) {
    const step = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[event.key];
    if (step) this._moved({ x: round(this._own.x + step[0]), y: round(this._own.y + step[1]) });
    else if (event.key === 'Enter' || event.key === ' ') this._tapped(this._own);
    else return;
    event.preventDefault();
    this._pointer(true);
  }

  /** With the keyboard there is no pointer to look at, so one's own is shown. */
  _pointer(shown) {
    this._mine ??= this._stage.appendChild(el('i', { class: 'own', 'aria-hidden': 'true' }));
    this._mine.hidden = !shown;
    this._mine.style.left = `${this._own.x * 100}%`;
    this._mine.style.top = `${this._own.y * 100}%`;
  }

  _moved(place) {
    this._own = place;
    if (this._due !== null) return;
    // The first one goes at once, the last one always goes.
    let sent = null;
    const go = () => {
      if (sent === this._own) { this._due = null; return; }
      sent = this._own;
      this._live.send('move', sent);
      this._due = setTimeout(go, EVERY);
    };
    go();
  }

  _tapped(place) {
    this._own = place;
    this._ripple(place.x, place.y, this._me());
    this._live.send('tap', place);
  }

  _left() {
    clearTimeout(this._due);
    this._due = null;
    this._live.send('gone');
  }

  _move({ key, person, x, y }) {
    if (!share(x) || !share(y)) return;
    let it = this._cursors.get(key);
    if (!it) {
      it = { node: el('div', { class: 'cursor', 'data-testid': 'cursor', 'data-session': key }, icon('pointer'), el('span')), x, y };
      this._cursors.set(key, it);
      this._stage.append(it.node);
      this._hint();
    }
    Object.assign(it, { tx: x, ty: y, heard: Date.now() });
    it.node.className = `cursor tone-${person.tone}`;
    mark(it.node, 'data-name', person.name);
    say(it.node.lastElementChild, person.name);
    this._wake();
  }

  _ripple(x, y, { tone }) {
    const node = el('i', { class: `ripple tone-${tone}`, 'data-testid': 'ripple', 'aria-hidden': 'true' });
    node.style.left = `${x * 100}%`;
    node.style.top = `${y * 100}%`;
    this._stage.append(node);
    setTimeout(() => node.remove(), RIPPLE);
  }

  _wake() {
    if (this._frame !== null) return;
    this._last = performance.now();
    this._frame = requestAnimationFrame((now) => this._draw(now));
  }

  _draw(now) {
    const part = this._calm.matches ? 1 : 1 - Math.exp(-Math.min(100, Math.max(1, now - this._last)) / SMOOTH);
    const { clientWidth: width, clientHeight: height } = this._stage;
    let moving = false;
    this._last = now;
    for (const it of this._cursors.values()) {
      it.x += (it.tx - it.x) * part;
      it.y += (it.ty - it.y) * part;
      if (Math.abs(it.tx - it.x) + Math.abs(it.ty - it.y) < 0.0005) [it.x, it.y] = [it.tx, it.ty];
      else moving = true;
      it.node.style.transform = `translate(${(it.x * width).toFixed(1)}px, ${(it.y * height).toFixed(1)}px)`;
      it.node.classList.toggle('flip', it.x > 0.7);
    }
    this._frame = moving ? requestAnimationFrame((next) => this._draw(next)) : null;
  }

  _age() {
    const now = Date.now();
    for (const [key, { node, heard }] of this._cursors) {
      if (now - heard > FORGET) this.forget(key);
      else node.classList.toggle('resting', now - heard > FADE);
    }
  }
}
