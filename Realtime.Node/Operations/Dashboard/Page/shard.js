// The card of one shard beneath the map: what it is, and where it can be sent.

import { byId, el, say, show, swatch } from './elements.js';
import { slotOf } from './colours.js';
import { byName, NONE, number } from './words.js';

const STATES = { here: 'at rest', moving: 'moving', held: 'held where an operator moved it', free: 'without an owner' };

export class ShardCard {
  constructor(watch, actions, { closed }) {
    Object.assign(this, { _watch: watch, _actions: actions, _shard: -1 });
    byId('shard-close').addEventListener('click', () => { closed(); if (location.hash.startsWith('#/shards/')) location.hash = '#/'; });
    byId('shard-move').addEventListener('submit', (event) => { event.preventDefault(); this._move(); });
    watch.addEventListener('map', () => { if (this._shard >= 0) this._ask(); });
    watch.addEventListener('cluster', () => { if (this._shard >= 0) this._targets(); });
  }

  open(shard) {
    this._shard = shard;
    this._known = null;
    show(byId('shard'), true);
    say(byId('shard-title'), `Shard ${number(shard)}`);
    byId('shard-facts').replaceChildren();
    this._targets();
    this._ask();
  }

  close() {
    this._shard = -1;
    show(byId('shard'), false);
  }

  async _ask() {
    const shard = this._shard;
    let known;
    try {
      known = await this._watch.api.get(`shards/${shard}`);
    } catch (error) {
      if (this._shard === shard) byId('shard-facts').replaceChildren(el('p', { class: 'fault' }, error.message));
      return;
    }
    if (this._shard !== shard) return;
    this._known = known;
    this._facts(known);
    this._targets();
  }

  _facts({ owner, plan, state, sessions, channels }) {
    const node = (name) => (name ? [swatch(slotOf(name)), el('a', { href: `#/nodes/${encodeURIComponent(name)}` }, name)] : ['nobody']);
    const rows = [
      ['Owner', node(owner)],
      ['State', [STATES[state] ?? state]],
      ...(this._watch.cluster?.clustered ? [['By the plan', plan === owner && plan ? ['the same'] : plan ? node(plan) : [NONE]]] : []),
      // What is in memory only nodes know.
      ...(this._watch.limited ? [] : [['Sessions', [number(sessions)]], ['Channels', [number(channels)]]]),
    ];
    byId('shard-facts').replaceChildren(...rows.map(([name, value]) => el('div', {}, el('dt', {}, name), el('dd', {}, value))));
  }

  _targets() {
    const select = byId('shard-to');
    const names = (this._watch.cluster?.nodes ?? [])
      .filter((node) => node.status === 'active' && node.name !== this._known?.owner).map((node) => node.name).sort(byName);
    if ([...select.options].map((option) => option.value).join('\n') !== names.join('\n')) {
      const chosen = select.value;
      select.replaceChildren(...names.map((name) => el('option', { value: name }, name)));
      if (names.includes(chosen)) select.value = chosen;
    }
    const owner = this._known?.owner;
    show(byId('shard-move'), this._watch.limited === false && names.length > 0 && Boolean(owner));
  }

  _move() {
    const to = byId('shard-to').value;
    const shard = this._shard;
    const { sessions, channels, owner } = this._known;
    this._actions.confirm({
      title: `Move shard ${number(shard)} to ${to}?`,
      lines: [
        `It is handed off by ${owner}${sessions === null ? '' : `, with ${number(sessions)} sessions and ${number(channels)} channels in memory`}. Clients notice nothing.`,
        `${to} keeps it, whatever the plan says, until it drains, restarts, or somebody lets go of it with “Rebalance now”.`,
      ],
      verb: 'Move it',
      perform: () => this._watch.api.post(`shards/${shard}/move`, { to }),
    });
  }
}
