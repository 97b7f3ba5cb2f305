// The list of channels, and the page of one: its log, its subscribers, who is present, and its newest messages for those who may see them.

import { segment } from './api.js';
import { cell, el, show, table } from './elements.js';
import { listPage } from './listing.js';
import { Poll } from './poll.js';
import { nodeLink } from './sessions.js';
import { byName, moment, NONE, number, rate, time } from './words.js';

const MESSAGES = 50;
const LONGEST = 2_000;

export const CHANNEL_COLUMNS = [['Channel'], ['Owner'], ['Durability'], ['Head', null, 'n'], ['Publishes/s', null, 'n'], ['Nodes', 'With subscribers', 'n'], ['Present', null, 'n']];

export function channelRow(channel) {
  return el('tr', { 'data-testid': 'channel' },
    cell('Channel', el('a', { href: `#/channels/${segment(channel.name)}` }, channel.name)), cell('Owner', ...nodeLink(channel.owner)), cell('Durability', channel.durability),
    ...[['Head', channel.head ?? NONE], ['Publishes/s', rate(channel.rate)], ['Nodes', number(channel.nodes)], ['Present', number(channel.members)]]
      .map(([label, text]) => el('td', { 'data-label': label, class: 'n' }, text)));
}

export function channelsPage({ api, watch }, query) {
  const nodes = (watch.cluster?.nodes ?? []).map((node) => node.name).sort(byName);
  return listPage(api, {
    title: 'Channels',
    path: 'channels',
    items: (page) => page.channels,
    hash: '#/channels',
    query,
    columns: CHANNEL_COLUMNS,
    filters: [{ name: 'prefix', label: 'Begins with' }, { name: 'node', label: 'Node', options: nodes.map((name) => [name]) }],
    row: channelRow,
    empty: 'No channel in memory is like that.',
  });
}

export function channelPage({ api, actions }, name) {
  const fault = el('p', { class: 'note', role: 'status' }, 'Asking for it…');
  const facts = el('dl', { class: 'facts' });
  const subscribers = table('Subscribers', [['Node'], ['Subscribers', null, 'n'], ['Behind', 'Reading from the log because they could not keep up', 'n']]);
  const members = el('ul', { class: 'present' });
  const amount = el('span', { class: 'amount' });
  const membersPanel = el('section', { class: 'panel' }, el('h2', {}, 'Present ', amount), members);
  const messages = el('ol', { class: 'messages', tabindex: '0', 'aria-label': 'Newest messages', hidden: true });
  const words = el('p', { class: 'note', role: 'status' }, 'Messages are the application’s data: they are read only when you ask.');
  const read = actions.button('Read the newest', () => load(), { hint: 'Needs the key that may act' });
  const body = el('div', { class: 'split', hidden: true },
    el('section', { class: 'panel' }, facts),
    el('section', { class: 'panel grow' }, el('h2', {}, 'Subscribers'), subscribers.root),
    membersPanel,
    el('section', { class: 'panel whole' }, el('header', { class: 'panel-head' }, el('h2', {}, 'Messages'), read), words, messages));
  const root = el('div', { class: 'page', 'data-testid': 'channel-page' }, el('header', { class: 'page-head' }, el('h1', {}, 'Channel ', el('span', { class: 'id' }, name))), fault, body);

  const got = ({ channel, shard, tail, pending, subscribers: all, present }) => {
    show(fault, false);
    show(body, true);
    const rows = [
      ['Lives on', nodeLink(channel.owner)],
      ['Shard', [el('a', { href: `#/shards/channel/${shard}` }, number(shard))]],
      ['Durability', [channel.durability]],
      ['Head', [el('code', {}, channel.head ?? NONE)]],
      ['Tail', [el('code', {}, tail ?? NONE)]],
      ['Publishes', [`${rate(channel.rate)}/s`]],
      ['Waiting for a commit', [number(pending)]],
      ['Subscribers', [number(all.reduce((sum, one) => sum + (one.count ?? 0), 0))]],
    ];
    facts.replaceChildren(...rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
    subscribers.body.replaceChildren(...[...all].sort((a, b) => byName(a.node, b.node)).map((one) => el('tr', {},
      cell('Node', ...nodeLink(one.node)), el('td', { 'data-label': 'Subscribers', class: 'n' }, number(one.count)),
      el('td', { 'data-label': 'Behind', class: 'n', 'data-odd': one.behind > 0 ? 'true' : null }, number(one.behind)))));
    show(subscribers.root, all.length > 0);
    show(membersPanel, channel.members !== null);
    const more = (channel.members ?? 0) - present.length;
    amount.textContent = number(channel.members);
    members.replaceChildren(...present.map((one) => el('li', {}, el('a', { href: `#/sessions/${segment(one.session)}` }, one.user ?? one.session))), ...(more > 0 ? [el('li', { class: 'rest' }, `and ${number(more)} more`)] : []));
  };

  const load = async () => {
    words.textContent = 'Reading…';
    try {
      const page = await api.get(`channels/${segment(name)}/messages`, { limit: MESSAGES });
      words.textContent = [page.messages.length === 0 ? 'The log holds no message.' : `${page.messages.length} newest, the latest first.`, page.gap && `Older ones are missing: ${page.gap}.`].filter(Boolean).join(' ');
      messages.replaceChildren(...[...page.messages].reverse().map((one) => {
        const text = JSON.stringify(one.data, null, 1).replace(/\n\s*/g, ' ');
        return el('li', { 'data-testid': 'message' }, el('code', {}, one.position), el('time', { datetime: one.at, title: moment(one.at) }, time(one.at)), el('strong', {}, one.user ?? NONE),
          el('span', { class: 'payload' }, text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${number(text.length)} characters)` : text));
      }));
      show(messages, page.messages.length > 0);
    } catch (error) {
      words.textContent = error.status === 403 ? 'This key may not read messages: they are the application’s data.' : error.message;
      show(messages, false);
      if (error.status === undefined) reportError(error);
    }
  };

  const poll = new Poll(api, 2_000, {
    ask: (signal) => api.get(`channels/${segment(name)}`, {}, { signal }),
    got,
    failed: (error) => {
      show(fault, true);
      fault.textContent = error.status === 404 ? `There is no channel ${name}: its namespace is not configured, or nobody uses it.` : error.message;
      if (error.status === 404) show(body, false);
    },
  }).start();
  return { root, title: name, close: () => poll.stop() };
}
