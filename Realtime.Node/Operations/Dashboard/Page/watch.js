// What is known of the cluster: asked for again and again, told to whoever listens. Everything that several parts of the page look at is here.

import { learn } from './colours.js';
import { Poll } from './poll.js';
import { inOneRow } from './shards.js';

const CLUSTER_EVERY = 2_000;
const MAP_EVERY = 1_000;

/** Later than this, what is shown is called old; sooner when asking has failed already. One answer that is lost says nothing yet. */
const STALE = 6_000;
const STALE_AFTER_ERROR = 4_000;

/** Events: `cluster`, `map`, `fresh` (it went stale, or came back), `focus` (a node is pointed at), `first` (the cluster has been heard of). */
export class Watch extends EventTarget {
  constructor(api) {
    super();
    this.api = api;
    this.cluster = null;
    this.map = null;
    this.focus = null;          // name of the node that is pointed at anywhere
    this.clusterAt = null;      // performance.now() of the last answer
    this.mapAt = null;
    this.stale = false;
    this._errors = { cluster: null, map: null };
    this._kept = { tag: null };
    this._cluster = new Poll(api, CLUSTER_EVERY, {
      ask: (signal) => api.get('cluster', {}, { signal }),
      got: (cluster) => this._gotCluster(cluster),
      failed: (error) => this._failed('cluster', error),
    });
    this._map = new Poll(api, MAP_EVERY, {
      ask: (signal) => api.getChanged('shards/map', this._kept, signal),
      got: (map) => this._gotMap(map),
      failed: (error) => this._failed('map', error),
    });
    setInterval(() => this._judge(), 500);
  }

  start() {
    this._cluster.start();
    this._map.start();
  }

  /** After an action nobody should wait for the next turn. */
  refresh() {
    this._cluster.now();
    this._map.now();
  }

  node(name) { return this.cluster?.nodes.find((one) => one.name === name) ?? null; }

  /** Seconds since the cluster's state was heard of. */
  get age() { return this.clusterAt === null ? null : (performance.now() - this.clusterAt) / 1000; }

  point(name) {
    if (this.focus === name) return;
    this.focus = name;
    this.dispatchEvent(new Event('focus'));
  }

  _gotCluster(cluster) {
    const first = this.cluster === null;
    learn(cluster.nodes.map((node) => node.name));
    this.cluster = cluster;
    this.clusterAt = performance.now();
    this._errors.cluster = null;
    this._judge();
    if (first) this.dispatchEvent(new Event('first'));
    this.dispatchEvent(new Event('cluster'));
  }

  _gotMap(map) {
    this.mapAt = performance.now();
    this._errors.map = null;
    this._judge();
    if (map === null) return;
    learn(map.nodes);
    this.map = inOneRow(map);
    this.dispatchEvent(new Event('map'));
  }

  get error() { return this._errors.cluster ?? this._errors.map; }

  _failed(source, error) {
    this._errors[source] = error;
    this._judge();
  }

  _judge() {
    if (document.hidden) return;
    const oldest = performance.now() - Math.min(this.clusterAt ?? 0, this.mapAt ?? 0);
    const stale = oldest > (this.error ? STALE_AFTER_ERROR : STALE);
    // Said again while it lasts: the words count the seconds.
    if (stale || stale !== this.stale || (this.error && this.cluster === null)) {
      this.stale = stale;
      this.dispatchEvent(new Event('fresh'));
    }
  }
}
