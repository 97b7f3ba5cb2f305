// A cluster that is not there: ten nodes, 4,096 shards, answers as docs/operator-api.md has them. For looking at the dashboard and for measuring it.
//   node bench/dashboard/fake.mjs [port] [--nodes 10] [--shards 4096] [--moves 12 per second] [--calm] [--view] [--key KEY] [--lighthouse] [--trouble]

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml' };
const FILES = fileURLToPath(new URL('../../Realtime.Cluster/Dashboard/Page/', import.meta.url));

/** A generator of its own, so that every run shows the same. */
function random(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export class FakeCluster {
  constructor({ nodes = 10, shards = 4096, moves = 12, trouble = false } = {}) {
    this.rnd = random(7);
    this.names = Array.from({ length: nodes }, (_, i) => `node-${i}`);
    this.owners = Array.from({ length: shards }, () => Math.floor(this.rnd() * nodes));
    this.status = this.names.map(() => 'active');
    this.connections = this.names.map(() => 4_200 + Math.floor(this.rnd() * 900));
    this.held = new Set([17, 1337, 2050]);
    this.epochs = new Map();
    this.version = 1203;
    this.moves = [];
    this.perSecond = moves;
    this.events = [];
    this.audit = [];
    this.log = [];
    this.paused = 0;
    this.began = Date.now();
    this.trouble = trouble;
    if (trouble) {
      this.status[4] = 'dead';
      this.owners = this.owners.map((owner) => (owner === 4 ? (this.rnd() < 0.4 ? -1 : Math.floor(this.rnd() * 4)) : owner));
      this.connections[4] = 0;
      this.paused = Date.now() + 754_000;
    }
    this.tell('joined', this.names.at(-1), `${this.names.at(-1)} joined`);
    for (let i = 0; i < 200; i++) this.write();
  }

  tell(what, node, text) { this.events.push({ number: this.events.length + 1, at: new Date().toISOString(), what, node, text }); }

  write() {
    const level = this.rnd() < 0.06 ? 'warning' : this.rnd() < 0.015 ? 'error' : 'information';
    const text = { information: `Connection ${Math.floor(this.rnd() * 90_000)} opened: session resumed at ${Math.floor(this.rnd() * 40)} positions`, warning: 'A client reads too slowly and is 2,041 messages behind', error: 'Connection 4711 failed and is closed' }[level];
    this.log.push({ number: this.log.length + 1, at: new Date().toISOString(), level, category: 'Realtime.Node.Connections.ConnectionActor', event: 4002, text, exception: level === 'error' ? 'System.IO.IOException: The peer reset the connection\n   at Realtime.Node.Transports.WebSocketLink.ReadAsync()' : null });
  }

  /** A turn of 200 ms. */
  step() {
    for (const move of this.moves) move.forMs += 200;
    for (const move of this.moves.filter((one) => one.state === 'moving' && one.forMs >= 400)) {
      this.owners[move.shard] = this.names.indexOf(move.to);
      this.epochs.set(move.shard, (this.epochs.get(move.shard) ?? 1) + 1);
      this.version++;
    }
    this.moves = this.moves.filter((one) => one.state === 'planned' || one.forMs < 400);
    for (const move of this.moves) if (move.state === 'planned') { move.state = 'moving'; move.forMs = 0; }
    const able = this.names.map((_, i) => i).filter((i) => this.status[i] === 'active');
    const leaving = this.names.map((_, i) => i).filter((i) => this.status[i] === 'draining');
    let left = Math.max(1, Math.round((this.perSecond / 5) * (leaving.length > 0 ? 4 : 1))) * (this.perSecond > 0);
    while (left-- > 0 && able.length > 1) {
      const from = leaving.find((i) => this.owners.includes(i)) ?? able[Math.floor(this.rnd() * able.length)];
      const shard = this.pick(from);
      if (shard < 0) break;
      const to = able.filter((i) => i !== from)[Math.floor(this.rnd() * (able.length - able.includes(from)))];
      this.moves.push({ shard, from: this.names[from], to: this.names[to], state: 'planned', forMs: 0 });
    }
    for (const i of leaving) {
      const going = Math.min(this.connections[i], 160);
      this.connections[i] -= going;
      for (let k = 0; k < going; k++) this.connections[able[k % able.length]]++;
      if (this.connections[i] === 0 && !this.owners.includes(i)) {
        this.status[i] = 'drained';
        this.tell('draining', this.names[i], `${this.names[i]} is empty`);
      }
    }
    if (this.rnd() < 0.5) this.write();
    for (const i of able) this.connections[i] = Math.max(0, this.connections[i] + Math.round((this.rnd() - 0.5) * 16));
  }

  pick(owner) {
    const busy = new Set(this.moves.map((move) => move.shard));
    const from = Math.floor(this.rnd() * this.owners.length);
    for (let k = 0; k < this.owners.length; k++) {
      const shard = (from + k) % this.owners.length;
      if (this.owners[shard] === owner && !busy.has(shard) && !this.held.has(shard)) return shard;
    }
    return -1;
  }

  shardsOf(i) { return this.owners.reduce((sum, owner) => sum + (owner === i), 0); }

  node(i) {
    const t = Date.now() / 1000;
    const wave = (k, swing) => 1 + swing * Math.sin(t / (19 + (i % 4) * 3) + i * k) + (this.rnd() - 0.5) * 0.08;
    const dead = this.status[i] === 'dead';
    const part = this.connections[i] / 4_600;
    return {
      name: this.names[i], incarnation: 4 + i, status: this.status[i], reachable: !dead, peerAddress: `10.0.3.${10 + i}:5200`, clientUrl: `wss://n${i}.example.com`, zone: `zone-${'abc'[i % 3]}`,
      capacity: 8_000, connections: this.connections[i], shards: this.shardsOf(i),
      live: dead ? null : {
        version: '0.1.0', phase: this.status[i] === 'active' ? 'serving' : this.status[i], obstacles: [], standing: 'sure', uptimeSeconds: 93_000 + i * 5_111 + Math.floor((Date.now() - this.began) / 1000),
        sessions: Math.round(this.connections[i] * 1.07), channels: 1_300 + i * 31, memory: 412e6 + i * 11e6 + this.connections[i] * 9_000, cpu: 0.32 * part * wave(1, 0.3) + 0.03, logLevel: 'information',
        store: { description: 'PostgreSQL db.internal/realtime', durable: true, well: true, fault: null },
        rates: {
          publishes: 310 * part * wave(2, 0.25), deliveries: 11_900 * part * wave(2, 0.22), bytesOut: 2.1e6 * part * wave(2, 0.22), errors: this.rnd() < 0.08 ? this.rnd() * 3 : 0, refused: 0,
          publishP50Ms: 2.1 * wave(5, 0.1), publishP99Ms: (this.trouble && i === 7 ? 1_480 : 9.5) * wave(3, 0.35), behind: Math.max(0, Math.round(6 * wave(7, 1) - 6)), queued: Math.round(18e3 * wave(4, 0.5)),
        },
        moves: { pending: 0, underWay: this.status[i] === 'draining' ? 40 : 0, stayed: this.status[i] === 'draining' ? 3 : 0, unmovable: 0, done: i * 13 },
        links: this.names.filter((_, k) => k !== i).map((peer) => ({ peer, up: this.status[this.names.indexOf(peer)] !== 'dead' && !(this.trouble && [2, 6].includes(i) && peer === this.names[8 - i]), queued: Math.round(this.rnd() * 900) })),
      },
    };
  }

  cluster() {
    const nodes = this.names.map((_, i) => this.node(i));
    const paused = this.paused > Date.now() ? this.names.map((node) => ({ node, secondsLeft: Math.round((this.paused - Date.now()) / 1000) })) : [];
    return {
      node: 'node-3', clustered: true, version: this.version, storeEpoch: 1, standing: 'sure', ageMs: null, store: nodes[0].live.store,
      shards: { total: this.owners.length, free: this.owners.filter((owner) => owner < 0).length, moving: this.moves.filter((move) => move.state === 'moving').length, held: this.held.size },
      paused, nodes, unreachable: this.status.includes('dead') ? [] : [],
    };
  }
}

const USERS = ['ada', 'grace', 'alan', 'edsger', 'barbara', 'donald', 'leslie', null];
const id = (i) => Buffer.from(String(i * 7919 + 100_000).padStart(16, 'x')).toString('base64url');
const summary = (cluster, i) => ({ id: id(i), user: USERS[i % USERS.length], state: ['attached', 'attached', 'attached', 'detached', 'parked'][i % 5], owner: cluster.names[i % cluster.names.length], at: i % 5 < 3 ? cluster.names[(i * 3) % cluster.names.length] : null, subscriptions: 3 + (i % 9), since: new Date(cluster.began - i * 61_000).toISOString() });
const channel = (cluster, i) => ({ name: `chat:room-${i}`, owner: cluster.names[i % cluster.names.length], durability: ['Journal', 'Memory', 'None'][i % 3], head: i % 3 === 2 ? null : `k3f9:${i * 371}`, nodes: 1 + (i % cluster.names.length), members: i % 3 === 2 ? null : i % 40, rate: (i % 17) * 1.7 });

function answer(cluster, path, query, method, body) {
  const parts = path.split('/').map(decodeURIComponent);
  const none = { status: 404, body: { error: 'not_found', message: `There is no ${parts.join('/')}.`, field: null } };
  const ok = (value) => ({ status: 200, body: value });
  const done = (text, more = {}) => { cluster.audit.unshift({ at: new Date().toISOString(), node: 'node-3', who: 'key', from: '10.0.0.7', action: `${parts[0].replace(/s$/, '')}.${parts.at(-1)}`, target: parts[1] ?? '', outcome: 200, detail: null }); return ok({ done: true, text, nodes: [], ...more }); };
  const at = cluster.names.indexOf(parts[1]);
  const begin = Number(query.get('after') ?? 0);
  const limit = Number(query.get('limit') ?? 100);
  if (method !== 'GET') {
    if (parts[0] === 'nodes' && at >= 0) {
      const to = { drain: 'draining', leave: 'draining', undrain: 'active', evict: 'dead' }[parts[2]];
      if (to) { cluster.status[at] = to; cluster.tell(to, parts[1], `${parts[1]} is ${to} now`); return done(`${parts[1]} is ${to}.`, { done: to === 'active' }); }
      return done('The level is changed.');
    }
    if (path === 'shards/pause') { cluster.paused = Date.now() + body.seconds * 1000; return done('Moves are paused.'); }
    if (path === 'shards/resume') { cluster.paused = 0; return done('Moves go on.'); }
    if (parts[2] === 'move') { cluster.moves.push({ shard: Number(parts[1]), from: cluster.names[cluster.owners[parts[1]]], to: body.to, state: 'moving', forMs: 0 }); cluster.held.add(Number(parts[1])); return done(`Shard ${parts[1]} is on its way to ${body.to}.`); }
    return done('Done.');
  }
  switch (parts[0]) {
    case 'cluster': return ok(cluster.cluster());
    case 'nodes':
      if (at < 0) return none;
      if (parts[2] === 'log') { const after = query.has('after') ? begin : Math.max(0, cluster.log.length - limit); return ok({ lines: cluster.log.slice(after, after + limit).filter((line) => !query.get('level') || line.level !== 'information'), next: cluster.log.length, missed: 0 }); }
      if (parts[2] === 'config') return ok({ node: parts[1], settings: [{ name: 'Realtime:Node:Name', value: parts[1] }, { name: 'Realtime:Operator:Key', value: '***' }] });
      return ok(cluster.node(at));
    case 'shards': {
      if (parts[1] === 'map') return ok({ version: cluster.version, nodes: cluster.names, owners: cluster.owners, moves: cluster.moves, held: [...cluster.held] });
      const shard = Number(parts[1]);
      if (!(shard < cluster.owners.length)) return none;
      const owner = cluster.names[cluster.owners[shard]] ?? null;
      return ok({ shard, owner, epoch: cluster.epochs.get(shard) ?? 1, plan: owner, state: cluster.held.has(shard) ? 'held' : owner ? 'here' : 'free', sessions: 11, channels: 4 });
    }
    case 'sessions': {
      const all = Array.from({ length: 400 }, (_, i) => summary(cluster, i)).filter((one) => (!query.get('user') || one.user === query.get('user')) && (!query.get('node') || one.at === query.get('node')) && (!query.get('state') || one.state === query.get('state')));
      if (!parts[1]) return ok({ sessions: all.slice(begin, begin + limit), next: begin + limit < all.length ? String(begin + limit) : null, unreachable: [] });
      const one = all.find((each) => each.id === parts[1]);
      if (!one) return none;
      const event = (what, node, why, ago) => ({ at: new Date(Date.now() - ago * 1000).toISOString(), what, node, why });
      return ok({ session: one, shard: 1337, attachment: 3, connection: one.at && '4711', expires: null, stateKeys: ['theme', 'cursor'], history: [event('opened', 'node-1', null, 7_000), event('attached', 'node-1', null, 7_000), event('detached', 'node-1', 'silent for 20 s', 3_100), event('attached', 'node-4', 'resumed', 3_070), event('moved', 'node-2', null, 400)],
        subscriptions: Array.from({ length: one.subscriptions }, (_, i) => ({ channel: `chat:room-${i}`, position: `k3f9:${i * 371 - (i === 2 ? 41 : 0)}`, head: `k3f9:${i * 371}`, lag: i === 2 ? 41 : 0, mode: i === 2 ? 'catching-up' : 'live', present: i % 2 === 0 })) });
    }
    case 'channels': {
      const all = Array.from({ length: 300 }, (_, i) => channel(cluster, i)).filter((one) => one.name.startsWith(query.get('prefix') ?? ''));
      if (!parts[1]) return ok({ channels: all.slice(begin, begin + limit), next: begin + limit < all.length ? String(begin + limit) : null, unreachable: [] });
      const one = all.find((each) => each.name === parts[1]);
      if (!one) return none;
      if (parts[2] === 'messages') return ok({ messages: Array.from({ length: 12 }, (_, i) => ({ position: `k3f9:${i}`, at: new Date(Date.now() - (12 - i) * 9_000).toISOString(), user: USERS[i % 7], data: { text: `message number ${i}`, mood: 'calm' } })), position: 'k3f9:11', gap: null });
      return ok({ channel: one, shard: 2050, tail: 'k3f9:0', pending: 0, subscribers: cluster.names.slice(0, one.nodes).map((node, i) => ({ node, count: 140 + i * 11, behind: i === 1 ? 4 : 0 })), present: USERS.filter(Boolean).map((user, i) => ({ session: id(i), user })) });
    }
    case 'events': return ok({ events: cluster.events.filter((event) => event.number > begin), next: cluster.events.length, missed: 0 });
    case 'audit': return ok({ entries: cluster.audit, unreachable: [] });
    default: return none;
  }
}

export function serve(cluster, { port = 0, key = null, view = false, lighthouse = false } = {}) {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url, 'http://x');
    const send = (status, body, headers = {}) => { response.writeHead(status, headers); response.end(body); };
    if (!url.pathname.startsWith('/operator/v1/')) {
      const name = url.pathname === '/' ? 'index.html' : url.pathname.replace('/dashboard/', '');
      try {
        return send(200, await readFile(join(FILES, name)), { 'Content-Type': TYPES[extname(name)], 'Content-Security-Policy': "default-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'" });
      } catch (error) {
        return send(404, error.code);
      }
    }
    const json = (status, body, headers = {}) => send(status, JSON.stringify(body), { 'Content-Type': 'application/json', 'Operator-Right': view ? 'view' : 'act', ...headers });
    if (key && request.headers.authorization !== `Bearer ${key}`) return json(401, { error: 'unauthorized', message: 'A key is needed.', field: null });
    if (view && request.method !== 'GET') return json(403, { error: 'forbidden', message: 'This key may only look.', field: null });
    const path = url.pathname.slice('/operator/v1/'.length);
    if (lighthouse && !/^(cluster|shards\/map|nodes\/[^/]+)$/.test(path)) return json(404, { error: 'not_found', message: 'A lighthouse does not know.', field: null });
    let body = '';
    for await (const part of request) body += part;
    const result = answer(cluster, path, url.searchParams, request.method, body ? JSON.parse(body) : null);
    if (lighthouse && path === 'cluster') for (const node of result.body.nodes) Object.assign(node, { reachable: false, live: null });
    if (path === 'shards/map') {
      const tag = `"${cluster.version}-${cluster.moves.length}-${cluster.moves[0]?.forMs}"`;
      return request.headers['if-none-match'] === tag ? send(304, '', { ETag: tag }) : json(200, result.body, { ETag: tag });
    }
    json(result.status, result.body);
  });
  const timer = setInterval(() => cluster.step(), 200);
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, close: () => { clearInterval(timer); server.closeAllConnections(); server.close(); } })));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, otherwise) => { const at = process.argv.indexOf(`--${name}`); return at < 0 ? otherwise : Number(process.argv[at + 1]) || process.argv[at + 1]; };
  const has = (name) => process.argv.includes(`--${name}`);
  const cluster = new FakeCluster({ nodes: option('nodes', 10), shards: option('shards', 4096), moves: has('calm') ? 0 : option('moves', 12), trouble: has('trouble') });
  const { port } = await serve(cluster, { port: Number(process.argv[2]) || 0, key: option('key', null), view: has('view'), lighthouse: has('lighthouse') });
  console.log(`http://127.0.0.1:${port}/`);
}
