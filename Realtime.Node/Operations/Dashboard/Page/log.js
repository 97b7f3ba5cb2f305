// The log of one node as it is written, and the levels it is written at.

import { segment } from './api.js';
import { el, say, show } from './elements.js';
import { Poll } from './poll.js';
import { byName, moment, number, time } from './words.js';

const LEVELS = ['trace', 'debug', 'information', 'warning', 'error', 'critical'];
const SHORT = { trace: 'trace', debug: 'debug', information: 'info', warning: 'warn', error: 'error', critical: 'crit' };
const KEPT = 2_000;
const FIRST = 300;

export function logPage({ api, watch, actions }, asked, query) {
  const names = (watch.cluster?.nodes ?? []).map((node) => node.name).sort(byName);
  const name = asked ?? watch.cluster?.node ?? names[0];
  const select = (items, value, label, change) => {
    const box = el('select', { onchange: (event) => change(event.target.value) }, items.map(([key, text]) => el('option', { value: key, selected: key === value }, text)));
    return el('label', { class: 'field' }, el('span', {}, label), box);
  };
  const go = (to, more) => {
    const all = new URLSearchParams(Object.entries({ ...query, ...more }).filter(([, value]) => value));
    location.hash = `#/log/${segment(to)}${all.size > 0 ? `?${all}` : ''}`;
  };
  const category = el('input', { value: query.category ?? '', placeholder: 'Realtime.…', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', onchange: (event) => go(name, { category: event.target.value.trim() }) });
  const follow = el('button', { type: 'button', class: 'button', 'aria-pressed': 'true' }, 'Follow');
  const level = actions.button('Change level…', () => ask());
  const lines = el('ol', { class: 'log', tabindex: '0', 'aria-label': `Log of ${name}`, 'data-testid': 'log' });
  const note = el('p', { class: 'note', role: 'status' }, 'Asking for it…');
  const written = el('span', { class: 'amount' });
  const root = el('div', { class: 'page tall' },
    el('header', { class: 'page-head' }, el('h1', {}, 'Log ', written),
      el('div', { class: 'filters' },
        select((names.includes(name) ? names : [name, ...names]).map((one) => [one, one]), name, 'Node', (to) => go(to, {})),
        select([['', 'everything'], ...LEVELS.slice(1).map((one) => [one, `${one} and worse`])], query.level ?? '', 'Level', (to) => go(name, { level: to })),
        el('label', { class: 'field' }, el('span', {}, 'Category'), category), follow, level)),
    note, lines);
  let following = true;
  let after = null;

  const set = (on) => {
    following = on;
    follow.setAttribute('aria-pressed', String(on));
    if (on) lines.scrollTop = lines.scrollHeight;
  };
  follow.addEventListener('click', () => set(!following));
  // Who scrolls up wants to read; who comes back to the end wants to follow.
  lines.addEventListener('scroll', () => {
    const end = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 24;
    if (end !== following) { following = end; follow.setAttribute('aria-pressed', String(end)); }
  }, { passive: true });

  const got = (page) => {
    show(note, false);
    // A process that was started again counts from the beginning.
    if (after !== null && page.next < after) { after = null; lines.replaceChildren(); poll.now(); return; }
    const stay = following;
    const fresh = page.lines.map(line);
    if (page.missed > 0 && after !== null) fresh.unshift(el('li', { class: 'hole' }, `${number(page.missed)} lines are missing: they were thrown out of memory before this page asked for them.`));
    after = page.next;
    lines.append(...fresh);
    while (lines.children.length > KEPT) lines.firstChild.remove();
    if (lines.children.length === 0) { show(note, true); say(note, 'No line like that is in memory.'); }
    if (stay && fresh.length > 0) lines.scrollTop = lines.scrollHeight;
    say(written, watch.node(name)?.live ? `written from ${watch.node(name).live.logLevel}` : '');
  };

  const ask = () => {
    const to = el('select', {}, LEVELS.map((one) => el('option', { value: one, selected: one === (watch.node(name)?.live?.logLevel ?? 'information') }, one)));
    const where = el('input', { value: query.category ?? '', placeholder: 'all', autocomplete: 'off', spellcheck: 'false' });
    const time = el('select', {}, [['300', '5 minutes'], ['1800', 'half an hour'], ['14400', '4 hours'], ['', 'until the process ends']].map(([value, text]) => el('option', { value }, text)));
    actions.confirm({
      title: `Change what ${name} writes to its log?`,
      lines: ['Trace and debug lines cost time on a busy node. The configured level comes back by itself.'],
      fields: [['Level', to], ['Categories that begin with', where], ['For', time]].map(([label, input]) => el('label', { class: 'field' }, el('span', {}, label), input)),
      verb: 'Change level',
      perform: () => api.put(`nodes/${segment(name)}/log/level`, { level: to.value, category: where.value.trim() || null, seconds: time.value ? Number(time.value) : null }),
    });
  };

  const poll = new Poll(api, 1_000, {
    ask: (signal) => api.get(`nodes/${segment(name)}/log`, { after, limit: after === null ? FIRST : 1_000, level: query.level, category: query.category }, { signal }),
    got,
    failed: (error) => { show(note, true); say(note, error.message); },
  }).start();
  return { root, title: `Log of ${name}`, close: () => poll.stop() };
}

function line({ at, level, category, event, text, exception }) {
  const short = category.slice(category.lastIndexOf('.') + 1);
  return el('li', { 'data-level': level, 'data-testid': 'log-line' },
    el('time', { datetime: at, title: moment(at) }, time(at)), el('b', {}, SHORT[level] ?? level),
    el('span', { class: 'category', title: event > 0 ? `${category}, event ${event}` : category }, short),
    el('span', { class: 'text' }, text, exception ? el('details', {}, el('summary', {}, exception.split('\n')[0]), el('pre', {}, exception)) : null));
}
