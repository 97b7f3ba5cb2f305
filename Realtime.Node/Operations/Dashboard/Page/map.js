// The map of shards: what it shows, what the pointer and the keys do on it, and the words beneath.

import { onRepaint, slotOf } from './colours.js';
import { byId, el, mark, say, show, swatch } from './elements.js';
import { Cells } from './cells.js';
import { Painter } from './painter.js';
import { ShardCard } from './shard.js';
import { isChannels, pathOf, titleOf } from './shards.js';
import { byName, count, nodeState, number } from './words.js';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class ShardMap {
  constructor(watch, actions) {
    this._watch = watch;
    this._cells = new Cells();
    this._painter = new Painter(byId('map-ground'), byId('map-above'), this._cells);
    this._card = new ShardCard(watch, actions, { closed: () => this.pin(-1) });
    this._calm = matchMedia('(prefers-reduced-motion: reduce)');
    this._stage = byId('map');
    watch.addEventListener('map', () => this._take());
    watch.addEventListener('cluster', () => this._note());
    watch.addEventListener('focus', () => this._focus());
    onRepaint(() => this._painter.all());
    new ResizeObserver(() => this._resize()).observe(this._stage);
    this._listen();
    this._say('');
    for (const button of byId('map-order').children) button.addEventListener('click', () => this._order(button.value));
  }

  /** Shows one shard's card; -1: none. */
  pin(shard) {
    this._painter.pinned = shard;
    this._painter.wake();
    if (shard < 0) this._card.close();
    else this._card.open(shard);
  }

  get _now() { return performance.now(); }

  _take() {
    const { map } = this._watch;
    const marked = this._marks(map);
    if (this._cells.total === 0) this._resize();
    // A tab that nobody looked at has missed the moves: they are over.
    const calm = this._calm.matches || document.hidden || this._stage.offsetParent === null;
    const anew = this._cells.take(map, this._names(map), this._now, calm);
    if (anew) this._painter.all();
    else if (this._cells.changed.length + marked.length > 0) this._painter.some(this._cells.left ?? [], [...this._cells.changed, ...marked]);
    this._cells.left = null;
    this._summary(map);
  }

  _names(map) {
    const alive = (this._watch.cluster?.nodes ?? []).filter((node) => node.status !== 'dead').map((node) => node.name);
    return [...new Set([...map.nodes, ...alive])].sort(byName);
  }

  /** Answers the shards whose marks are others than before. */
  _marks(map) {
    const before = this._painter.moves;
    this._painter.moves = map.moves;
    return [...new Set([...before.keys(), ...map.moves.keys()])].filter((shard) => before.get(shard) !== map.moves.get(shard));
  }

  _summary(map) {
    const free = this._cells.owners.reduce((sum, owner) => sum + (owner === ''), 0);
    say(byId('map-count'), count(this._cells.total, 'shard'));
    mark(this._stage, 'aria-label', `Map of ${count(this._cells.total, 'shard')} on ${count(map.nodes.length, 'node')}. Arrow keys go from shard to shard, Enter shows one.`);
    for (const [id, amount] of [['key-moving', map.moves.size], ['key-free', free]]) {
      show(byId(id), amount > 0);
      say(byId(id).lastElementChild, number(amount));
    }
    mark(this._stage, 'data-cells', this._cells.total);
    mark(this._stage, 'data-free', free);
  }

  _note() {
    const { cluster } = this._watch;
    const notes = new Map(cluster.nodes.map((node) => [node.name, nodeState(node)]));
    const key = JSON.stringify([...notes]);
    if (key === this._notesKey) return;
    this._notesKey = key;
    this._painter.notes = notes;
    if (this._watch.map) this._take();
    this._painter.all();
  }

  _focus() {
    if (this._painter.focus === this._watch.focus) return;
    this._painter.focus = this._watch.focus;
    this._painter.all();
  }

  _resize() {
    const { clientWidth: width, clientHeight: height } = this._stage;
    if (width === 0) return;
    this._painter.resize(width, height);
    this._cells.resize(width - 6, height - 6);
    this._painter.all();
  }

  _order(order) {
    for (const button of byId('map-order').children) mark(button, 'aria-pressed', button.value === order);
    this._cells.arrange(order === 'number', this._now, this._calm.matches);
    this._painter.all();
  }

  _listen() {
    const stage = this._stage;
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    stage.addEventListener('pointermove', (event) => {
      const [x, y] = at(event);
      this._cursor(this._cells.find(x, y));
      this._watch.point(this._painter.nodeAt(x, y));
    });
    stage.addEventListener('pointerleave', () => { this._cursor(-1); this._watch.point(null); });
    stage.addEventListener('click', (event) => {
      const shard = this._cells.find(...at(event));
      if (shard >= 0) location.hash = `#/${pathOf(shard)}`;
    });
    stage.addEventListener('focus', () => { if (stage.matches(':focus-visible') && this._painter.cursor < 0) this._cursor(Math.max(0, this._painter.pinned)); });
    stage.addEventListener('blur', () => this._cursor(-1));
    stage.addEventListener('keydown', (event) => this._key(event));
  }

  _key(event) {
    if (this._cells.total === 0) return;
    const here = Math.max(0, this._painter.cursor);
    if (ARROWS[event.key]) this._cursor(this._cells.neighbour(here, ...ARROWS[event.key]));
    else if (event.key === 'Home') this._cursor(0);
    else if (event.key === 'End') this._cursor(this._cells.total - 1);
    else if (event.key === 'Enter' || event.key === ' ') location.hash = `#/${pathOf(here)}`;
    else return;
    event.preventDefault();
  }

  _cursor(shard) {
    if (this._painter.cursor === shard) return;
    this._painter.cursor = shard;
    this._painter.wake();
    clearTimeout(this._asking);
    if (shard < 0) { this._say(''); return; }
    const owner = this._cells.owners[shard];
    this._say(this._words(shard, owner), owner);
    // What is in memory is not on the map. Whoever rests on a shard wants to know it; whoever passes does not.
    this._asking = setTimeout(() => this._memory(shard), 150);
  }

  _words(shard, owner) {
    const to = this._painter.moves.get(shard);
    const state = to !== undefined ? `moving to ${to}` : null;
    return [titleOf(shard), owner === '' ? 'on no node yet' : `on ${owner}`, state].filter(Boolean).join(' · ');
  }

  async _memory(shard) {
    try {
      const { entities, owner } = await this._watch.api.get(pathOf(shard));
      if (this._painter.cursor === shard) this._say(`${this._words(shard, this._cells.owners[shard])} · ${count(entities, isChannels(shard) ? 'channel' : 'session')} in memory`, owner ?? '');
    } catch (error) {
      if (this._painter.cursor === shard) this._say(`${this._words(shard, this._cells.owners[shard])} · ${error.message}`);
    }
  }

  _say(text, owner = '') {
    byId('map-words').replaceChildren(...(owner && text ? [swatch(slotOf(owner))] : []), el('span', {}, text || (matchMedia('(pointer: coarse)').matches ? 'Tap a cell to see its shard.' : 'Point at a cell, or walk with the arrow keys.')));
  }
}
