// One box for everything: a session id, a user, a channel, a node or the number of a shard.

import { segment } from './api.js';
import { el, show, table } from './elements.js';
import { CHANNEL_COLUMNS, channelRow } from './channels.js';
import { SESSION_COLUMNS, sessionRow } from './sessions.js';
import { pathOf, placeNamed } from './shards.js';
import { list } from './words.js';

const SESSION = /^[\w-]{22}$/;
const SOME = 50;

/** The address that a search goes to: straight where the words leave no doubt. */
export function target(words, watch) {
  const text = words.trim();
  if (text === '') return null;
  if (watch.node(text)) return `#/nodes/${segment(text)}`;
  if (placeNamed(text) >= 0) return `#/${pathOf(placeNamed(text))}`;
  return `#/find/${segment(text)}`;
}

export function findPage({ api }, words) {
  const note = el('p', { class: 'note', role: 'status' }, 'Asking every node…');
  const sections = [
    part('Session with this id', SESSION_COLUMNS),
    part('Sessions of this user', SESSION_COLUMNS),
    part('Channels that begin with this', CHANNEL_COLUMNS),
  ];
  const root = el('div', { class: 'page', 'data-testid': 'find-page' }, el('header', { class: 'page-head' }, el('h1', {}, 'Found for ', el('span', { class: 'id' }, words))), note, sections.map((one) => one.root));
  const stop = new AbortController();
  const options = { signal: stop.signal };

  const load = async () => {
    // Each may fail or find nothing by itself.
    const asked = await Promise.allSettled([
      SESSION.test(words) ? api.get(`sessions/${segment(words)}`, {}, options).then((report) => ({ items: [report.session], unreachable: [] })) : { items: [], unreachable: [] },
      api.get('sessions', { user: words, limit: SOME }, options).then((page) => ({ items: page.sessions, unreachable: page.unreachable })),
      api.get('channels', { prefix: words, limit: SOME }, options).then((page) => ({ items: page.channels, unreachable: page.unreachable })),
    ]);
    if (stop.signal.aborted) return;
    const [session, sessions, channels] = asked.map((one) => (one.status === 'fulfilled' ? one.value.items : []));
    const faults = asked.filter((one) => one.status === 'rejected' && one.reason.status !== 404).map((one) => one.reason);
    for (const fault of faults) if (fault.status === undefined) reportError(fault);
    const exact = channels.find((channel) => channel.name === words);
    // Nothing else it could have been: go there, and "back" comes back to what was before the search.
    if (faults.length === 0 && session.length + sessions.length + channels.length === 1) {
      location.replace(session[0] || sessions[0] ? `#/sessions/${segment((session[0] ?? sessions[0]).id)}` : `#/channels/${segment(channels[0].name)}`);
      return;
    }
    if (faults.length === 0 && exact && session.length + sessions.length === 0) {
      location.replace(`#/channels/${segment(words)}`);
      return;
    }
    sections[0].fill(session.map(sessionRow));
    sections[1].fill(sessions.map(sessionRow));
    sections[2].fill(channels.map(channelRow));
    const silent = [...new Set(asked.flatMap((one) => (one.status === 'fulfilled' ? one.value.unreachable : [])))];
    note.textContent = [
      session.length + sessions.length + channels.length === 0 && faults.length === 0 && 'Nothing in memory goes by that. Sessions that have left memory are found by their whole id.',
      ...new Set(faults.map((fault) => fault.message)),
      silent.length > 0 && `Not asked, because they do not answer: ${list(silent, 9)}.`,
    ].filter(Boolean).join(' ');
    show(note, note.textContent !== '');
  };
  load();
  api.addEventListener('key', load);
  return { root, title: words, close: () => { stop.abort(); api.removeEventListener('key', load); } };
}

function part(title, columns) {
  const data = table(title, columns);
  const root = el('section', { class: 'panel', hidden: true }, el('h2', {}, title), data.root);
  return { root, fill: (rows) => { data.body.replaceChildren(...rows); show(root, rows.length > 0); } };
}
