// Draws the map on two canvases: below, what rests and is painted once; above, what moves or is pointed at and is painted anew for every frame.
// A frame thus costs what is in motion, not the number of shards.

import { paint, slotOf } from './colours.js';
import { blockAt, HEAD } from './territory.js';
import { isChannels } from './shards.js';
import { number } from './words.js';

const ease = (t) => (t < 0.5 ? 4 * t * t * t : 1 - (2 - 2 * t) ** 3 / 2);

export class Painter {
  constructor(ground, above, cells) {
    Object.assign(this, { _ground: ground, _above: above, _cells: cells });
    this._under = ground.getContext('2d');
    this._over = above.getContext('2d');
    this._frame = null;
    this.moves = new Map();     // shard → where an operator moves it
    this.notes = new Map();     // node → [word, tone]
    this.focus = null;          // node that is pointed at
    this.cursor = -1;           // shard under the pointer or the arrow keys
    this.pinned = -1;
  }

  resize(width, height) {
    const ratio = Math.min(2, devicePixelRatio || 1);
    for (const canvas of [this._ground, this._above]) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.getContext('2d').setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    this._width = width;
    this._height = height;
  }

  /** Everything that rests. */
  all() {
    const { _under: g, _cells: cells } = this;
    g.clearRect(0, 0, this._width, this._height);
    if (!cells.places) return;
    this._heads();
    for (let shard = 0; shard < cells.total; shard++) if (!cells.flights.has(shard)) this._cell(g, shard, ...cells.at(shard));
    g.globalAlpha = 1;
    this.wake();
  }

  /** Only what changed: the places that were left, and the heads with their counts. */
  some(left, changed) {
    const { _under: g, _cells: cells } = this;
    const { pitch } = cells.places;
    for (const [x, y] of left) g.clearRect(x, y, pitch, pitch);
    for (const shard of changed) this.one(shard);
    this._heads();
    this.wake();
  }

  one(shard) {
    const [x, y] = this._cells.at(shard);
    const { pitch } = this._cells.places;
    this._under.clearRect(x, y, pitch, pitch);
    if (!this._cells.flights.has(shard)) this._cell(this._under, shard, x, y);
    this._under.globalAlpha = 1;
  }

  wake() {
    this._frame ??= requestAnimationFrame((now) => this._draw(now));
  }

  /** Name of the node whose block is at a point; null: none. */
  nodeAt(x, y) {
    if (this._cells.numbered || !this._cells.places) return null;
    return this._cells.nodes[blockAt(this._cells.places, x, y)] || null;
  }

  _side(pitch) {
    return pitch >= 5 ? pitch - 1.5 : pitch >= 3 ? pitch - 0.75 : pitch;
  }

  _cell(g, shard, x, y, dim = true) {
    const colours = paint();
    const { pitch } = this._cells.places;
    const side = this._side(pitch);
    const owner = this._cells.owners[shard];
    g.globalAlpha = dim && this.focus && owner !== this.focus ? 0.22 : 1;
    // Shards of channels are round, those of sessions are not.
    const shape = (inset) => {
      const size = Math.max(0, side - 2 * inset); // a map that is not shown is drawn as well
      g.beginPath();
      if (isChannels(shard)) g.arc(x + side / 2, y + side / 2, size / 2, 0, 2 * Math.PI);
      else g.rect(x + inset, y + inset, size, size);
    };
    if (owner === '') {
      // On no node: hollow, so that it is seen without colours too.
      g.strokeStyle = colours.soft;
      g.lineWidth = Math.max(0.75, side / 8);
      shape(g.lineWidth / 2);
      g.stroke();
      return;
    }
    const to = this.moves.get(shard);
    g.fillStyle = colours.tones[slotOf(owner)];
    shape(0);
    g.fill();
    if (to !== undefined) {
      // Under way: a core in the colour of where it goes.
      const core = Math.max(1, side * 0.56);
      g.fillStyle = colours.panel;
      g.fillRect(x + (side - core) / 2 - 1, y + (side - core) / 2 - 1, core + 2, core + 2);
      g.fillStyle = colours.tones[slotOf(to)];
      g.fillRect(x + (side - core) / 2, y + (side - core) / 2, core, core);
    }
  }

  _heads() {
    const { _under: g, _cells: cells } = this;
    if (cells.numbered) return;
    const colours = paint();
    g.globalAlpha = 1;
    g.textBaseline = 'alphabetic';
    cells.places.blocks.forEach((block, i) => {
      const name = cells.nodes[i];
      g.clearRect(block.x - 2, block.y - HEAD, block.width + 4, HEAD);
      const [word, tone] = name === '' ? ['on no node yet', 'rest'] : this.notes.get(name) ?? [];
      const base = block.y - 8;
      g.globalAlpha = this.focus && name !== this.focus ? 0.5 : 1;
      g.font = `11.5px ${colours.font}`;
      const tail = number(cells.sizeOf(i));
      const tailWidth = g.measureText(tail).width;
      g.fillStyle = colours.soft;
      g.fillText(tail, block.x + block.width - tailWidth - 1, base);
      let room = block.width - tailWidth - 8;
      if (word && word !== 'active') {
        const wordWidth = g.measureText(word).width;
        if (wordWidth < room - 30 || name === '') {
          g.fillStyle = colours[tone] ?? colours.soft;
          room -= wordWidth + 8;
          this._name(g, name, block.x, base, room, colours);
          g.font = `11.5px ${colours.font}`;
          g.fillStyle = colours[tone] ?? colours.soft;
          g.fillText(word, name === '' ? block.x : block.x + this._nameWidth + 8, base);
          return;
        }
      }
      this._name(g, name, block.x, base, room, colours);
    });
    g.globalAlpha = 1;
  }

  _name(g, name, x, y, room, colours) {
    g.font = `600 12px ${colours.font}`;
    let text = name;
    while (text.length > 1 && g.measureText(text).width > room) text = `${text.slice(0, text.endsWith('…') ? -2 : -1)}…`;
    g.fillStyle = colours.ink;
    g.fillText(text, x, y);
    this._nameWidth = g.measureText(text).width;
  }

  _draw(now) {
    this._frame = null;
    const { _over: g, _cells: cells } = this;
    if (!cells.places) return;
    g.clearRect(0, 0, this._width, this._height);
    const landed = [];
    for (const [shard, flight] of cells.flights) {
      const t = Math.min(1, Math.max(0, (now - flight.start) / flight.time));
      if (t >= 1) landed.push(shard);
      this._flight(g, shard, flight, t);
    }
    g.globalAlpha = 1;
    for (const shard of landed) {
      cells.flights.delete(shard);
      this.one(shard);
    }
    for (const [shard, strong] of [[this.pinned, true], [this.cursor, false]]) if (shard >= 0 && shard < cells.total) this._ring(g, shard, strong);
    if (cells.flights.size > 0) this.wake();
  }

  _flight(g, shard, flight, t) {
    const e = ease(t);
    const lift = flight.far ? Math.min(46, Math.hypot(flight.x1 - flight.x0, flight.y1 - flight.y0) * 0.18) : 0;
    flight.x = flight.x0 + (flight.x1 - flight.x0) * e;
    flight.y = flight.y0 + (flight.y1 - flight.y0) * e - lift * Math.sin(Math.PI * e);
    if (!flight.far) {
      this._cell(g, shard, flight.x, flight.y);
      return;
    }
    // Whoever goes to another node is larger on the way, or nobody would see it between thousands.
    const { pitch } = this._cells.places;
    const side = this._side(pitch);
    const grown = side * (1 + 0.9 * Math.sin(Math.PI * t));
    const colours = paint();
    g.globalAlpha = 1;
    g.fillStyle = colours.panel;
    g.fillRect(flight.x - (grown - side) / 2 - 1, flight.y - (grown - side) / 2 - 1, grown + 2, grown + 2);
    const owner = this._cells.owners[shard];
    g.fillStyle = owner === '' ? colours.bad : colours.tones[slotOf(owner)];
    g.fillRect(flight.x - (grown - side) / 2, flight.y - (grown - side) / 2, grown, grown);
  }

  _ring(g, shard, strong) {
    const [x, y] = this._cells.at(shard);
    const side = this._side(this._cells.places.pitch);
    const colours = paint();
    g.lineWidth = 2;
    g.strokeStyle = colours.panel;
    g.strokeRect(x - 1, y - 1, side + 2, side + 2);
    g.strokeStyle = strong ? colours.accent : colours.ink;
    g.strokeRect(x - 2.5, y - 2.5, side + 5, side + 5);
  }
}
