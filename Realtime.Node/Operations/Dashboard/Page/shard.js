// The card of one shard beneath the map: what it is, and where it can be sent.

import { byId, el, say, show, swatch } from './elements.js';
import { slotOf } from './colours.js';
import { isChannels, pathOf, titleOf } from './shards.js';
import { byName, number } from './words.js';

const STATES = { here: 'at rest', moving: 'moving', free: 'not given to a node yet' };

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
    say(byId('shard-title'), titleOf(shard));
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
      known = await this._watch.api.get(pathOf(shard));
    } catch (error) {
      if (this._shard === shard) byId('shard-facts').replaceChildren(el('p', { class: 'fault' }, error.message));
      return;
    }
    if (this._shard !== shard) return;
    this._known = known;
    this._facts(known);
    this._targets();
  }

  _facts({ owner, target, state, entities }) {
    const node = (name) => (name ? [swatch(slotOf(name)), el('a', { href: `#/nodes/${encodeURIComponent(name)}` }, name)] : ['nobody']);
    const rows = [
      ['Owner', node(owner)],
      ['State', [STATES[state] ?? state]],
      ...(target ? [['Goes to', node(target)]] : []),
      [isChannels(this._shard) ? 'Channels in memory' : 'Sessions in memory', [number(entities)]],
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
    show(byId('shard-move'), this._watch.cluster?.clustered === true && names.length > 0 && Boolean(owner));
  }

  _move() {
    const to = byId('shard-to').value;
    const shard = this._shard;
    const { entities, owner } = this._known;
    this._actions.confirm({
      title: `Move ${titleOf(shard).toLowerCase()} to ${to}?`,
      lines: [
        `It is handed off by ${owner}${entities === null ? '' : `, with ${number(entities)} ${isChannels(shard) ? 'channels' : 'sessions'} in memory`}. Clients notice nothing.`,
        'Balance may move it on later; pause moves to keep it there.',
      ],
      verb: 'Move it',
      perform: () => this._watch.api.post(`${pathOf(shard)}/move`, { to }),
    });
  }
}
