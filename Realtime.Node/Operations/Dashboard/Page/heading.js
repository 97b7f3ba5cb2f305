// The sentence at the top and the facts beside it. It says first what is wrong, and what is old as such.

import { byId, el, mark, say, show } from './elements.js';
import { verdict } from './verdict.js';
import { countdown, list, span } from './words.js';

const SHOWN = 4;

export class Heading {
  constructor(watch) {
    this._watch = watch;
    this._all = false;
    for (const type of ['cluster', 'map', 'fresh']) watch.addEventListener(type, () => this._paint());
    setInterval(() => { if (!document.hidden) this._count(); }, 1000);
    byId('more').addEventListener('click', () => { this._all = !this._all; this._paint(); });
    this._paint();
  }

  _paint() {
    const { cluster, map, stale, error, age } = this._watch;
    const heading = byId('heading');
    if (!cluster) {
      mark(heading, 'data-tone', error && error.status !== 401 ? 'bad' : 'rest');
      say(byId('verdict'), error?.status === 401 ? 'A key is needed to look at this cluster' : error ? 'The cluster cannot be seen' : 'Looking at the cluster…');
      this._list(error && error.status !== 401 ? [{ tone: 'bad', text: error.message }] : []);
      return;
    }
    mark(document.body, 'data-stale', stale ? 'true' : null);
    const { tone, text, more } = verdict(cluster, map);
    if (stale) {
      mark(heading, 'data-tone', 'bad');
      say(byId('verdict'), `No answer for ${span(age)}. What you see is old`);
      this._list([{ tone: 'bad', text: `${error?.message ?? 'The answers stopped.'} This page goes on asking.` }, { tone: 'rest', text: `Before that: ${text}` }]);
    } else {
      mark(heading, 'data-tone', tone);
      say(byId('verdict'), text);
      this._list(more);
    }
    document.title = `${stale || tone === 'bad' ? '● ' : ''}${text} – Realtime`;
    this._facts(cluster);
    this._count();
  }

  _list(items) {
    const shown = this._all ? items : items.slice(0, SHOWN);
    const key = JSON.stringify(shown);
    if (this._listed !== key) {
      this._listed = key;
      byId('findings').replaceChildren(...shown.map(({ tone, text }) => el('li', { 'data-tone': tone, 'data-testid': 'finding' }, text)));
    }
    show(byId('more'), items.length > SHOWN);
    say(byId('more'), this._all ? 'Show less' : `and ${items.length - SHOWN} more`);
    mark(byId('more'), 'aria-expanded', this._all);
  }

  _facts(cluster) {
    const { store } = cluster;
    mark(byId('fact-store'), 'data-tone', store.well ? 'good' : 'bad');
    say(byId('fact-store').lastElementChild, `${store.description}${store.well ? '' : ': not well'}${store.durable ? '' : ' (not durable)'}`);
    mark(byId('fact-store'), 'title', store.fault ?? (store.well ? `${store.description}: well. Store epoch ${cluster.storeEpoch}.` : ''));
    show(byId('fact-coordinator'), cluster.clustered);
    say(byId('fact-coordinator').lastElementChild, cluster.coordinator ?? 'none');
    mark(byId('fact-coordinator'), 'data-tone', cluster.coordinator === null ? 'bad' : null);
    say(byId('fact-node').lastElementChild, cluster.standing === 'watching' ? `${cluster.node}, a lighthouse` : cluster.node);
    const silent = cluster.unreachable;
    show(byId('fact-unreachable'), silent.length > 0);
    say(byId('fact-unreachable').lastElementChild, list(silent));
    this._pausedAt = performance.now();
  }

  /** What counts down or up between two answers. */
  _count() {
    const { cluster, age, stale } = this._watch;
    if (!cluster) return;
    const passed = (performance.now() - this._pausedAt) / 1000;
    const left = Math.max(0, ...cluster.paused.map((pause) => pause.secondsLeft - passed));
    show(byId('fact-paused'), left > 0);
    const everywhere = cluster.paused.length >= cluster.nodes.filter((node) => node.status !== 'dead').length;
    say(byId('fact-paused').lastElementChild, `${countdown(left)}${everywhere ? '' : ` on ${list(cluster.paused.map((pause) => pause.node))}`}`);
    say(byId('fact-age').lastElementChild, stale ? `${span(age)} old` : age < 3 ? 'live' : `${span(age)} ago`);
    mark(byId('fact-age'), 'data-tone', stale ? 'bad' : 'good');
  }
}
