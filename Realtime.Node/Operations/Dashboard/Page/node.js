// The page of one node: what it says of itself, its links, what it runs by, and everything that can be done to it.

import { segment } from './api.js';
import { slotOf } from './colours.js';
import { drainProgress } from './drain.js';
import { cell, el, mark, say, show, swatch, table } from './elements.js';
import { bytes, moment, ms, nodeState, number, rate, span } from './words.js';

const BREAKER = { closed: 'good', 'half-open': 'wait', open: 'bad' };

function journalRow({ name, breaker, queuedWrites, queuedBytes, recoveries, failingSince, lastFailure }) {
  const figure = (label, text) => el('td', { 'data-label': label, class: 'n' }, text);
  const failure = lastFailure === null ? 'none' : `${failingSince ? `since ${moment(failingSince)}` : moment(lastFailure.at)}: ${lastFailure.text} (${lastFailure.kind})`;
  return el('tr', { 'data-testid': 'journal' },
    cell('Journal', name), cell('Breaker', el('span', { class: 'state', 'data-tone': BREAKER[breaker] ?? 'rest' }, breaker)),
    figure('Writes', number(queuedWrites)), figure('Bytes', bytes(queuedBytes)), figure('Recoveries', number(recoveries)),
    el('td', { 'data-label': 'Latest failure', class: 'words' }, failingSince ? el('span', { class: 'fault' }, failure) : failure));
}

export function nodePage({ api, watch, steps }, name) {
  const state = el('span', { class: 'state' });
  const buttons = el('div', { class: 'acts' });
  const progress = el('p', { class: 'progress wide-progress' });
  const why = el('ul', { class: 'findings' });
  const facts = el('dl', { class: 'facts' });
  const journals = table(`Journals of ${name}`, [['Journal'], ['Breaker'], ['Writes', 'That wait or are under way', 'n'], ['Bytes', 'Of these writes', 'n'], ['Recoveries', 'Logs that are read back or wait for it', 'n'], ['Latest failure']]);
  const journalsPanel = el('section', { class: 'panel', 'data-testid': 'journals' }, el('h2', {}, 'Journals'), journals.root);
  const config = table(`Configuration of ${name}`, [['Option'], ['Value']]);
  const configPanel = el('details', { class: 'panel fold' }, el('summary', {}, el('h2', {}, 'What it runs by')), config.root);
  const missing = el('p', { class: 'empty', hidden: true }, `There is no node called ${name} in the cluster.`);
  const log = el('a', { class: 'button', href: `#/log/${segment(name)}` }, 'Log');
  const root = el('div', { class: 'page', 'data-testid': 'node-page' },
    el('header', { class: 'page-head' }, el('h1', {}, swatch(slotOf(name)), name), state, log, buttons),
    missing, progress, why, el('section', { class: 'panel' }, facts), journalsPanel, configPanel);
  let shown = null;

  const paint = () => {
    if (!watch.cluster) return;
    const node = watch.node(name);
    show(missing, node === null);
    if (!node) return;
    const { live } = node;
    const [word, tone] = nodeState(node);
    say(state, word);
    mark(state, 'data-tone', tone);
    const key = `${node.status}|${live?.phase}`;
    if (key !== shown) {
      shown = key;
      buttons.replaceChildren(...steps.buttons(node));
    }
    const drain = drainProgress(node);
    show(progress, drain !== null);
    if (drain) {
      progress.style.setProperty('--part', `${(drain.part * 100).toFixed(1)}%`);
      say(progress, `Draining: ${drain.text}`);
    }
    why.replaceChildren(...(live?.obstacles ?? []).map((text) => el('li', { 'data-tone': 'wait' }, text)));
    const alone = node.peerAddress === '';   // it has no place among others
    const rows = [
      ['Connections', `${number(node.connections)} of ${number(node.capacity)}`],
      alone || ['Shards of sessions', number(node.sessionShards)],
      alone || ['Shards of channels', number(node.channelShards)],
      live && ['Sessions in memory', number(live.sessions)],
      live && ['Channels in memory', number(live.channels)],
      live && ['Publishes', `${rate(live.rates.publishes)}/s`],
      live && ['Deliveries', `${rate(live.rates.deliveries)}/s`],
      live && ['Written to clients', `${bytes(live.rates.bytesOut)}/s`],
      live && ['Publish p50, p99', `${ms(live.rates.publishP50Ms)}, ${ms(live.rates.publishP99Ms)}`],
      live && ['Behind', number(live.rates.behind)],
      live && ['Queued for clients', bytes(live.rates.queued)],
      live && ['Refused requests', `${rate(live.rates.errors)}/s`],
      live && ['Refused handshakes', `${rate(live.rates.refused)}/s`],
      live && ['Memory', bytes(live.memory)],
      live && ['CPU', `${number(live.cpu * 100)} % of a core`],
      live && ['Up', span(live.uptimeSeconds)],
      live && ['Dead letters', live.deadLetters.last ? `${number(live.deadLetters.count)}, the latest a ${live.deadLetters.last}` : 'none'],
      live && ['Standing', live.standing],
      live && ['Phase', live.phase],
      live && ['Store', live.store.well ? `${live.store.description}: well` : live.store.fault ?? 'not well'],
      live && ['Log level', live.logLevel],
      live && ['Version', live.version],
      alone || ['Incarnation', number(node.incarnation)],
      alone || ['Peer address', node.peerAddress],
      ['Client address', node.clientUrl ?? 'none of its own'],
    ].filter((row) => Array.isArray(row));
    const text = JSON.stringify(rows);
    if (facts.dataset.text !== text) {
      facts.dataset.text = text;
      facts.replaceChildren(...rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
    }
    show(journalsPanel, Boolean(live));
    journals.body.replaceChildren(...(live?.journals ?? []).map(journalRow));
  };

  configPanel.addEventListener('toggle', async () => {
    if (!configPanel.open) return;
    try {
      const report = await api.get(`nodes/${segment(name)}/config`);
      config.body.replaceChildren(...report.settings.map((one) => el('tr', {}, cell('Option', el('code', {}, one.name)), cell('Value', el('code', {}, one.value)))));
    } catch (error) {
      config.body.replaceChildren(el('tr', {}, el('td', { colspan: '2', class: 'fault' }, error.message)));
    }
  });
  watch.addEventListener('cluster', paint);
  paint();
  return { root, title: name, close: () => watch.removeEventListener('cluster', paint) };
}
