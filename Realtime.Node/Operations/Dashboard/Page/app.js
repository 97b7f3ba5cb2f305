// The operators' dashboard: one watch over the cluster, an overview that stays, and pages that come and go with the address.

import { Api } from './api.js';
import { channelPage, channelsPage } from './channels.js';
import { Actions, Notices } from './confirm.js';
import { byId, el, mark, show } from './elements.js';
import { Brief, eventsPage, Happenings } from './events.js';
import { findPage, target } from './find.js';
import { Heading } from './heading.js';
import { KeyDialog } from './keys.js';
import { logPage } from './log.js';
import { ShardMap } from './map.js';
import { Members } from './members.js';
import { nodePage } from './node.js';
import { Nodes } from './nodes.js';
import { Plots } from './plots.js';
import { sessionPage, sessionsPage } from './sessions.js';
import { placeOf } from './shards.js';
import { Steps } from './steps.js';
import { Watch } from './watch.js';

const api = new Api();
const watch = new Watch(api);
const notices = new Notices();
const actions = new Actions(api, watch, notices);
const steps = new Steps(actions, watch);
const happenings = new Happenings(api, watch);
const context = { api, watch, actions, steps, happenings };

new KeyDialog(api);
new Heading(watch);
const map = new ShardMap(watch, actions);
new Plots(watch);
new Nodes(watch, steps);
new Members(watch);
new Brief(happenings);
const pause = actions.button('Pause moves', () => steps.pause());
const resume = actions.button('Resume moves', () => steps.resume());
byId('moves').append(pause, resume);
watch.addEventListener('cluster', () => {
  const paused = watch.cluster.paused.length > 0;
  show(byId('moves'), watch.cluster.clustered);
  show(pause, !paused);
  show(resume, paused);
});

const PAGES = {
  nodes: (id) => nodePage(context, id),
  sessions: (id, query) => (id ? sessionPage(context, id) : sessionsPage(context, query)),
  channels: (id, query) => (id ? channelPage(context, id) : channelsPage(context, query)),
  events: () => eventsPage(context),
  log: (id, query) => logPage(context, id, query),
  find: (id) => findPage(context, id),
};

let page = null;

function route() {
  const [path, words] = location.hash.slice(1).split('?');
  const [, kind = '', id = null, part = null] = path.split('/');
  const query = Object.fromEntries(new URLSearchParams(words ?? ''));
  let name;
  try {
    name = id === null || id === '' ? null : decodeURIComponent(id);
  } catch {
    name = id;   // a lone % that somebody typed: it names itself
  }
  page?.close();
  page = null;
  const overview = kind === '' || kind === 'shards' || !PAGES[kind];
  show(byId('overview'), overview);
  show(byId('page'), !overview);
  if (overview) {
    byId('page').replaceChildren();
    map.pin(kind === 'shards' && /^\d+$/.test(part ?? '') ? placeOf(name, Number(part)) : -1);
  } else if (watch.cluster === null) {
    // Which nodes there are is not known before the first answer.
    byId('page').replaceChildren(el('p', { class: 'empty' }, 'Looking at the cluster…'));
  } else {
    page = PAGES[kind](name, query);
    byId('page').replaceChildren(page.root);
  }
  for (const link of document.querySelectorAll('#nav a')) mark(link, 'aria-current', link.dataset.page === (overview ? '' : kind) ? 'page' : null);
}

byId('skip').addEventListener('click', (event) => {
  event.preventDefault();  // the part behind # is the page
  byId('main').focus();
});

let routed = '';
addEventListener('hashchange', () => {
  const overview = (hash) => /^#?\/?(shards\/|$)/.test(hash);
  // From one shard to another nothing else changes; anywhere else a new page begins at its top.
  const stay = overview(routed) && overview(location.hash);
  routed = location.hash;
  route();
  if (!stay) scrollTo(0, 0);
});

byId('search').addEventListener('submit', (event) => {
  event.preventDefault();
  const to = target(byId('words').value, watch);
  if (to === null) return;
  if (to === location.hash) route();
  location.hash = to;
  byId('words').blur();
});

addEventListener('keydown', (event) => {
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.target.closest('input, select, textarea, dialog')) return;
  event.preventDefault();
  byId('words').focus();
  byId('words').select();
});

watch.addEventListener('first', () => { routed = location.hash; route(); }, { once: true });
route();
watch.start();
