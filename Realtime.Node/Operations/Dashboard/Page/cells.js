// Who stands on which place of the map, and how cells travel between places. Nothing here draws.

import { byNumber, byOwner, slotAt } from './territory.js';

const NOBODY = '';
const FLIGHT = 900;
const SETTLE = 320;

/** Changes of one answer leave within this time, so that a stream of moves looks like one and not like a jump every second. */
const SPREAD = 800;

export class Cells {
  constructor() {
    this.total = 0;
    this.nodes = [];              // names of the blocks, NOBODY last when there are free shards
    this.places = null;
    this.numbered = false;
    this.flights = new Map();     // shard → { x0, y0, x1, y1, start, time, far }
    this._size = [0, 0];
  }

  /** Takes a report. True: everything lies anew and has to be painted. False: `changed` has the shards that do. */
  take(report, names, now, calm) {
    this.changed = [];
    const owners = report.owners.map((index) => (index < 0 ? NOBODY : report.nodes[index]));
    const blocks = [...names, ...(owners.includes(NOBODY) ? [NOBODY] : [])];
    const first = this.total !== owners.length;
    const before = this.owners;
    this.owners = owners;
    this.total = owners.length;
    if (first || blocks.join('\n') !== this.nodes.join('\n')) {
      this.nodes = blocks;
      this._settle(first ? null : this._allAt(), now, calm);
      return true;
    }
    const moved = [];
    for (let shard = 0; shard < this.total; shard++) if (owners[shard] !== before[shard]) moved.push(shard);
    if (moved.length === 0) return false;
    if (this.numbered) {
      this.changed = moved;
      for (const shard of moved) this._fly(shard, this.at(shard), now + Math.random() * SPREAD * !calm, calm ? 0 : FLIGHT, true);
      return false;
    }
    return this._exchange(moved, before, now, calm);
  }

  resize(width, height) {
    this._size = [width, height];
    if (this.total > 0) this._settle(null, 0, true);
  }

  arrange(numbered, now, calm) {
    if (this.numbered === numbered) return;
    const from = this.total > 0 ? this._allAt() : null;
    this.numbered = numbered;
    if (from) this._settle(from, now, calm);
  }

  countOf(name) {
    let sum = 0;
    for (const owner of this.owners) if (owner === name) sum++;
    return sum;
  }

  /** How many stand in a block. */
  sizeOf(block) { return this._here[block].length; }

  /** Corner of a shard's cell, at rest. */
  at(shard) {
    const { pitch, inner, blocks } = this.places;
    const block = blocks[this._block[shard]];
    const slot = this._slot[shard];
    return [block.x + (slot % inner) * pitch, block.y + Math.floor(slot / inner) * pitch];
  }

  /** The shard at a point, or -1. */
  find(x, y) {
    if (!this.places) return -1;
    const hit = slotAt(this.places, x, y);
    return hit ? this._here[hit.block][hit.slot] ?? -1 : -1;
  }

  /** The next shard in a direction, over blocks too; the same when there is none. */
  neighbour(shard, dx, dy) {
    const { pitch } = this.places;
    const [x, y] = this.at(shard);
    for (let step = 1; step * pitch < Math.max(...this._size); step++) {
      const found = this.find(x + pitch / 2 + dx * step * pitch, y + pitch / 2 + dy * step * pitch);
      if (found >= 0 && found !== shard) return found;
    }
    return shard;
  }

  _exchange(moved, before, now, calm) {
    const from = new Map(moved.map((shard) => [shard, this.at(shard)]));
    const settled = new Set();
    for (const shard of moved) {
      const here = this._here[this._block[shard]];
      const last = here.pop();
      if (last !== shard) {
        // The hole is closed by the block's last cell: one cell goes, instead of all behind it.
        if (!from.has(last)) from.set(last, this.at(last));
        settled.add(last);
        here[this._slot[shard]] = last;
        this._slot[last] = this._slot[shard];
      }
    }
    for (const shard of moved) {
      const block = this.nodes.indexOf(this.owners[shard]);
      this._block[shard] = block;
      this._slot[shard] = this._here[block].push(shard) - 1;
    }
    if (this._here.some((here, i) => here.length > this.places.blocks[i].slots)) {
      this._settle(this._allAt(), now, calm);
      return true;
    }
    const gone = new Set(moved);
    for (const [shard, place] of from) {
      const far = gone.has(shard);
      this._fly(shard, place, far ? now + Math.random() * SPREAD * !calm : now, calm ? 0 : far ? FLIGHT : SETTLE, far);
    }
    this.changed = [...from.keys()];
    this.left = [...from.values()];
    return false;
  }

  _fly(shard, [x0, y0], start, time, far) {
    if (time === 0) return;
    const flying = this.flights.get(shard);
    const [x1, y1] = this.at(shard);
    this.flights.set(shard, { x0: flying?.x ?? x0, y0: flying?.y ?? y0, x1, y1, start, time, far });
  }

  _allAt() {
    return Array.from({ length: this.total }, (_, shard) => {
      const flying = this.flights.get(shard);
      return flying?.x === undefined ? this.at(shard) : [flying.x, flying.y];
    });
  }

  /** Everything to its place, in the order of numbers. */
  _settle(from, now, calm) {
    const [width, height] = this._size;
    const counts = this.nodes.map((name) => this.countOf(name));
    this.places = this.numbered ? byNumber(this.total, width, height) : byOwner(counts, width, height);
    this._here = this.places.blocks.map(() => []);
    this._block = new Int32Array(this.total);
    this._slot = new Int32Array(this.total);
    const index = new Map(this.nodes.map((name, i) => [name, i]));
    for (let shard = 0; shard < this.total; shard++) {
      const block = this.numbered ? 0 : index.get(this.owners[shard]);
      this._block[shard] = block;
      this._slot[shard] = this._here[block].push(shard) - 1;
    }
    this.flights.clear();
    if (!from || calm) return;
    for (let shard = 0; shard < this.total; shard++) {
      const [x1, y1] = this.at(shard);
      const [x0, y0] = from[shard];
      if (x0 !== x1 || y0 !== y1) this._fly(shard, from[shard], now, FLIGHT * 0.8, false);
    }
  }
}
