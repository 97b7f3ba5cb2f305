// What happened in the cluster and what operators did, newest first, as it comes. A short form stands on the overview.

import { slotOf } from './colours.js';
import { byId, el, mark, say, show, swatch } from './elements.js';
import { Poll } from './poll.js';
import { moment, number, time } from './words.js';

const TONES = {
  joined: 'good', active: 'good', 'link-up': 'good', left: 'rest', drained: 'rest', draining: 'wait', 'shards-moved': 'move', evicted: 'bad', 'link-down': 'bad', standing: 'wait', action: 'move',
  started: 'good', stopping: 'wait', 'store-trouble': 'bad', 'store-well': 'good',
};
const KEPT = 1_000;
const BRIEF = 14;

/** Reads the events once for all parts of the page. Fires `more` with what is new, oldest first. */
export class Happenings extends EventTarget {
  constructor(api, watch) {
    super();
    this.events = [];
    this.audit = [];
    this._after = null;
    this._node = null;
    this._up = null;
    this._poll = new Poll(api, 2_000, {
      ask: async (signal) => {
        const [events, audit] = await Promise.all([
          api.get('events', { after: this._after, limit: 500 }, { signal }),
          api.get('audit', { limit: 200 }, { signal }),
        ]);
        return { events, audit };
      },
      got: (answer) => this._got(answer),
      failed: (error) => { this.fault = error; this.dispatchEvent(new Event('more')); },
    });
    watch.addEventListener('first', () => this._poll.start());
    // Numbers of events are one process's: behind a load balancer, or after a restart, another list begins.
    watch.addEventListener('cluster', () => {
      const { node, nodes } = watch.cluster;
      const up = nodes.find((one) => one.name === node)?.live?.uptimeSeconds ?? this._up;
      if (this._node !== null && (this._node !== node || up < this._up)) {
        this._after = null;
        this.events = [];
        this._poll.now();
      }
      [this._node, this._up] = [node, up];
    });
  }

  _got({ events, audit }) {
    this.fault = null;
    if (this._after !== null && events.next < this._after) {
      this.events = [];
      this._after = null;
      this._poll.now();
      return;
    }
    if (events.missed > 0 && this._after !== null) this.events.push({ number: -events.next, at: events.events[0]?.at ?? new Date().toISOString(), what: 'missed', node: null, text: `${number(events.missed)} events were thrown out of memory before this page asked for them.` });
    const known = new Set(this.events.map((event) => event.number));
    this.events.push(...events.events.filter((event) => !known.has(event.number)));
    this.events.splice(0, Math.max(0, this.events.length - KEPT));
    this._after = events.next;
    this.audit = audit.entries;
    this.unreachable = audit.unreachable;
    this.dispatchEvent(new Event('more'));
  }
}

const eventItem = (event) => el('li', { 'data-tone': TONES[event.what] ?? 'rest', 'data-testid': 'event', 'data-key': event.number },
  el('time', { datetime: event.at, title: moment(event.at) }, time(event.at)), el('span', {}, event.node ? [swatch(slotOf(event.node)), ' '] : null, event.text));

const auditItem = (entry) => el('li', { 'data-tone': entry.outcome < 300 ? 'good' : entry.outcome < 500 ? 'wait' : 'bad', 'data-testid': 'audit', 'data-key': `${entry.at}|${entry.node}|${entry.action}|${entry.target}` },
  el('time', { datetime: entry.at, title: moment(entry.at) }, time(entry.at)),
  el('span', {}, el('strong', {}, entry.action), ` ${entry.target} `, el('span', { class: 'by' }, `by ${entry.who} from ${entry.from}, at ${entry.node}`), entry.outcome >= 300 || entry.detail ? el('em', {}, ` ${entry.outcome}${entry.detail ? `: ${entry.detail}` : ''}`) : null));

/** Writes only what is new, so that somebody who reads or selects is not disturbed. */
function fill(list, items, make, empty) {
  const wanted = items.map(make);
  const have = new Map([...list.children].map((node) => [node.dataset.key, node]));
  list.replaceChildren(...wanted.map((node) => (have.get(node.dataset.key)?.textContent === node.textContent ? have.get(node.dataset.key) : node)), ...(wanted.length === 0 ? [el('li', { class: 'nothing' }, empty)] : []));
}

export class Brief {
  constructor(happenings) {
    const paint = () => {
      const fault = happenings.fault?.message;
      fill(byId('brief-events'), happenings.events.slice(-BRIEF).reverse(), eventItem, fault ?? 'Nothing has happened since this node started.');
      fill(byId('brief-audit'), happenings.audit.slice(0, BRIEF), auditItem, fault ?? 'Nobody has done anything yet.');
    };
    happenings.addEventListener('more', paint);
  }
}

export function eventsPage({ happenings }) {
  const events = el('ol', { class: 'happenings', role: 'list' });
  const audit = el('ol', { class: 'happenings', role: 'list' });
  const note = el('p', { class: 'note', role: 'status' });
  const root = el('div', { class: 'page', 'data-testid': 'events-page' },
    el('header', { class: 'page-head' }, el('h1', {}, 'Events')), note,
    el('div', { class: 'two' },
      el('section', { class: 'panel' }, el('h2', {}, 'What happened, as this node saw it'), events),
      el('section', { class: 'panel' }, el('h2', {}, 'What operators did'), audit)));
  const paint = () => {
    const silent = happenings.unreachable?.length > 0 ? `Actions taken at ${happenings.unreachable.join(', ')} are missing: no answer from there.` : '';
    say(note, happenings.fault?.message ?? silent);
    show(note, note.textContent !== '');
    mark(note, 'data-tone', 'bad');
    fill(events, [...happenings.events].reverse(), eventItem, 'Nothing has happened since this node started.');
    fill(audit, happenings.audit, auditItem, 'Nobody has done anything yet.');
  };
  happenings.addEventListener('more', paint);
  paint();
  return { root, title: 'Events', close: () => happenings.removeEventListener('more', paint) };
}
