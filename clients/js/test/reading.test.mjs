import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, Harness, collect, message } from './harness.mjs';

const take = async (iterator, count) => {
  const items = [];
  while (items.length < count) items.push((await iterator.next()).value);
  return items;
};
const short = (item) => (item.type === 'gap' ? `gap ${item.reason} ${item.from}-${item.to}` : item.data);

test('iteration yields messages and gaps in order, also those from before it began', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  h.socket.receive(message(11), { type: 'gap', channel: 'chat:a', from: 12, to: 14, reason: 'lagged', position: 'k:14' });
  const reader = subscription[Symbol.asyncIterator]();
  const waiting = take(reader, 4);
  h.socket.receive(message(15), message(16));
  assert.deepEqual((await waiting).map(short), [11, 'gap lagged 12-14', 15, 16]);
});

test('a loop that was left is continued by the next one', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  h.socket.receive(message(11), message(12));
  for await (const item of subscription) {
    assert.equal(item.data, 11);
    break;
  }
  h.socket.receive(message(13));
  assert.deepEqual((await take(subscription[Symbol.asyncIterator](), 2)).map(short), [12, 13]);
});

test('every reader and every listener gets every item', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const one = subscription[Symbol.asyncIterator]();
  const two = subscription[Symbol.asyncIterator]();
  const items = collect(subscription);
  h.socket.receive(message(11), message(12));
  assert.deepEqual([items, (await take(one, 2)).map(short), (await take(two, 2)).map(short)], [[11, 12], [11, 12], [11, 12]]);
});

test('processed follows the reader, position follows the link', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const { realtime, subscription } = await h.subscribed({ storage });
  const reader = subscription[Symbol.asyncIterator]();
  h.socket.receive(message(11), message(12));
  await reader.next();
  assert.deepEqual([subscription.position, subscription.processed], ['k:12', 'k:10'], 'still being worked on');
  await reader.next();
  assert.equal(subscription.processed, 'k:11');
  realtime.ack();
  assert.deepEqual(h.socket.last('ack').positions, { 'chat:a': 'k:11' });
  await h.advance(250);
  assert.deepEqual(JSON.parse([...storage.values.values()][0]).positions, { 'chat:a': 'k:11' });
  reader.next();
  assert.equal(subscription.processed, 'k:12');
});

test('what does not fit the buffer becomes one gap that names it', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed({}, { buffer: 3 });
  for (let offset = 11; offset <= 20; offset++) h.socket.receive(message(offset));
  const items = await take(subscription[Symbol.asyncIterator](), 3);
  assert.deepEqual(items.map(short), ['gap lagged 11-18', 19, 20]);
  assert.deepEqual([items[0].local, items[0].position], [true, 'k:18']);
});

test('listeners added after the first items hear them too, messages and gaps in order', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  h.socket.receive(message(11), { type: 'gap', channel: 'chat:a', from: 12, to: 12, reason: 'lagged', position: 'k:12' });
  const items = collect(subscription);
  h.socket.receive(message(13));
  await h.settle();
  h.socket.receive(message(14));
  assert.deepEqual(items, [11, 'gap lagged 12-12 > k:12', 13, 14]);
});

test('iterators end after unsubscribe with what was left, and throw when the connection ends for good', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const ending = subscription[Symbol.asyncIterator]();
  h.socket.receive(message(11));
  subscription.unsubscribe();
  assert.equal((await ending.next()).value.data, 11);
  assert.equal((await ending.next()).done, true);
  assert.equal((await ending.next()).done, true);

  const other = realtime.subscribe('chat:b');
  const failing = other[Symbol.asyncIterator]().next();
  h.socket.receive({ type: 'goodbye', code: 4203, reason: 'kicked', reconnect: false });
  await assert.rejects(failing, { code: 'kicked' });
  await assert.rejects(other.ready, { code: 'kicked' });
});

test('after a final goodbye a person may connect again, and the subscriptions go on', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  realtime.connect();
  await h.settle();
  h.socket.open();
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:11', recovered: true }] });
  h.socket.receive(message(11));
  assert.deepEqual(items, [11]);
});

test('a listener that throws is reported as uncaught and stops nobody', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const uncaught = [];
  const listeners = process.rawListeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => uncaught.push(error.message));
  try {
    subscription.on('message', () => { throw new Error('mine'); });
    const items = collect(subscription);
    h.socket.receive(message(11), message(12));
    await h.settle();
    assert.deepEqual([items, uncaught], [[11, 12], ['mine', 'mine']]);
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});
