// What was measured in the last five minutes, in memory only. Pure.

import { bytes, ms, number, rate } from './words.js';

export const WINDOW = 300_000;

/** A page that was just opened shows less, and what it has not in a corner. */
const LEAST = 60_000;

/** Longer than this between two answers, nothing is drawn between them: nobody knows what was there. */
export const HOLE = 8_000;

const sum = (values) => values.reduce((all, one) => all + one, 0);
const worst = (values) => Math.max(...values);
const live = (key) => (node) => node.live?.rates[key] ?? null;

/** `of` gives a node's value, null when it has none; `all` makes one of the cluster's; `full` is said in the legend. */
export const MEASURES = [
  { id: 'connections', title: 'Connections', of: (node) => (node.live || node.connections > 0 || node.status !== 'dead' ? node.connections : null), all: sum, text: number },
  { id: 'publishes', title: 'Publishes', unit: '/s', of: live('publishes'), all: sum, text: rate },
  { id: 'deliveries', title: 'Deliveries', unit: '/s', of: live('deliveries'), all: sum, text: rate },
  { id: 'bytes', title: 'Out', unit: '/s', of: live('bytesOut'), all: sum, text: bytes },
  { id: 'p99', title: 'Publish p99', note: 'worst node', of: live('publishP99Ms'), all: worst, text: ms, least: 10 },
  { id: 'behind', title: 'Behind', of: live('behind'), all: sum, text: number, least: 10 },
  { id: 'errors', title: 'Errors', unit: '/s', of: live('errors'), all: sum, text: rate, least: 1 },
];

export class Series {
  constructor() {
    this.samples = [];     // { at, values: Map(node → [one per measure]) }, oldest first
  }

  add(at, nodes) {
    const values = new Map(nodes.map((node) => [node.name, MEASURES.map((measure) => measure.of(node))]));
    this.samples.push({ at, values });
    const first = this.samples.findIndex((sample) => sample.at >= at - WINDOW - HOLE);
    if (first > 0) this.samples.splice(0, first);
  }

  /** How much time the plots show at present. */
  get window() { return Math.min(WINDOW, Math.max(LEAST, this.last.at - this.samples[0].at)); }

  get last() { return this.samples.at(-1) ?? null; }

  names() {
    return [...new Set(this.samples.flatMap((sample) => [...sample.values.keys()]))];
  }

  /** The sample nearest to a moment, if there is one near. */
  at(moment) {
    let best = null;
    for (const sample of this.samples) if (best === null || Math.abs(sample.at - moment) < Math.abs(best.at - moment)) best = sample;
    return best && Math.abs(best.at - moment) <= HOLE ? best : null;
  }

  /** What a sample says of the cluster; null when no node says anything. */
  static whole(sample, index) {
    const known = [...sample.values.values()].map((values) => values[index]).filter((value) => value !== null && value !== undefined);
    return known.length > 0 ? MEASURES[index].all(known) : null;
  }

  highest(index) {
    let most = 0;
    for (const { values } of this.samples) for (const each of values.values()) if (each[index] > most) most = each[index];
    return most;
  }
}

/** The next round number: 1, 2, 2.5 or 5 times a power of ten. */
export function roundUp(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 2.5, 5, 10].find((step) => step * power >= value * 0.999) * power;
}
