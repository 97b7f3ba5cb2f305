import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.mjs';

const limits = (inflight) => ({ limits: { messageBytes: 65536, frameBytes: 1000, subscriptions: 256, inflight, seqWindow: 600 } });
const answer = (socket, frame, position) => socket.receive({ type: 'reply', id: frame.id, position });

test('unanswered publishes go out again with the same numbers and in order', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const done = [1, 2, 3].map((data) => rt.publish('chat:a', data));
  const first = h.socket.all('publish');
  assert.deepEqual(first.map((f) => [f.seq, f.data]), [[1, 1], [2, 2], [3, 3]]);
  answer(h.socket, first[0], 'k:1');
  await h.settle();
  await h.reconnecting();
  const late = rt.publish('chat:a', 4);
  h.welcome({ resumed: true });
  assert.deepEqual(h.socket.all('publish').map((f) => [f.seq, f.data]), [[2, 2], [3, 3], [4, 4]]);
  for (const frame of h.socket.all('publish')) answer(h.socket, frame, `k:${frame.seq}`);
  assert.deepEqual(await Promise.all([...done, late]), [1, 2, 3, 4].map((n) => ({ position: `k:${n}` })));
});

test('numbers and producer survive a lost session', async () => {
  const h = new Harness();
  const rt = await h.connected();
  rt.publish('chat:a', 1);
  const { producer } = h.socket.last('hello');
  await h.reconnecting();
  h.welcome({ resumed: false, session: 'new' });
  assert.deepEqual([h.socket.last('hello').producer, h.socket.last('publish').seq], [producer, 1]);
});

test('no more than inflight publishes are unanswered, and the window spans from the oldest', async () => {
  const h = new Harness();
  const rt = await h.connected({}, limits(3));
  for (let i = 1; i <= 6; i++) rt.publish('chat:a', i);
  const sent = () => h.socket.all('publish').map((f) => f.data);
  assert.deepEqual(sent(), [1, 2, 3]);
  const [one, two] = h.socket.all('publish');
  answer(h.socket, two, 'k:2');
  await h.settle();
  assert.deepEqual(sent(), [1, 2, 3], 'the first one must stay among the last three numbers');
  answer(h.socket, one, 'k:1');
  await h.settle();
  assert.deepEqual(sent(), [1, 2, 3, 4, 5]);
});

test('a temporary refusal is tried again with the same number after retryAfter', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const done = rt.publish('chat:a', 1);
  h.socket.receive({ type: 'error', id: h.socket.last('publish').id, code: 'unavailable', retryAfter: 3000, outcome: 'unknown' });
  await h.advance(2999);
  assert.equal(h.socket.all('publish').length, 1);
  await h.advance(1);
  assert.deepEqual(h.socket.all('publish').map((f) => f.seq), [1, 1]);
  h.socket.reply('publish', { position: 'k:9' });
  assert.deepEqual(await done, { position: 'k:9' });
});

test('refusals reach the caller with code, outcome and retryAfter', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const forbidden = rt.publish('chat:a', 1);
  h.socket.receive({ type: 'error', id: h.socket.last('publish').id, code: 'forbidden', message: 'no', outcome: 'none' });
  await assert.rejects(forbidden, { name: 'RealtimeError', code: 'forbidden', outcome: 'none', temporary: false, channel: 'chat:a' });
  const limited = rt.publish('chat:a', 1, { retries: 0 });
  h.socket.receive({ type: 'error', id: h.socket.last('publish').id, code: 'rate_limited', retryAfter: 20 });
  await assert.rejects(limited, { code: 'rate_limited', retryAfter: 20, temporary: true });
  const expired = rt.publish('chat:a', 1);
  h.socket.receive({ type: 'error', id: h.socket.last('publish').id, code: 'seq_expired', outcome: 'unknown' });
  await assert.rejects(expired, { code: 'seq_expired', outcome: 'unknown' });
});

test('a publish without number is unknown after a lost link, is not repeated, and is refused while not connected', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const lost = rt.publish('cursor:a', { x: 1 }, { seq: false });
  assert.equal('seq' in h.socket.last('publish'), false);
  h.socket.drop();
  await assert.rejects(lost, { code: 'disconnected', outcome: 'unknown' });
  assert.deepEqual(rt.seen('unknown'), [{ type: 'publish', channel: 'cursor:a', data: { x: 1 } }]);
  await assert.rejects(rt.publish('cursor:a', 1, { seq: false }), { code: 'disconnected', outcome: 'none' });
  await h.advance(1000);
  h.socket.open();
  h.welcome({ resumed: true });
  assert.equal(h.socket.last('publish'), undefined);
});

test('an oversize frame is refused here, because the server would close the connection over it again and again', async () => {
  const h = new Harness();
  const rt = await h.connected({}, limits(8));
  await assert.rejects(rt.publish('chat:a', 'é'.repeat(480)), { code: 'too_large' });
  assert.equal(h.socket.last('publish'), undefined);
  rt.publish('chat:a', 'fits');
  assert.equal(h.socket.last('publish').data, 'fits');
});

test('options travel: echo, tags, bytes, a number of the caller', async () => {
  const h = new Harness();
  const rt = await h.connected();
  rt.publish('chat:a', null, { bytes: new Uint8Array([1, 2, 255]), echo: false, tags: { a: 'b' }, seq: 40 });
  const { id, ...frame } = h.socket.last('publish');
  assert.deepEqual(frame, { type: 'publish', channel: 'chat:a', seq: 40, bytes: 'AQL/', echo: false, tags: { a: 'b' } });
  rt.publish('chat:a', 1);
  assert.equal(h.socket.last('publish').seq, 41);
});

test('an aborted publish frees its place and says whether it may have taken effect', async () => {
  const h = new Harness();
  const rt = await h.connected({}, limits(1));
  const first = new AbortController();
  const second = new AbortController();
  const sent = rt.publish('chat:a', 1, { signal: first.signal });
  const queued = rt.publish('chat:a', 2, { signal: second.signal });
  const third = rt.publish('chat:a', 3);
  const dead = rt.publish('chat:a', 4, { signal: AbortSignal.abort() });
  second.abort();
  first.abort();
  await assert.rejects(sent, { code: 'aborted', outcome: 'unknown' });
  await assert.rejects(queued, { code: 'aborted', outcome: 'none' });
  await assert.rejects(dead, { code: 'aborted', outcome: 'none' });
  await h.settle();
  h.socket.reply('publish', { position: 'k:3' });
  assert.deepEqual(await third, { position: 'k:3' });
  assert.deepEqual(h.socket.all('publish').map((f) => f.data), [1, 3]);
});

const nested = (depth) => (depth === 0 ? null : [nested(depth - 1)]);
const depthOf = (value) => (typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0);

test('a value nested deeper than the server reads is refused instead of costing every connection', async () => {
  const h = new Harness();
  const rt = await h.connected();
  for (const [name, call] of [
    ['data', () => rt.publish('chat:a', nested(32))], ['data', () => rt.publish('chat:a', JSON.parse('{"a":'.repeat(32) + '"]}"' + '}'.repeat(32)))],
    ['data', () => rt.call('m', nested(32))], ['value', () => rt.set('k', nested(32))],
    ['presence', () => rt.subscribe('chat:b').update(nested(30))], ['presence', () => rt.subscribe('chat:c', { presence: nested(30) }).ready],
  ]) await assert.rejects(call(), { code: 'bad_request', outcome: 'none', message: new RegExp(`\\b${name} is nested deeper`) });

  rt.publish('chat:a', nested(31));
  rt.publish('chat:a', ['[[[[{{{{\\"]]]'.repeat(9)]);
  await h.settle();
  assert.deepEqual(h.socket.all('publish').map(depthOf), [32, 2]);

  const later = new Harness();
  later.client().subscribe('chat:a', { presence: nested(29) });
  await later.settle();
  later.socket.open();
  assert.equal(depthOf(later.socket.last('hello')), 32);
});

const cycle = {};
cycle.self = cycle;
const UNSAYABLE = [
  ['a BigInt', 1n], ['a cycle', cycle], ['a toJSON that throws', { toJSON() { throw new Error('mine'); } }], ['undefined', undefined], ['a function', () => 1], ['a symbol', Symbol('s')],
];
for (const [what, value] of UNSAYABLE) {
  test(`${what} is refused alone, and what comes before, after and over a reconnect works`, async () => {
    const h = new Harness();
    const rt = await h.connected();
    h.socket.drop();
    rt.publish('chat:a', 1);
    for (const [name, call] of [
      ['data', () => rt.publish('chat:a', value)], ['value', () => rt.set('k', value)], ['presence', () => rt.subscribe('chat:b').update(value)],
      ...(value === undefined ? [] : [['data', () => rt.call('m', value)], ['tags', () => rt.publish('chat:a', 1, { tags: value })], ['from', () => rt.history('chat:a', { from: value })]]),
    ]) await assert.rejects(call(), { name: 'RealtimeError', code: 'bad_request', outcome: 'none', message: new RegExp(`\\b${name} cannot be written as JSON`) });
    if (value !== undefined) await assert.rejects(rt.subscribe('chat:c', { presence: value }).ready, { code: 'bad_request', message: /presence/ });
    rt.publish('chat:a', 2);
    await h.advance(1000);
    h.socket.open();
    h.welcome({ resumed: true });
    rt.publish('chat:a', 3);
    assert.deepEqual(h.socket.all('publish').map((f) => [f.seq, f.data]), [[1, 1], [2, 2], [3, 3]]);
    assert.equal(rt.state, 'connected');
  });
}

test('an object that changes after the call is sent as it was', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.drop();
  const data = { n: 0 };
  for (const n of [1, 2, 3]) {
    data.n = n;
    rt.publish('chat:a', data);
  }
  const presence = { name: 'then' };
  rt.subscribe('chat:b', { presence });
  const set = rt.set('k', data);
  data.n = 4;
  presence.name = 'later';
  await h.advance(1000);
  h.socket.open();
  h.welcome({ resumed: true });
  await h.settle();
  assert.deepEqual(h.socket.all('publish').map((f) => f.data.n), [1, 2, 3]);
  assert.equal(h.socket.last('subscribe').presence.name, 'then');
  h.socket.reply('set');
  await set;
  assert.deepEqual(rt.sessionState.k, { n: 3 });
});

test('a name that is no string is refused alone', async () => {
  const h = new Harness();
  const rt = await h.connected();
  await assert.rejects(rt.publish(7, 1), { code: 'bad_request', message: /channel/ });
  await assert.rejects(rt.set(null, 1), { code: 'bad_request', message: /key/ });
  await assert.rejects(rt.subscribe(undefined).ready, { code: 'bad_request', message: /channel/ });
  assert.deepEqual(h.socket.sent.map((f) => f.type), ['hello']);
});
