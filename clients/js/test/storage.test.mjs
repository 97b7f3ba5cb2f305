import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeLocks, FakeStorage, Harness, collect, message } from './harness.mjs';

const stored = (storage) => JSON.parse([...storage.values.values()][0]);
const KEY = 'realtime:ws://node.test/v1/connect';

/** A page that subscribed, read 11 and 12, published once; then it goes. */
async function firstPage(locks) {
  const h = new Harness();
  const storage = new FakeStorage();
  const { realtime, subscription } = await h.subscribed({ storage, locks });
  collect(subscription);
  h.socket.receive(message(11), message(12));
  const publish = realtime.publish('chat:a', 'x');
  publish.catch(() => {});  // the page goes before the answer
  await h.advance(250);
  return { h, storage, producer: h.socket.last('hello').producer, seq: h.socket.last('publish').seq };
}

const unload = (locks) => { for (const name of [...locks.held]) locks.release(name); };

test('a reloaded page resumes its session at its positions and numbers above every one it may have used', async () => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  unload(locks);
  const h = new Harness();
  const rt = h.client({ storage: page.storage, locks });
  const sub = rt.subscribe('chat:a', { presence: { name: 'new' } });
  const items = collect(sub);
  await h.settle();
  h.socket.open();
  const hello = h.socket.last('hello');
  assert.deepEqual([hello.session, hello.positions, hello.producer], ['s-token', { 'chat:a': 'k:12' }, page.producer]);
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:12', head: 'k:13', recovered: true }] });
  h.socket.receive(message(13));
  assert.deepEqual([items, (await sub.ready).already, h.socket.last('subscribe')], [[13], true, undefined]);
  assert.deepEqual(h.socket.last('update').presence, { name: 'new' }, 'others see what the new page says');
  rt.publish('chat:a', 'y');
  assert.ok(h.socket.last('publish').seq > page.seq);
  assert.ok(stored(page.storage).nextSeq > h.socket.last('publish').seq, 'reserved before use');
});

test('every hello has a higher number than the last, across reconnects and reloads, also when the clock is set back', async () => {
  const locks = new FakeLocks();
  const h = new Harness();
  const storage = new FakeStorage();
  await h.subscribed({ storage, locks });
  const attempts = [h.socket.last('hello').attempt];
  await h.reconnecting();
  attempts.push(h.socket.last('hello').attempt);
  assert.ok(attempts[0] > 1_700_000_000_000 && attempts[1] > attempts[0], String(attempts));
  assert.equal(stored(storage).attempt, attempts[1]);

  const [[key, text]] = storage.values;
  const ahead = Number.MAX_SAFE_INTEGER - 10;
  storage.setItem(key, JSON.stringify({ ...JSON.parse(text), attempt: ahead }));
  unload(locks);
  const next = new Harness();
  await next.connected({ storage, locks }, { resumed: true });
  assert.equal(next.socket.last('hello').attempt, ahead + 1);
});

test('a page that subscribes in the same breath goes on at its positions when the server lost the session', async () => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  unload(locks);
  const h = new Harness();
  const rt = h.client({ storage: page.storage, locks });
  const sub = rt.subscribe('chat:a', { from: 'live' });
  const items = collect(sub);
  await h.settle();
  h.socket.open();
  assert.deepEqual(h.socket.last('hello').positions, { 'chat:a': 'k:12' });
  h.welcome({ resumed: false, session: 's-2' });
  await h.settle();
  assert.equal(h.socket.last('subscribe').from, 'k:12');
  h.socket.reply('subscribe', { position: 'k:20', head: 'k:21', recovered: false, gap: { from: 13, to: 20, reason: 'trimmed' } });
  h.socket.receive(message(21));
  assert.deepEqual(items, ['gap trimmed 13-20 > k:20', 21]);
});

test('every number is reserved in storage before it is used', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const rt = await h.connected({ storage, locks: new FakeLocks() }, { limits: { inflight: 1000, frameBytes: 131072 } });
  for (let i = 0; i < 600; i++) {
    rt.publish('chat:a', i);
    assert.ok(stored(storage).nextSeq > h.socket.last('publish').seq);
  }
});

test('a lock that is released a moment late is waited for', async () => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  const h = new Harness();
  const rt = h.client({ storage: page.storage, locks });
  rt.connect();
  await h.advance(300);
  assert.equal(h.sockets.length, 0);
  unload(locks);
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
});

test('a reloaded page is more patient than one that may be a duplicated tab', async (t) => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  t.mock.method(performance, 'getEntriesByType', (kind) => (kind === 'navigation' ? [{ type: 'reload' }] : []));
  const h = new Harness();
  h.client({ storage: page.storage, locks }).connect();
  await h.advance(4_900);
  assert.equal(h.sockets.length, 0);
  unload(locks);
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
});

test('a duplicated tab starts a session of its own', async () => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  const copy = page.storage.copy();
  const h = new Harness();
  const rt = h.client({ storage: copy, locks });
  rt.connect();
  await h.advance(500);
  h.socket.open();
  const hello = h.socket.last('hello');
  assert.deepEqual([hello.session, hello.positions], [undefined, undefined]);
  assert.notEqual(hello.producer, page.producer);
  assert.equal(stored(page.storage).session, 's-token', 'the original keeps its own');
});

test('where there are no locks the session is resumed but the numbers are not shared', async () => {
  const page = await firstPage(null);
  const h = new Harness();
  const rt = h.client({ storage: page.storage });
  rt.connect();
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
  assert.notEqual(h.socket.last('hello').producer, page.producer);
});

test('a named producer goes on with its numbers', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const rt = await h.connected({ storage, producer: 'job-7' });
  rt.publish('chat:a', 1);
  const { seq } = h.socket.last('publish');
  const later = new Harness();
  const again = await later.connected({ storage, producer: 'job-7' });
  again.publish('chat:a', 2);
  assert.equal(later.socket.last('hello').producer, 'job-7');
  assert.ok(later.socket.last('publish').seq > seq);
});

test('channels of the page before are kept for a while, with what came, and then left', async () => {
  const locks = new FakeLocks();
  const page = await firstPage(locks);
  unload(locks);
  const h = new Harness();
  const listed = { channel: 'chat:a', position: 'k:12', head: 'k:13', recovered: true };
  const rt = await h.connected({ storage: page.storage, locks }, { resumed: true, subscriptions: [listed, { ...listed, channel: '@me' }] });
  h.socket.receive(message(13));
  const items = collect(rt.subscribe('chat:a'));
  await h.settle();
  assert.deepEqual(items, [13]);
  await h.advance(30_000);
  assert.equal(h.socket.last('unsubscribe'), undefined, 'claimed, or made by the server');

  unload(locks);
  const third = new Harness();
  const last = await third.connected({ storage: page.storage, locks }, { resumed: true, subscriptions: [listed] });
  await third.advance(30_000);
  assert.equal(third.socket.last('unsubscribe').channel, 'chat:a');
  assert.deepEqual(last.seen('unsubscribed'), [{ channel: 'chat:a', reason: 'unclaimed' }]);
  last.subscribe('chat:a');
  await third.settle();
  assert.equal(third.socket.last('subscribe').from, 'k:13', 'the place is remembered');
});

test('close forgets everything', async () => {
  const page = await firstPage(new FakeLocks());
  const closing = page.h.clients[0].close();
  page.h.socket.reply('bye');
  await closing;
  assert.equal(page.storage.values.size, 0);
});

test('a full storage is reported, and no old numbers stay behind in it', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const rt = await h.connected({ storage, locks: new FakeLocks() });
  storage.setItem = () => { throw new Error('quota'); };
  rt.publish('chat:a', 1);
  assert.equal(storage.getItem(KEY), null);
  assert.equal(rt.seen('error').at(-1).cause.message, 'quota');
  assert.equal(h.socket.all('publish').length, 1);
});

test('an unreadable record is reported and starts a new session', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  storage.setItem(KEY, '{');
  const rt = await h.connected({ storage });
  assert.deepEqual([h.socket.last('hello').session, rt.seen('error').length], [undefined, 1]);
});
