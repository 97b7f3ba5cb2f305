// The list of sessions, and the page of one: where it is, what it listens to, how far behind it is, and what happened to it.

import { segment } from './api.js';
import { slotOf } from './colours.js';
import { cell, el, mark, say, show, swatch, table } from './elements.js';
import { listPage } from './listing.js';
import { Poll } from './poll.js';
import { ago, byName, moment, NONE, number, time } from './words.js';

const TONES = { attached: 'good', detached: 'wait', parked: 'rest' };

export const nodeLink = (name) => (name ? [swatch(slotOf(name)), el('a', { href: `#/nodes/${segment(name)}` }, name)] : [NONE]);
const state = (word) => el('span', { class: 'state', 'data-tone': TONES[word] ?? 'rest' }, word);

export function sessionRow(session) {
  return el('tr', { 'data-testid': 'session' },
    cell('Session', el('a', { class: 'id', href: `#/sessions/${segment(session.id)}` }, session.id)),
    cell('User', session.user ?? NONE), cell('State', state(session.state)), cell('Connected at', ...nodeLink(session.at)), cell('Owner', ...nodeLink(session.owner)),
    el('td', { 'data-label': 'Subscriptions', class: 'n' }, number(session.subscriptions)),
    cell('Since', session.since ? el('time', { datetime: session.since, title: moment(session.since) }, ago(session.since)) : NONE));
}

export const SESSION_COLUMNS = [['Session'], ['User'], ['State'], ['Connected at'], ['Owner'], ['Subscriptions', null, 'n'], ['Since']];

export function sessionsPage({ api, watch }, query) {
  const nodes = (watch.cluster?.nodes ?? []).map((node) => node.name).sort(byName);
  return listPage(api, {
    title: 'Sessions',
    path: 'sessions',
    items: (page) => page.sessions,
    hash: '#/sessions',
    query,
    columns: SESSION_COLUMNS,
    filters: [
      { name: 'user', label: 'User' },
      { name: 'node', label: 'Node', options: nodes.map((name) => [name]) },
      { name: 'state', label: 'State', options: [['attached'], ['detached'], ['parked']] },
    ],
    row: sessionRow,
    empty: 'No session in memory is like that. Those that have left memory are found by their id.',
  });
}

export function sessionPage({ api, actions }, id) {
  const head = el('span', { class: 'state' });
  const disconnect = actions.button('Disconnect…', () => ask(), { kind: 'risky' });
  const fault = el('p', { class: 'note', role: 'status' }, 'Asking for it…');
  const facts = el('dl', { class: 'facts' });
  const subscriptions = table('Subscriptions', [['Channel'], ['Mode'], ['Position', null, 'n'], ['Head', null, 'n'], ['Lag', 'Messages between the two', 'n'], ['Present']]);
  const amount = el('span', { class: 'amount' });
  const history = el('ol', { class: 'timeline' });
  const body = el('div', { class: 'split', hidden: true },
    el('section', { class: 'panel' }, facts),
    el('section', { class: 'panel grow' }, el('h2', {}, 'Subscriptions ', amount), subscriptions.root),
    el('section', { class: 'panel' }, el('h2', {}, 'What happened to it'), history));
  const root = el('div', { class: 'page', 'data-testid': 'session-page' }, el('header', { class: 'page-head' }, el('h1', {}, 'Session ', el('span', { class: 'id' }, id)), head, disconnect), fault, body);
  let report = null;

  const got = (answer) => {
    report = answer;
    const { session } = answer;
    show(fault, false);
    show(body, true);
    show(disconnect, true);
    say(head, session.state);
    mark(head, 'data-tone', TONES[session.state] ?? 'rest');
    const rows = [
      ['User', [session.user ?? 'nobody: not signed in']],
      ['Connected at', session.at ? [...nodeLink(session.at), answer.connection ? ` · ${answer.connection}` : null] : ['nowhere']],
      ['Lives on', nodeLink(session.owner)],
      ['Shard', [el('a', { href: `#/shards/session/${answer.shard}` }, number(answer.shard))]],
      ['Attachment', [answer.attachment ?? 'none in this life']],
      ['Since', [moment(session.since)]],
      ['Forgotten', [answer.expires ? `${moment(answer.expires)}, unless its client comes back` : session.at ? 'not while it is attached' : NONE]],
      ['State keys', answer.stateKeys.length > 0 ? answer.stateKeys.map((key) => el('code', {}, key)) : ['none']],
    ];
    facts.replaceChildren(...rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
    amount.textContent = number(answer.subscriptions.length);
    const lag = (one) => (one.lag === null ? -1 : one.lag);
    subscriptions.body.replaceChildren(...[...answer.subscriptions].sort((a, b) => lag(b) - lag(a) || byName(a.channel, b.channel)).map((one) => el('tr', { 'data-testid': 'subscription' },
      cell('Channel', el('a', { href: `#/channels/${segment(one.channel)}` }, one.channel)),
      cell('Mode', el('span', { class: 'state', 'data-tone': one.mode === 'catching-up' ? 'wait' : one.mode === 'live' ? 'good' : 'rest' }, one.mode)),
      el('td', { 'data-label': 'Position', class: 'n' }, one.position ?? NONE), el('td', { 'data-label': 'Head', class: 'n' }, one.head ?? NONE),
      el('td', { 'data-label': 'Lag', class: 'n', 'data-odd': one.lag > 0 ? 'true' : null }, number(one.lag)), cell('Present', one.present ? 'yes' : 'no'))));
    show(subscriptions.root, answer.subscriptions.length > 0);
    history.replaceChildren(...[...answer.history].reverse().map((event) => el('li', { 'data-what': event.what },
      el('time', { datetime: event.at, title: moment(event.at) }, time(event.at)), el('strong', {}, event.what), el('span', {}, event.node ? [' ', ...nodeLink(event.node)] : null, event.why ? ` ${event.why}` : null))));
  };

  const ask = () => {
    const back = el('input', { type: 'radio', name: 'how', value: 'back', checked: true });
    const end = el('input', { type: 'radio', name: 'how', value: 'end' });
    const reason = el('input', { id: 'disconnect-reason', maxlength: '200', autocomplete: 'off' });
    actions.confirm({
      title: 'Disconnect this session?',
      lines: [`${report.session.user ?? 'A client that is not signed in'}, ${report.session.at ? `connected at ${report.session.at}` : 'not connected at the moment'}, with ${number(report.session.subscriptions)} subscriptions.`],
      fields: [
        el('label', { class: 'check' }, back, el('span', {}, 'Close its connection. The client may come back at once and resume.')),
        el('label', { class: 'check' }, end, el('span', {}, 'End the session. The client is told not to come back, and others see it leave.')),
        el('label', { class: 'field' }, el('span', {}, 'Reason (the client may see it)'), reason),
      ],
      verb: 'Disconnect',
      danger: true,
      perform: () => api.post(`sessions/${segment(id)}/disconnect`, { reconnect: back.checked, reason: reason.value.trim() || null }),
      done: () => poll.now(),
    });
  };

  const poll = new Poll(api, 2_000, {
    ask: (signal) => api.get(`sessions/${segment(id)}`, {}, { signal }),
    got,
    failed: (error) => {
      show(fault, true);
      fault.textContent = error.status === 404 ? `There is no session ${id}. It has ended, or its expiry is over.` : error.message;
      if (error.status !== 404) return;
      show(body, false);
      show(disconnect, false);
      show(head, false);
    },
  }).start();
  show(disconnect, false);
  return { root, title: `Session ${id}`, close: () => poll.stop() };
}
