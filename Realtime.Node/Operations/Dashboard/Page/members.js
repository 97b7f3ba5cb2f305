// The table of members: nodes and lighthouses as the actor system has them, and how old their rows in the store are.

import { slotOf } from './colours.js';
import { byId, cell, el, say, show, swatch } from './elements.js';
import { list, NONE, number, span } from './words.js';

const STANDING = { up: 'good', joining: 'wait', leaving: 'wait', down: 'bad' };

/** A row is renewed every two seconds and stands still after eight. */
const OLD_ROW_MS = 6_000;

/** Each member says every second that it is there. */
const SILENT_MS = 3_000;

const ago = (ms) => (ms === null ? NONE : ms < 1_000 ? `${number(ms)} ms` : span(ms / 1000));
const late = (ms, bound) => el('span', { class: ms > bound ? 'fault' : null }, ago(ms));

export class Members {
  constructor(watch) {
    this._watch = watch;
    watch.addEventListener('cluster', () => this._paint());
  }

  _paint() {
    const { members, nodes, coordinator } = this._watch.cluster;
    show(byId('members'), members.length > 0);
    say(byId('members-count'), number(members.length));
    const isNode = new Set(nodes.map((node) => node.name));
    byId('members-body').replaceChildren(...members.map((member) => el('tr', { 'data-testid': 'member' },
      el('th', { scope: 'row' }, isNode.has(member.name)
        ? [swatch(slotOf(member.name)), el('a', { href: `#/nodes/${encodeURIComponent(member.name)}` }, member.name)]
        : member.name),
      cell('Role', [member.role, member.name === coordinator && 'coordinator', member.oldest && 'oldest'].filter(Boolean).join(', ')),
      cell('Standing', el('span', { class: 'state', 'data-tone': STANDING[member.standing] ?? 'rest' }, member.standing)),
      cell('Reachable', el('span', { class: 'state', 'data-tone': member.reachable ? 'good' : 'bad' }, member.reachable ? 'yes' : 'no')),
      cell('Last word', late(member.heardMs, SILENT_MS)),
      cell('Row renewed', late(member.rowAgeMs, OLD_ROW_MS)),
      cell('Misses', member.misses.length > 0 ? el('span', { class: 'fault' }, list(member.misses)) : NONE),
      cell('Verdict', member.verdict === null ? NONE : el('span', { class: 'fault' }, member.verdict)))));
  }
}
