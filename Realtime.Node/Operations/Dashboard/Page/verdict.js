// The state of the cluster in one sentence, and what else there is to say. Pure: what is known goes in, words come out. Worst things first.

import { count, list, ms, number, span } from './words.js';

/** From here on people should be told before users are. */
const FULL = 0.9;             // of a node's capacity
const LAGGING = 0.05;         // subscribers behind, of the node's connections
const SLOW_MS = 1_000;        // one publish in a hundred takes longer

const are = (n) => (n === 1 ? 'is' : 'are');
// Many clusters call their nodes node-0, node-1: "Node node-0" is one word too many.
const Node = (name) => (/^node/i.test(name) ? name : `Node ${name}`);
const Nodes = (names) => (names.length === 1 ? Node(names[0]) : names.every((name) => /^node/i.test(name)) ? list(names) : `Nodes ${list(names)}`);
const names = (all) => all.map((node) => node.name);

/** `{ tone, text, more: [{ tone, text }] }` with tones bad, wait, move and good. */
export function verdict(cluster, map) {
  const found = [...losses(cluster), ...troubles(cluster), ...loads(cluster), ...movements(cluster, map)];
  const order = ['bad', 'wait', 'move'];
  found.sort((a, b) => order.indexOf(a.tone) - order.indexOf(b.tone));
  if (found.length > 0) return { ...found[0], more: found.slice(1) };
  const text = !cluster.clustered ? 'One node, alone on its store: all well'
    : cluster.nodes.length === 1 ? 'A cluster of one node so far: all well' : `${count(cluster.nodes.length, 'node')}, all well`;
  return { tone: 'good', text, more: [] };
}

function* losses(cluster) {
  if (!cluster.store.well) yield { tone: 'bad', text: `The store is not well${cluster.store.fault ? `: ${cluster.store.fault}` : ''}` };
  const dead = cluster.nodes.filter((node) => node.status === 'dead');
  const orphaned = dead.reduce((sum, node) => sum + node.shards, 0);
  if (dead.length > 0 && orphaned > 0) {
    yield { tone: 'bad', text: `${Nodes(names(dead))} ${are(dead.length)} gone; ${count(orphaned, 'shard')} ${are(orphaned)} being taken over` };
  } else if (dead.length > 0) {
    yield { tone: 'wait', text: `${Nodes(names(dead))} ${are(dead.length)} gone; the others have taken over` };
  }
  if (cluster.clustered && cluster.coordinator === null) yield { tone: 'bad', text: 'No node decides where shards go: shards that are on no node stay there' };
  const broken = cluster.members.filter((member) => !member.reachable && member.standing !== 'down');
  if (broken.length > 0) yield { tone: 'bad', text: `${list(names(broken))} ${are(broken.length)} not reachable for all members: nothing moves for balance meanwhile` };
  const silent = cluster.nodes.filter((node) => node.status !== 'dead' && !node.reachable);
  if (silent.length > 0) yield { tone: 'bad', text: `${Nodes(names(silent))} ${silent.length === 1 ? 'does' : 'do'} not answer; what ${silent.length === 1 ? 'it knows' : 'they know'} is missing here` };
}

function* troubles(cluster) {
  const alive = cluster.nodes.filter((node) => node.status !== 'dead' && node.live);
  if (!['sure', 'watching'].includes(cluster.standing) && !alive.some((node) => node.name === cluster.node)) {
    yield { tone: 'bad', text: `${cluster.node}, who answers here, is ${cluster.standing}: its view may be old` };
  }
  for (const { name, live } of alive) {
    if (live.standing === 'out') yield { tone: 'bad', text: `${Node(name)} is no member of its cluster: it serves no session and no channel` };
    else if (live.standing !== 'sure' && live.store.well) yield { tone: 'bad', text: `${Node(name)} is ${live.standing}: it may not act until the store answers it` };
    else if (!live.store.well && cluster.store.well) yield { tone: 'bad', text: `${Node(name)} does not reach the store${live.store.fault ? `: ${live.store.fault}` : ''}` };
  }
  for (const { name, status, live } of alive) {
    const drained = status !== 'active' || live.phase !== 'serving';
    const said = live.standing !== 'sure' || !live.store.well;
    if (!drained && !said && live.obstacles.length > 0) yield { tone: 'wait', text: `${Node(name)} is not ready: ${live.obstacles.join('; ')}` };
  }
}

function* loads(cluster) {
  for (const node of cluster.nodes) {
    if (node.capacity > 0 && node.connections >= node.capacity * FULL) {
      yield { tone: 'wait', text: `${Node(node.name)} is nearly full: ${number(node.connections)} of ${number(node.capacity)}` };
    }
    const rates = node.live?.rates;
    if (!rates) continue;
    if (rates.behind > Math.max(10, node.connections * LAGGING)) yield { tone: 'wait', text: `${count(rates.behind, 'subscriber')} of ${node.name} cannot keep up` };
    if (rates.publishP99Ms >= SLOW_MS) yield { tone: 'wait', text: `Publishes are slow on ${node.name}: ${ms(rates.publishP99Ms)} for one in a hundred` };
  }
}

function* movements(cluster, map) {
  const leaving = cluster.nodes.filter((node) => node.status === 'draining' || (node.status === 'active' && node.live?.phase === 'draining'));
  for (const node of leaving) {
    if (!cluster.clustered) {
      yield { tone: 'move', text: `${Node(node.name)} is stopping: ${count(node.connections, 'connection')} to go` };
      continue;
    }
    const left = [node.shards > 0 && count(node.shards, 'shard'), node.connections > 0 && count(node.connections, 'connection')].filter(Boolean);
    yield { tone: 'move', text: `${Node(node.name)} is draining: ${left.length > 0 ? `${left.join(' and ')} to go` : 'nothing is left on it'}` };
  }
  const drained = cluster.nodes.filter((node) => node.status === 'drained');
  if (drained.length > 0) yield { tone: 'move', text: `${Nodes(names(drained))} ${are(drained.length)} drained and ${drained.length === 1 ? 'takes' : 'take'} nothing` };
  const moving = Math.max(cluster.shards.moving, map?.moves.size ?? 0);
  if (moving > 0 && leaving.length === 0) yield { tone: 'move', text: `${count(moving, 'shard')} ${are(moving)} moving` };
}
