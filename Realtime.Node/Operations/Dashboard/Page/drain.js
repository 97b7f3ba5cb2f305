// How far a drain has come. The API says what is left; how much there was, this page remembers from when it saw the drain first.

import { count } from './words.js';

const begun = new Map();   // name:incarnation → { shards, connections }

/** `{ part, text }`; null for a node that does not drain. */
export function drainProgress(node) {
  const draining = node.status === 'draining' || node.live?.phase === 'draining';
  const key = `${node.name}:${node.incarnation}`;
  if (!draining || node.status === 'dead') {
    begun.delete(key);
    return null;
  }
  const start = begun.get(key) ?? { shards: node.shards, connections: node.connections };
  start.shards = Math.max(start.shards, node.shards);
  start.connections = Math.max(start.connections, node.connections);
  begun.set(key, start);
  // A node that is alone keeps its shards to the end.
  const shards = node.peerAddress === '' ? 0 : node.shards;
  const halves = [[shards, shards === 0 ? 0 : start.shards], [node.connections, start.connections]].filter(([, from]) => from > 0);
  const part = halves.length === 0 ? 1 : halves.reduce((sum, [left, from]) => sum + (1 - left / from), 0) / halves.length;
  const notes = [
    shards > 0 && `${count(shards, 'shard')} left`,
    node.connections > 0 && `${count(node.connections, 'connection')} left`,
  ].filter(Boolean);
  return { part, text: notes.length > 0 ? notes.join(', ') : 'empty' };
}
