import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, collect, message } from './harness.mjs';

test('messages move the position, duplicates are dropped, arrays are unpacked', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive([message(11), message(12)], message(12), message(13, { prev: 12 }), message(20, { prev: 13 }), message(15, { prev: 14 }));
  assert.deepEqual(items, [11, 12, 13, 20]);
  assert.deepEqual([subscription.position, subscription.head], ['k:20', 'k:20']);
});

test('a reply in the same array as the messages after it starts the stream', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const sub = rt.subscribe('chat:a');
  const items = collect(sub);
  await h.settle();
  h.socket.receive([{ type: 'reply', id: h.socket.last('subscribe').id, position: 'k:4', head: 'k:6' }, message(5), message(6)]);
  assert.deepEqual(items, [5, 6]);
});

test('replies do not move the position', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const publish = realtime.publish('chat:a', 'x');
  h.socket.reply('publish', { position: 'k:11' });
  await publish;
  assert.equal(subscription.position, 'k:10');
});

test('a hole that was not announced is reported and the stream resumes from our own position', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive([message(11), message(13), message(14)]);
  assert.equal(realtime.seen('error').at(-1).code, 'hole');
  await h.advance(1000);
  h.socket.open();
  assert.deepEqual(h.socket.last('hello').positions, { 'chat:a': 'k:11' });
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:11', head: 'k:14', recovered: true }] });
  h.socket.receive(message(12), message(13), message(14));
  assert.deepEqual(items, [11, 12, 13, 14]);
  assert.equal(realtime.seen('gap').length, 0);
});

test('a hole that stays after resuming becomes a gap instead of a loop', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive(message(13));
  await h.advance(1000);
  h.socket.open();
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:13', recovered: true }] });
  h.socket.receive(message(13), message(14));
  assert.deepEqual(items, ['gap unannounced 11-12 > k:12', 13, 14]);
});

test('a gap moves the position, also into another epoch, and is told once', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  const lagged = { type: 'gap', channel: 'chat:a', from: 11, to: 15, reason: 'lagged', position: 'k:15' };
  h.socket.receive(lagged);
  assert.equal(subscription.head, 'k:15');
  h.socket.receive(lagged, message(16), { type: 'gap', channel: 'chat:a', reason: 'epoch', position: 'n:0' }, message(1));
  assert.deepEqual(items, ['gap lagged 11-15 > k:15', 16, 'gap epoch ?-? > n:0', 1]);
  assert.equal(subscription.position, 'n:1');
  assert.equal(realtime.seen('gap').length, 2);
  h.socket.receive({ type: 'gap', channel: 'chat:a', reason: 'ahead', position: 'n:0' }, message(1));
  assert.deepEqual(items.slice(4), ['gap ahead ?-? > n:0', 1]);
});

test('messages without offset are delivered and leave the position alone', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const sub = rt.subscribe('cursor:a');
  const items = collect(sub);
  await h.settle();
  h.socket.reply('subscribe', { position: null, head: null });
  h.socket.receive({ type: 'message', channel: 'cursor:a', data: 'x', at: 1 }, { type: 'message', channel: 'cursor:a', data: 'x', at: 1 });
  assert.deepEqual([items, sub.position], [['x', 'x'], null]);
});

test('bytes arrive as bytes and tags and sender as they are', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const seen = [];
  subscription.on('message', (item) => seen.push(item));
  h.socket.receive({ type: 'message', channel: 'chat:a', offset: 11, bytes: 'AQL/', at: 7, from: { session: 's', user: 'u' }, tags: { a: 'b' } });
  assert.deepEqual(seen, [{
    type: 'message', channel: 'chat:a', data: undefined, offset: 11, position: 'k:11', bytes: new Uint8Array([1, 2, 255]), at: 7,
    from: { session: 's', user: 'u' }, tags: { a: 'b' },
  }]);
});

test('resume: hello carries token and positions, what welcome lists is not subscribed again', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive(message(11));
  const producer = h.socket.last('hello').producer;
  await h.reconnecting();
  const hello = h.socket.last('hello');
  assert.deepEqual([hello.session, hello.positions, hello.producer], ['s-token', { 'chat:a': 'k:11' }, producer]);
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:11', head: 'k:12', recovered: true }] });
  h.socket.receive(message(12));
  assert.deepEqual([items, h.socket.all('subscribe')], [[11, 12], []]);
});

test('what welcome does not list is subscribed again with its position and presence', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed({}, { presence: { name: 'A' } });
  h.socket.receive(message(11));
  await h.reconnecting();
  h.welcome({ resumed: false, session: 'other' });
  assert.deepEqual(realtime.seen('lost'), [{ session: 's-token' }]);
  const { id, ...frame } = h.socket.last('subscribe');
  assert.deepEqual(frame, { type: 'subscribe', channel: 'chat:a', from: 'k:11', presence: { name: 'A' } });
  const again = [];
  subscription.on('subscribed', (reply) => again.push(reply.recovered));
  h.socket.reply('subscribe', { position: 'k:11', head: 'k:11', recovered: true });
  assert.deepEqual([again, realtime.session, realtime.seen('gap')], [[true], 'other', []]);
});

for (const [name, fields, expected] of [
  ['trimmed history with the gap in the answer', { position: 'k:20', recovered: false, gap: { reason: 'trimmed', from: 11, to: 20, position: 'k:20' } }, 'gap trimmed 11-20 > k:20'],
  ['trimmed history without details', { position: 'k:20', recovered: false }, 'gap trimmed 11-20 > k:20'],
  ['a log born anew', { position: 'n:0', recovered: false }, 'gap epoch ?-? > n:0'],
  ['a log that lost its end', { position: 'k:7', recovered: false }, 'gap ahead ?-? > k:7'],
  ['a server that skips without a word', { position: 'k:20', recovered: true }, 'gap unannounced 11-20 > k:20'],
]) {
  test(`resuming onto ${name} tells the gap once, even if a gap frame follows`, async () => {
    const h = new Harness();
    const { realtime, subscription } = await h.subscribed();
    const items = collect(subscription);
    await h.reconnecting();
    h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', head: fields.position, ...fields }] });
    h.socket.receive({ type: 'gap', channel: 'chat:a', reason: 'trimmed', position: fields.position });
    assert.deepEqual(items, [expected]);
    assert.equal(subscription.position, fields.position);
    assert.equal(realtime.seen('error').length, expected.includes('unannounced') ? 1 : 0);
  });
}

test('a server that replays from before our position causes no duplicates', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  const items = collect(subscription);
  h.socket.receive(message(11), message(12));
  await h.reconnecting();
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:13', recovered: true }] });
  h.socket.receive(message(11), message(12), message(13));
  assert.deepEqual(items, [11, 12, 13]);
});

test('unsubscribing ends a subscription and late messages are not delivered', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const items = collect(subscription);
  const done = subscription.unsubscribe();
  const second = realtime.subscribe('chat:a');
  const later = collect(second);
  await h.settle();
  assert.deepEqual(h.socket.sent.slice(-2).map((f) => f.type), ['unsubscribe', 'subscribe']);
  h.socket.receive(message(11));
  h.socket.reply('unsubscribe');
  h.socket.reply('subscribe', { position: 'k:30', head: 'k:30' });
  h.socket.receive(message(31));
  await done;
  assert.deepEqual([items, later, subscription.state], [[], [31], 'ended']);
});

test('an unsubscribe that was not answered is repeated before the channel is subscribed anew', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  const done = subscription.unsubscribe();
  await h.reconnecting();
  const again = realtime.subscribe('chat:a');
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:10' }] });
  assert.deepEqual(h.socket.sent.slice(1).map((f) => f.type), ['unsubscribe', 'subscribe']);
  h.socket.receive({ type: 'error', id: h.socket.last('unsubscribe').id, code: 'not_subscribed' });
  await done;
  h.socket.reply('subscribe', { position: 'k:12', head: 'k:12' });
  assert.deepEqual([again.position, realtime.seen('gap'), realtime.seen('error')], ['k:12', [], []]);
});

test('a refusal ends the subscription, a temporary one is tried again', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const sub = rt.subscribe('chat:a');
  await h.settle();
  h.socket.receive({ type: 'error', id: h.socket.last('subscribe').id, code: 'unavailable', retryAfter: 700 });
  await h.advance(700);
  assert.equal(h.socket.all('subscribe').length, 2);
  h.socket.receive({ type: 'error', id: h.socket.last('subscribe').id, code: 'forbidden' });
  await assert.rejects(sub.ready, { code: 'forbidden', channel: 'chat:a' });
  assert.equal(sub.state, 'ended');
  assert.notEqual(rt.subscribe('chat:a'), sub);
});

test('a subscription token function is asked again when the token has expired', async () => {
  const h = new Harness();
  const rt = await h.connected();
  let asked = 0;
  rt.subscribe('$chat:vip', { token: async (channel) => `${channel}#${++asked}` });
  await h.settle();
  assert.equal(h.socket.last('subscribe').token, '$chat:vip#1');
  h.socket.receive({ type: 'error', id: h.socket.last('subscribe').id, code: 'token_expired' });
  await h.settle();
  assert.equal(h.socket.last('subscribe').token, '$chat:vip#2');
});

test('the server subscribes and unsubscribes; what came is kept for whoever asks', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.receive({ type: 'subscribed', channel: '@alice', position: 'k:1', head: 'k:1' });
  h.socket.receive({ type: 'message', channel: '@alice', offset: 2, data: 'kept', at: 1 });
  assert.equal(rt.seen('subscribed')[0].inherited, true);
  const items = collect(rt.subscribe('@alice'));
  await h.settle();
  assert.deepEqual([items, h.socket.all('subscribe')], [['kept'], []]);
  h.socket.receive({ type: 'unsubscribed', channel: '@alice', reason: 'permission' });
  assert.deepEqual(rt.seen('unsubscribed'), [{ channel: '@alice', reason: 'permission' }]);
});

test('what listeners ask for during a resume goes out behind what has waited longer', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const call = rt.call('first');
  h.socket.receive({ type: 'subscribed', channel: '@me', position: 'k:1', head: 'k:1' });
  const asked = [];
  rt.on('welcome', () => asked.push(rt.set('k', 1)));
  rt.on('unsubscribed', () => rt.subscribe('chat:late'));
  await h.reconnecting();
  h.welcome({ resumed: false, session: 'new' });
  await h.settle();
  assert.deepEqual(h.socket.sent.slice(1).map((f) => f.channel ?? f.type), ['chat:late', 'call', 'set']);
  assert.deepEqual(rt.seen('unsubscribed'), [{ channel: '@me', reason: 'not resumed' }]);
  h.socket.reply('call', { data: 1 });
  h.socket.reply('set');
  assert.deepEqual([await call, await asked[0]], [1, undefined]);
});

test('leaving and coming back inside a listener goes out in that order', async () => {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed();
  await h.reconnecting();
  realtime.on('welcome', () => {
    subscription.unsubscribe();
    realtime.subscribe('chat:a');
  });
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:10', recovered: true }] });
  assert.deepEqual(h.socket.sent.slice(1).map((f) => f.type), ['unsubscribe', 'subscribe']);
});

test('positions that do not fit into hello follow in frames of their own, every one and each once', async () => {
  for (const [count, name, frames] of [[256, (n) => `chat:${String(n).padStart(190, 'é')}`, 4], [1500, (n) => `d${n}`, 0], [10_000, (n) => `d${n}`, 5]]) {
    const h = new Harness();
    const positions = Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), `k:${n}`]));
    h.client({ positions }).connect();
    await h.settle();
    h.socket.open();
    const { sent } = h.socket;
    assert.deepEqual(sent.map((f) => f.type), ['hello', ...Array(sent.length - 1).fill('positions')]);
    assert.ok(sent.length - 1 >= frames && (frames > 0 || sent.length === 1), `${count}: ${sent.length}`);
    assert.deepEqual(sent.map((f) => f.more), sent.map((_, n) => (n < sent.length - 1 ? true : undefined)));
    for (const frame of sent) assert.ok(Buffer.byteLength(JSON.stringify(frame)) <= (frame.type === 'hello' ? 60 : 17) * 1024);
    const all = sent.flatMap((f) => Object.entries(f.positions));
    assert.deepEqual([all.length, Object.fromEntries(all)], [count, positions]);
  }
});
