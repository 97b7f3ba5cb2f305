// The table of nodes: a row for each, kept and only written anew where something changed, so that nothing flickers and focus stays.

import { slotOf } from './colours.js';
import { byId, el, mark, say, show, swatch } from './elements.js';
import { drainProgress } from './drain.js';
import { bytes, byName, nodeState, NONE, number, rate, uptime } from './words.js';

/** Label, what it means, text, and when it deserves a second look. */
const COLUMNS = [
  ['Shards', 'Of sessions and of channels, that it holds', (node) => number(node.shards)],
  ['Sessions', 'In memory', (_, live) => number(live?.sessions)],
  ['Channels', 'In memory', (_, live) => number(live?.channels)],
  ['Pub/s', 'Publishes accepted per second', (_, live) => rate(live?.rates.publishes)],
  ['Deliv/s', 'Messages queued for clients per second', (_, live) => rate(live?.rates.deliveries)],
  ['Out/s', 'Bytes written to clients per second', (_, live) => bytes(live?.rates.bytesOut)],
  ['p50', 'Milliseconds within which half of the publishes are answered', (_, live) => rate(live?.rates.publishP50Ms)],
  ['p99 ms', 'Milliseconds within which all but one in a hundred publishes are answered', (_, live) => rate(live?.rates.publishP99Ms), (_, live) => live?.rates.publishP99Ms >= 1000],
  ['Behind', 'Subscribers that read from the log because they could not keep up', (_, live) => number(live?.rates.behind), (node, live) => live?.rates.behind > Math.max(10, node.connections * 0.05)],
  ['Queued', 'Bytes that wait to be written to clients', (_, live) => bytes(live?.rates.queued)],
  ['Errors/s', 'Requests refused, and handshakes refused at the door, per second', (_, live) => (live ? rate(live.rates.errors + live.rates.refused) : NONE), (_, live) => live && live.rates.errors + live.rates.refused >= 1],
  ['Memory', 'Working set', (_, live) => bytes(live?.memory)],
  ['CPU', 'Of one core: 150 % is one and a half', (_, live) => (live ? `${number(live.cpu * 100)} %` : NONE)],
  ['Up', 'Since the process started', (_, live) => (live ? uptime(live.uptimeSeconds) : NONE)],
  ['Version', 'Of the program', (_, live) => live?.version ?? NONE],
];

/** The table fits its window: these columns give way, the node's own page has them all. */
const WIDE_ONLY = new Set(['Channels', 'p50', 'Queued', 'Version']);
const NOT_NARROW = new Set(['Sessions', 'Deliv/s', 'Out/s', 'CPU', 'Up']);
const room = (label) => (WIDE_ONLY.has(label) ? 'most' : NOT_NARROW.has(label) ? 'some' : null);
const flags = (label) => ({ 'data-room': room(label) });

export class Nodes {
  constructor(watch, steps) {
    Object.assign(this, { _watch: watch, _steps: steps, _rows: new Map() });
    byId('nodes-head').append(
      el('th', { scope: 'col' }, 'Node'), el('th', { scope: 'col' }, 'State'), el('th', { scope: 'col', class: 'load', title: 'Connections, of what the node is meant to hold' }, 'Connections'),
      ...COLUMNS.map(([label, title]) => el('th', { scope: 'col', class: 'n', title, ...flags(label) }, label)),
      el('th', { scope: 'col' }, el('span', { class: 'sr' }, 'Actions')));
    watch.addEventListener('cluster', () => this._paint());
    watch.addEventListener('focus', () => { for (const [name, row] of this._rows) mark(row.tr, 'data-on', watch.focus === name ? 'true' : null); });
  }

  _paint() {
    const { cluster } = this._watch;
    const nodes = [...cluster.nodes].sort((a, b) => byName(a.name, b.name));
    const gone = new Set(this._rows.keys());
    nodes.forEach((node, at) => {
      gone.delete(node.name);
      const row = this._rows.get(node.name) ?? this._row(node);
      this._fill(row, node);
      if (byId('nodes-body').children[at] !== row.tr) byId('nodes-body').insertBefore(row.tr, byId('nodes-body').children[at] ?? null);
    });
    for (const name of gone) {
      this._rows.get(name).tr.remove();
      this._rows.delete(name);
    }
    say(byId('nodes-count'), number(nodes.length));
  }

  _row({ name }) {
    const row = {
      state: el('span', { class: 'state' }),
      here: el('small', { title: 'This node answers this page' }, 'here'),
      bar: el('i'),
      load: el('span', { class: 'figures' }),
      drain: el('span', { class: 'progress' }),
      buttons: el('td', { class: 'acts' }),
      cells: COLUMNS.map(([label]) => el('td', { class: 'n', 'data-label': label, ...flags(label) })),
    };
    row.gauge = el('span', { class: 'gauge', 'aria-hidden': 'true' }, row.bar);
    row.tr = el('tr', { 'data-testid': 'node', 'data-node': name },
      el('th', { scope: 'row' }, swatch(slotOf(name)), el('a', { href: `#/nodes/${encodeURIComponent(name)}` }, name), row.here),
      el('td', { 'data-label': 'State', class: 'states' }, row.state, row.drain),
      el('td', { 'data-label': 'Connections', class: 'load' }, row.gauge, row.load),
      ...row.cells, row.buttons);
    row.tr.addEventListener('pointerenter', () => this._watch.point(name));
    row.tr.addEventListener('pointerleave', () => this._watch.point(null));
    this._rows.set(name, row);
    return row;
  }

  _fill(row, node) {
    const { cluster } = this._watch;
    const [word, tone] = nodeState(node);
    say(row.state, word);
    mark(row.state, 'data-tone', tone);
    mark(row.state, 'title', node.live?.obstacles.join('; ') || null);
    show(row.here, node.name === cluster.node && cluster.nodes.length > 1);
    const part = node.capacity > 0 ? Math.min(1, node.connections / node.capacity) : 0;
    row.bar.style.width = `${(part * 100).toFixed(1)}%`;
    mark(row.gauge, 'data-tone', part >= 0.9 ? 'wait' : null);
    say(row.load, `${number(node.connections)}${node.capacity > 0 ? ` / ${number(node.capacity)}` : ''}`);
    COLUMNS.forEach(([, , text, odd], i) => {
      say(row.cells[i], text(node, node.live));
      mark(row.cells[i], 'data-odd', odd?.(node, node.live) ? 'true' : null);
    });
    const progress = drainProgress(node);
    show(row.drain, progress !== null);
    if (progress) {
      row.drain.style.setProperty('--part', `${(progress.part * 100).toFixed(1)}%`);
      say(row.drain, progress.text);
    }
    const buttons = `${node.status}|${node.live?.phase}`;
    if (row.shown !== buttons) {
      row.shown = buttons;
      row.buttons.replaceChildren(...this._steps.buttons(node, true));
    }
  }
}
