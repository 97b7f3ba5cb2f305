import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, collect, message } from './harness.mjs';

const move = { type: 'move', url: 'https://node-1.test', ticket: 'once', after: 100, within: 1000, reason: 'drain' };
const listed = (position) => ({ resumed: true, node: 'node-1', subscriptions: [{ channel: 'chat:a', position, head: position, recovered: true }] });

async function moving() {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  const old = h.socket;
  old.receive(move);
  await h.advance(599);
  assert.equal(h.sockets.length, 1);
  await h.advance(1);
  assert.equal(h.socket.url, 'wss://node-1.test/v1/connect?ticket=once&resume=1');
  return { h, realtime, items, old, fresh: h.socket };
}

test('the new link is made first and the old one is dropped after welcome; nothing is lost or doubled', async () => {
  const { h, realtime, items, old, fresh } = await moving();
  old.receive(message(11));
  fresh.open();
  assert.deepEqual([fresh.last('hello').session, fresh.last('hello').positions], ['s-token', { 'chat:a': 'k:11' }]);
  old.receive(message(12));
  const publish = realtime.publish('chat:a', 'x');
  assert.equal(old.all('publish').length, 1, 'the old link works until the new one does');
  assert.equal(old.closed, null);
  h.welcome(listed('k:11'), fresh);
  assert.notEqual(old.closed, null);
  fresh.receive(message(12), message(13));
  assert.deepEqual(items, [11, 12, 13]);
  assert.equal(fresh.last('publish').seq, 1);
  fresh.reply('publish', { position: 'k:14' });
  await publish;
  assert.deepEqual([realtime.node, realtime.state, realtime.address], ['node-1', 'connected', 'wss://node-1.test/v1/connect']);
  assert.deepEqual(realtime.seen('move').map((m) => m.phase), ['announced', 'done']);
  assert.deepEqual(realtime.seen('state').map((s) => s.state), ['connecting', 'connected'], 'no flicker');
});

test('a goodbye superseded on the old link during a move is expected', async () => {
  const { h, realtime, old, fresh } = await moving();
  fresh.open();
  old.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  assert.equal(realtime.state, 'connected');
  h.welcome(listed('k:10'), fresh);
  assert.equal(realtime.seen('move').at(-1).phase, 'done');
  assert.equal(realtime.seen('error').length, 0);
});

test('what cannot be repeated is still answered by the old link', async () => {
  const { h, realtime, old, fresh } = await moving();
  const publish = realtime.publish('cursor:a', 1, { seq: false });
  fresh.open();
  h.welcome(listed('k:10'), fresh);
  assert.equal(old.closed, null);
  assert.equal(fresh.last('publish'), undefined);
  old.reply('publish');
  old.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  assert.deepEqual(await publish, { position: null });
  assert.deepEqual([realtime.state, realtime.seen('unknown')], ['connected', []]);
});

test('a move that fails leaves the old link alone', async () => {
  const { realtime, items, old, fresh } = await moving();
  fresh.drop();
  old.receive(message(11));
  assert.deepEqual([realtime.state, items], ['connected', [11]]);
  assert.equal(realtime.seen('move').at(-1).phase, 'failed');
});

test('a client that is closed gives a move up that has not said hello', async () => {
  const { h, realtime, old, fresh } = await moving();
  const closing = realtime.close();
  assert.notEqual(fresh.closed, null);
  fresh.open();
  assert.equal(fresh.last('hello'), undefined);
  old.reply('bye');
  await closing;
  assert.equal(realtime.state, 'closed');
});

test('a client that is closed while the hello of a move is out says bye on both links: whichever comes last, no session is left', async () => {
  const { h, realtime, old, fresh } = await moving();
  fresh.open();
  let closed = false;
  const closing = realtime.close().then(() => { closed = true; });
  old.reply('bye');
  await h.settle();
  assert.equal(closed, false);
  h.welcome({ resumed: false, session: 'another' }, fresh);
  fresh.reply('bye');
  await closing;
  assert.deepEqual([realtime.state, realtime.seen('lost').length, realtime.session], ['closed', 0, null]);
  assert.deepEqual(realtime.seen('state').map((s) => s.state), ['connecting', 'connected', 'closed']);
});

test('when both links of a move are lost the client goes back to its own address at once', async () => {
  const { h, realtime, old, fresh } = await moving();
  old.drop();
  fresh.drop();
  assert.equal(realtime.state, 'waiting');
  assert.equal(realtime.seen('move').at(-1).phase, 'failed');
  await h.advance(0);
  assert.equal(h.socket.url, 'ws://node.test/v1/connect?resume=1');
});
