// What can be done to nodes and to the whole cluster, with the words that say what will happen.

import { segment } from './api.js';
import { el } from './elements.js';
import { count } from './words.js';

const load = (node) => `${count(node.connections, 'connection')} and ${count(node.shards, 'shard')}`;

export class Steps {
  constructor(actions, watch) {
    Object.assign(this, { _actions: actions, _watch: watch });
  }

  /** The buttons that make sense for a node in its present state; `few` leaves the rare ones to the node's page. */
  buttons(node, few = false) {
    const clustered = this._watch.cluster.clustered;
    const button = (label, press, more) => this._actions.button(label, press, more);
    const gone = node.status === 'dead';
    const away = node.status !== 'active' || ['draining', 'drained'].includes(node.live?.phase);
    const name = node.name;
    const step = (act) => () => act.call(this, this._watch.node(name) ?? node);
    return [
      clustered && !gone && !away && button('Drain', step(this.drain), { hint: `Move everything away from ${name}; its process stays` }),
      clustered && !gone && away && button('Undrain', step(this.undrain), { hint: `Let ${name} take shards and connections again` }),
      !few && !gone && button('Leave', step(this.leave), { hint: clustered ? `Drain ${name} and end its process` : `Say goodbye to the clients of ${name} and end its process` }),
      clustered && !few && button('Evict…', step(this.evict), { kind: 'risky', hint: `Declare ${name} dead at once` }),
    ].filter(Boolean);
  }

  drain(node) {
    this._actions.confirm({
      title: `Drain ${node.name}?`,
      lines: [
        `${load(node)} go to other nodes. Clients are asked to move, a few at a time, and open their new connection before they close the old one.`,
        'The process goes on running, owns nothing and takes nothing until you undrain it.',
        ...this._lastOne(node),
      ],
      verb: `Drain ${node.name}`,
      perform: () => this._post(node, 'drain'),
    });
  }

  undrain(node) {
    this._actions.confirm({
      title: `Take ${node.name} back?`,
      lines: [`It becomes active again, is given shards by its capacity, and new clients are sent to it. ${count(node.connections, 'connection')} and ${count(node.shards, 'shard')} are on it now.`],
      verb: `Undrain ${node.name}`,
      perform: () => this._post(node, 'undrain'),
    });
  }

  leave(node) {
    const { clustered } = this._watch.cluster;
    this._actions.confirm({
      title: clustered ? `Let ${node.name} leave the cluster?` : `End ${node.name}?`,
      lines: [
        clustered ? `${load(node)} go to other nodes, as when it is drained. Then its process ends with exit code 0.`
          : `${count(node.connections, 'client')} of it are told that it restarts. Then its process ends with exit code 0, and nobody is served until it is started again.`,
        'Whether it comes back is for whoever supervises it: an orchestrator may start it again at once.',
        ...(clustered ? this._lastOne(node) : []),
      ],
      verb: clustered ? `Let ${node.name} leave` : `End ${node.name}`,
      danger: true,
      perform: () => this._post(node, 'leave'),
    });
  }

  evict(node) {
    const force = el('input', { type: 'checkbox', id: 'evict-force' });
    this._actions.confirm({
      title: `Declare ${node.name} dead?`,
      lines: [
        `${count(node.shards, 'shard')} are taken over by the others at once, without a hand-off: logs in memory on it are lost and begin a new epoch, and ${count(node.connections, 'client')} of it may have to reconnect.`,
        'For a node that is gone and was not noticed. For one that is alive, drain it instead.',
      ],
      fields: [el('label', { class: 'check' }, force, el('span', {}, 'It is alive, and should lose its shards all the same (it joins again afterwards)'))],
      typed: node.name,
      verb: `Evict ${node.name}`,
      danger: true,
      perform: () => this._actions.api.post(`nodes/${segment(node.name)}/evict`, { force: force.checked }),
    });
  }

  pause() {
    const time = el('select', { id: 'pause-time' }, [[900, '15 minutes'], [3600, 'one hour'], [14400, '4 hours'], [86400, 'a day']].map(([value, text]) => el('option', { value, selected: value === 3600 }, text)));
    this._actions.confirm({
      title: 'Pause moves?',
      lines: ['No node starts a move that only serves balance. Drains go on, and shards of a node that is lost are taken over.'],
      fields: [el('label', { class: 'field' }, el('span', {}, 'For'), time)],
      verb: 'Pause moves',
      perform: () => this._actions.api.post('shards/pause', { seconds: Number(time.value) }),
    });
  }

  resume() {
    this._actions.confirm({
      title: 'Resume moves?',
      lines: ['Nodes go on handing over shards that belong elsewhere.'],
      verb: 'Resume moves',
      perform: () => this._actions.api.post('shards/resume'),
    });
  }

  _post(node, verb) { return this._actions.api.post(`nodes/${segment(node.name)}/${verb}`); }

  _lastOne(node) {
    const others = this._watch.cluster.nodes.filter((one) => one.name !== node.name && one.status === 'active');
    return others.length > 0 ? [] : ['No other node takes shards: this will be refused.'];
  }
}
