// The page of one node: what it says of itself, its links, what it runs by, and everything that can be done to it.

import { segment } from './api.js';
import { slotOf } from './colours.js';
import { drainProgress } from './drain.js';
import { cell, el, mark, say, show, swatch, table } from './elements.js';
import { bytes, ms, nodeState, number, rate, span } from './words.js';

export function nodePage({ api, watch, steps }, name) {
  const state = el('span', { class: 'state' });
  const buttons = el('div', { class: 'acts' });
  const progress = el('p', { class: 'progress wide-progress' });
  const why = el('ul', { class: 'findings' });
  const facts = el('dl', { class: 'facts' });
  const links = table(`Links of ${name}`, [['Peer'], ['State'], ['Queued', null, 'n']]);
  const linksPanel = el('section', { class: 'panel' }, el('h2', {}, 'Links to peers'), links.root);
  const config = table(`Configuration of ${name}`, [['Option'], ['Value']]);
  const configPanel = el('details', { class: 'panel fold', hidden: watch.limited === true }, el('summary', {}, el('h2', {}, 'What it runs by')), config.root);
  const missing = el('p', { class: 'empty', hidden: true }, `There is no node called ${name} in the cluster.`);
  const log = el('a', { class: 'button', href: `#/log/${segment(name)}` }, 'Log');
  const root = el('div', { class: 'page', 'data-testid': 'node-page' },
    el('header', { class: 'page-head' }, el('h1', {}, swatch(slotOf(name)), name), state, log, buttons),
    missing, progress, why, el('section', { class: 'panel' }, facts), linksPanel, configPanel);
  let shown = null;

  const paint = () => {
    if (!watch.cluster) return;
    const node = watch.node(name);
    show(missing, node === null);
    if (!node) return;
    const { live } = node;
    const [word, tone] = nodeState(node, watch.limited);
    say(state, word);
    mark(state, 'data-tone', tone);
    show(log, watch.limited === false);
    const key = `${node.status}|${live?.phase}|${watch.limited}`;
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
    const rows = [
      ['Connections', `${number(node.connections)} of ${number(node.capacity)}`],
      ['Shards', number(node.shards)],
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
      live && ['Standing', live.standing],
      live && ['Phase', live.phase],
      live && ['Store', live.store.well ? `${live.store.description}: well` : live.store.fault ?? 'not well'],
      live && ['Log level', live.logLevel],
      live && ['Version', live.version],
      ['Incarnation', number(node.incarnation)],
      ['Peer address', node.peerAddress],
      ['Client address', node.clientUrl ?? 'none: clients come over others'],
      node.zone && ['Zone', node.zone],
    ].filter(Boolean);
    const text = JSON.stringify(rows);
    if (facts.dataset.text !== text) {
      facts.dataset.text = text;
      facts.replaceChildren(...rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, value))));
    }
    show(linksPanel, (live?.links.length ?? 0) > 0);
    links.body.replaceChildren(...(live?.links ?? []).map((link) => el('tr', {},
      cell('Peer', swatch(slotOf(link.peer)), el('a', { href: `#/nodes/${segment(link.peer)}` }, link.peer)),
      cell('State', el('span', { class: 'state', 'data-tone': link.up ? 'good' : 'bad' }, link.up ? 'up' : 'down')),
      el('td', { 'data-label': 'Queued', class: 'n' }, bytes(link.queued)))));
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
