import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, Harness, collect, message } from './harness.mjs';

const KEY = 'realtime:ws://node.test/v1/connect';

/** The storage of a page that had read chat:a up to `position`. */
function remembered(position) {
  const storage = new FakeStorage();
  storage.setItem(KEY, JSON.stringify({ version: 1, session: 's-token', producer: 'p', nextSeq: 1, positions: { 'chat:a': position }, channels: ['chat:a'] }));
  return storage;
}

/** Answers history requests from a log of `first` to `last`, at most `size` messages a page, until none comes any more. */
async function serve(h, { first = 1, last, size = 100, epoch = 'k' }) {
  const asked = [];
  for (let frame; (frame = h.socket.all('history')[asked.length]); await h.settle()) {
    asked.push(frame.from);
    const from = frame.from === 'start' ? 0 : Number(frame.from.split(':')[1]);
    const start = Math.max(from + 1, first);
    const end = Math.min(last, start + Math.min(size, frame.limit) - 1);
    const messages = [];
    for (let offset = start; offset <= end; offset++) messages.push(message(offset));
    h.socket.receive({ type: 'reply', id: frame.id, messages, position: `${epoch}:${Math.max(end, from)}`, head: `${epoch}:${last}`, more: end < last });
  }
  return asked;
}

const listed = (more) => ({ resumed: true, subscriptions: [{ channel: 'chat:a', recovered: true, ...more }] });

/** A reloaded page: it subscribes in the same breath as it makes its client. */
async function reloaded(position, options, entry) {
  const h = new Harness();
  const rt = h.client({ storage: remembered(position) });
  const sub = rt.subscribe('chat:a', options);
  const items = collect(sub);
  const replayed = [];
  sub.on('message', (item) => { if (item.replayed) replayed.push(item.offset); });
  await h.settle();
  h.socket.open();
  h.welcome(listed(entry));
  return { h, rt, sub, items, replayed };
}

test('without a remembered position history is where the server begins', async () => {
  for (const [history, from] of [[50, { last: 50 }], ['all', 'start'], [0, undefined]]) {
    const h = new Harness();
    const rt = await h.connected();
    const items = collect(rt.subscribe('chat:a', { history }));
    await h.settle();
    assert.deepEqual(h.socket.last('subscribe').from, from);
    h.socket.reply('subscribe', { position: 'k:3', head: 'k:5' });
    h.socket.receive(message(4), message(5));
    assert.deepEqual([items, h.socket.last('history')], [[4, 5], undefined]);
  }
});

test('after a reload the last messages come again, marked, then what was missed, then live, without hole or duplicate', async () => {
  const { h, items, replayed, sub } = await reloaded('k:10', { history: 4 }, { position: 'k:10', head: 'k:12' });
  assert.equal(h.socket.last('hello').positions['chat:a'], 'k:10');
  h.socket.receive(message(11), message(12));
  assert.deepEqual([items, sub.processed], [[], 'k:10'], 'held until the past is there');
  // Pages that the server cuts short by bytes are followed.
  assert.deepEqual(await serve(h, { last: 12, size: 3 }), ['k:6', 'k:9']);
  h.socket.receive(message(13));
  assert.deepEqual([items, replayed, sub.processed], [[7, 8, 9, 10, 11, 12, 13], [7, 8, 9, 10], 'k:13']);
});

test("history 'all' after a reload is everything the log has, once", async () => {
  const { h, items, replayed } = await reloaded('k:250', { history: 'all' }, { position: 'k:250', head: 'k:251' });
  h.socket.receive(message(251));
  await serve(h, { first: 11, last: 251 });
  const all = Array.from({ length: 241 }, (_, n) => 11 + n);
  assert.deepEqual([items, replayed], [all, all.slice(0, -1)]);
});

test('what was trimmed before the remembered position is no gap, what was trimmed after it is', async () => {
  const before = await reloaded('k:10', { history: 5 }, { position: 'k:10', head: 'k:11' });
  before.h.socket.receive(message(11));
  await serve(before.h, { first: 9, last: 11 });
  assert.deepEqual(before.items, [9, 10, 11]);

  const gap = { from: 11, to: 20, reason: 'trimmed', position: 'k:20' };
  const after = await reloaded('k:10', { history: 5 }, { position: 'k:20', head: 'k:21', recovered: false, gap });
  after.h.socket.receive({ type: 'gap', channel: 'chat:a', ...gap }, message(21));
  await serve(after.h, { first: 21, last: 21 });
  assert.deepEqual(after.items, ['gap trimmed 11-20 > k:20', 21]);
});

test('a log born anew is a gap, and then the last messages of the new one', async () => {
  const { h, items, replayed } = await reloaded('k:10', { history: 2 }, { position: 'n:5', head: 'n:6', recovered: false });
  h.socket.receive(message(6));
  await serve(h, { last: 6, epoch: 'n' });
  assert.deepEqual([items, replayed], [['gap epoch ?-? > n:5', 4, 5, 6], []]);
});

test('a subscription that is claimed late gets the past before what has come in the meantime', async () => {
  const h = new Harness();
  const rt = await h.connected({ storage: remembered('k:10') }, listed({ position: 'k:10', head: 'k:11' }));
  h.socket.receive(message(11));
  const items = collect(rt.subscribe('chat:a', { history: 2 }));
  await h.settle();
  h.socket.receive(message(12));
  await serve(h, { last: 12 });
  await h.settle();
  assert.deepEqual(items, [9, 10, 11, 12]);
});

test('reading the past goes on over a loss and after a refusal for now, and a refusal for good leaves the live stream', async () => {
  const { h, items } = await reloaded('k:10', { history: 2 }, { position: 'k:10', head: 'k:10' });
  h.socket.receive({ type: 'error', id: h.socket.last('history').id, code: 'rate_limited', retryAfter: 2000 });
  await h.advance(2000);
  await h.reconnecting();
  h.welcome(listed({ position: 'k:10', head: 'k:11' }));
  h.socket.receive(message(11));
  assert.equal(h.socket.all('history').length, 1);
  await serve(h, { last: 11 });
  assert.deepEqual(items, [9, 10, 11]);

  const other = await reloaded('k:10', { history: 2 }, { position: 'k:10', head: 'k:10' });
  other.h.socket.receive({ type: 'error', id: other.h.socket.last('history').id, code: 'forbidden' }, message(11));
  await other.h.settle();
  assert.deepEqual([other.items, other.rt.seen('error').at(-1).code], [[11], 'forbidden']);
});

test('the past waits for its reader instead of being dropped', async () => {
  const { h, sub } = await reloaded('k:100', {}, { position: 'k:100', head: 'k:100' });
  const slow = sub._realtime.subscribe('chat:a', { history: 'all', buffer: 10 });
  const seen = [];
  const reading = (async () => {
    for await (const item of slow) if (seen.push(item.type === 'gap' ? 'gap' : item.data) === 100) return;
  })();
  await serve(h, { last: 100 });
  await reading;
  assert.deepEqual(seen, Array.from({ length: 100 }, (_, n) => n + 1));
});

test('two subscriptions of a channel each begin where they ask to, and the wire is left with the last', async () => {
  const { h, items, rt, sub } = await (async () => {
    const it = new Harness();
    const { realtime, subscription } = await it.subscribed();
    return { h: it, rt: realtime, sub: subscription, items: collect(subscription) };
  })();
  h.socket.receive(message(11));
  const second = rt.subscribe('chat:a', { history: 3 });
  const third = rt.subscribe('chat:a');
  const fourth = rt.subscribe('chat:a', { from: 'k:9' });
  assert.equal(new Set([sub, second, third, fourth]).size, 4);
  const [two, three, four] = [second, third, fourth].map(collect);
  h.socket.receive(message(12));
  await serve(h, { last: 12 });
  h.socket.receive(message(13));
  assert.deepEqual([items, two, three, four], [[11, 12, 13], [9, 10, 11, 12, 13], [12, 13], [10, 11, 12, 13]]);
  assert.deepEqual([(await second.ready).already, (await third.ready).position, h.socket.all('subscribe').length], [true, 'k:11', 1]);

  await sub.unsubscribe();
  assert.deepEqual([sub.state, second.state, rt.subscriptions.get('chat:a')], ['ended', 'subscribed', second]);
  await third.unsubscribe();
  await fourth.unsubscribe();
  await fourth.unsubscribe();
  h.socket.receive(message(14));
  assert.deepEqual([items.length, two.at(-1), h.socket.last('unsubscribe')], [3, 14, undefined]);
  second.unsubscribe();
  assert.equal(h.socket.last('unsubscribe').channel, 'chat:a');
  assert.equal(rt.subscriptions.size, 0);
});

test('two subscriptions made before connecting each begin where they ask to', async () => {
  const h = new Harness();
  const rt = h.client();
  const [all, live, last] = [{ from: 'start' }, {}, { from: { last: 2 } }].map((options) => collect(rt.subscribe('chat:a', options)));
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').subscriptions.length, 1);
  h.welcome({ subscriptions: [{ channel: 'chat:a', position: 'k:0', head: 'k:4' }] });
  for (let n = 1; n <= 5; n++) h.socket.receive(message(n));
  assert.deepEqual([all, live, last, h.socket.last('history')], [[1, 2, 3, 4, 5], [5], [3, 4, 5], undefined]);
});

test('a place of the caller that history no longer reaches is a gap for that subscription alone', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  const late = collect(realtime.subscribe('chat:a', { from: 'k:2' }));
  await serve(h, { first: 6, last: 10 });
  const other = collect(realtime.subscribe('chat:a', { from: 'old:2' }));
  assert.equal(h.socket.last('history').from, 'start');
  h.socket.reply('history', { messages: [message(10)], position: 'k:10', head: 'k:10', more: false });
  await h.settle();
  h.socket.receive(message(11));
  assert.deepEqual([items, late, other], [[11], ['gap trimmed 3-5 > k:5', 6, 7, 8, 9, 10, 11], ['gap epoch ?-? > k:0', 10, 11]]);
});

test('presence and its events are those of the channel: every subscription has them, and what was shown last counts', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed({}, { presence: { name: 'A' } });
  const second = realtime.subscribe('chat:a', { presence: { name: 'B' } });
  await h.settle();
  assert.deepEqual(h.socket.last('update').presence, { name: 'B' });
  const joined = [];
  for (const one of [subscription, second]) one.on('roster', ({ count }) => joined.push(count));
  h.socket.receive({ type: 'roster', channel: 'chat:a', members: [{ session: 's', user: null, data: 1 }], count: 1, rev: 1 });
  assert.deepEqual([joined, second.members.size, subscription.members.size], [[1, 1], 1, 1]);
  await second.unsubscribe();
  await h.reconnecting();
  h.welcome({ resumed: false, session: 'new' });
  assert.deepEqual(h.socket.last('subscribe').presence, { name: 'B' });
});

test('a reload goes on where the slowest subscription of a channel was', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const { realtime, subscription } = await h.subscribed({ storage });
  collect(subscription);
  const reader = realtime.subscribe('chat:a')[Symbol.asyncIterator]();
  h.socket.receive(message(11), message(12));
  await reader.next();
  await h.advance(250);
  assert.equal(JSON.parse(storage.getItem(KEY)).positions['chat:a'], 'k:10');
});

test('what cannot be a history is refused', async () => {
  const h = new Harness();
  const rt = await h.connected();
  for (const history of [-1, 1.5, '50', null, 1n]) await assert.rejects(rt.subscribe('chat:a', { history }).ready, { code: 'bad_request', message: /history/ });
});
