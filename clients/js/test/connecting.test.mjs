import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness, message } from './harness.mjs';

test('hello is the first frame and names the producer; welcome fills the properties', async () => {
  const h = new Harness();
  const rt = await h.connected({ client: { name: 'demo', version: '1' }, data: { a: 1 }, token: 't' }, { user: 'alice', state: { k: 1 } });
  assert.equal(h.socket.url, 'ws://node.test/v1/connect');
  assert.equal(h.socket.protocol, 'realtime.v1.json');
  const [hello] = h.socket.sent;
  assert.equal(hello.type, 'hello');
  assert.match(hello.producer, /^[A-Za-z0-9._-]{1,64}$/);
  assert.deepEqual([hello.token, hello.client, hello.data, hello.session], ['t', { name: 'demo', version: '1' }, { a: 1 }, undefined]);
  assert.deepEqual([rt.state, rt.user, rt.node, rt.session], ['connected', 'alice', 'node-0', 's-token']);
  assert.deepEqual({ ...rt.sessionState }, { k: 1 });
});

test('subscriptions made before connecting ride in hello and are answered by welcome', async () => {
  const h = new Harness();
  const rt = h.client();
  const sub = rt.subscribe('chat:a', { from: { last: 1 }, presence: { name: 'A' } });
  await h.settle();
  h.socket.open();
  assert.deepEqual(h.socket.last('hello').subscriptions, [{ channel: 'chat:a', from: { last: 1 }, presence: { name: 'A' } }]);
  h.welcome({ subscriptions: [{ channel: 'chat:a', position: 'k:4', head: 'k:5' }] });
  assert.equal((await sub.ready).position, 'k:4');
  assert.equal(h.socket.last('subscribe'), undefined);
});

test('an unannounced loss waits within the crash window, later ones back off with full jitter, health resets', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const waits = () => rt.seen('state').filter((s) => s.state === 'waiting').map((s) => s.retryIn);
  h.socket.drop();
  for (let i = 0; i < 8; i++) {
    await h.advance(waits().at(-1));
    h.socket.drop();
  }
  assert.deepEqual(waits(), [1000, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]);
  await h.advance(30000);
  h.socket.open();
  h.welcome({ resumed: true });
  h.socket.receive({ type: 'ping' });
  await h.advance(29_999);
  h.socket.drop();
  assert.equal(waits().at(-1), 30000, 'not yet healthy');
  await h.advance(30000);
  h.socket.open();
  h.welcome({ resumed: true });
  await h.advance(30_000);
  h.socket.drop();
  assert.equal(waits().at(-1), 1000, 'healthy for 30 s');
});

test('ping is answered from the message handler with what was processed since the last ack', async () => {
  const h = new Harness();
  const { subscription } = await h.subscribed();
  subscription.on('message', () => {});
  h.socket.receive({ type: 'message', channel: 'chat:a', offset: 11, data: 1 }, { type: 'ping' });
  assert.deepEqual(h.socket.sent.at(-1), { type: 'pong', ack: { 'chat:a': 'k:11' } });
  h.socket.receive({ type: 'ping' });
  assert.deepEqual(h.socket.sent.at(-1), { type: 'pong' });
});

test('silence of every plus timeout is a dead link', async () => {
  const h = new Harness();
  const rt = await h.connected();
  await h.advance(30_000);
  h.socket.receive({ type: 'ping' });
  await h.advance(34_999);
  assert.equal(rt.state, 'connected');
  await h.advance(1);
  assert.deepEqual(rt.seen('state').at(-1).reason, 'silence');
  assert.notEqual(h.socket.closed, null);
});

test('a frozen page gets a moment to read what stands in its queue before the link counts as dead', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.time += 600_000;
  await h.advance(0);
  assert.equal(rt.state, 'connected');
  h.socket.receive({ type: 'ping' });
  await h.advance(34_000);
  assert.equal(rt.state, 'connected');
});

test('no welcome in time is a failed attempt', async () => {
  const h = new Harness();
  const rt = h.client();
  rt.connect();
  await h.settle();
  h.socket.open();
  await h.advance(10_000);
  assert.equal(rt.seen('state').at(-1).reason, 'no welcome');
});

test('a socket that fails without a close event is a failed attempt, and one that has both counts once', async () => {
  const h = new Harness();
  const rt = h.client();
  rt.connect();
  await h.settle();
  h.socket.onerror();
  assert.deepEqual(rt.seen('state').map(({ state }) => state), ['connecting'], 'a close event may follow');
  await h.advance(0);
  assert.deepEqual(rt.seen('state').at(-1), {
    state: 'waiting', reason: 'unreachable', retryIn: 500, message: 'ws://node.test/v1/connect cannot be reached or refuses the handshake',
  });
  await h.advance(500);
  h.socket.onerror();
  h.socket.drop();
  await h.advance(0);
  assert.equal(rt.seen('state').filter(({ state }) => state === 'waiting').length, 2);
});

test('goodbye says when to come back, and false is final', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.receive({ type: 'goodbye', code: 4001, reason: 'restart', reconnect: { after: 300, within: 1000 } });
  assert.deepEqual(rt.seen('state').at(-1), {
    state: 'waiting', reason: 'restart', retryIn: 800, message: 'ws://node.test/v1/connect ended the connection: restart',
  });
  await h.advance(800);
  h.socket.open();
  h.welcome({ resumed: true });
  h.socket.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  assert.equal(rt.state, 'closed');
  assert.equal(rt.seen('error').at(-1).code, 'superseded');
  await h.advance(600_000);
  assert.equal(h.sockets.length, 2);
});

test('a takeover by a hello of our own that nobody waits for any more is not the end, a second one is', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const next = async () => {
    assert.equal(rt.state, 'waiting');
    await h.advance(rt.seen('state').at(-1).retryIn);
    h.socket.open();
  };
  h.socket.drop();
  await next();
  await h.advance(10_000);
  await next();
  h.welcome({ resumed: true });
  h.socket.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  await next();
  h.welcome({ resumed: true });
  h.socket.receive({ type: 'goodbye', code: 4200, reason: 'superseded', reconnect: false });
  assert.equal(rt.state, 'closed');
});

for (const [code, expected] of [[4000, 1000], [4099, 1000], [1013, 1000], [1006, 1000], [4100, 0], [4199, 0], [4200, 'closed'], [4299, 'closed']]) {
  test(`close code ${code} alone means ${expected === 'closed' ? 'closed for good' : `back in ${expected} ms`}`, async () => {
    const h = new Harness();
    const rt = await h.connected();
    h.socket.drop(code);
    assert.equal(expected === 'closed' ? rt.state : rt.seen('state').at(-1).retryIn, expected);
  });
}

test('code 4100 before welcome is paced, or a broken server would be stormed', async () => {
  const h = new Harness();
  const rt = h.client();
  rt.connect();
  await h.settle();
  h.socket.drop(4100);
  assert.equal(rt.seen('state').at(-1).retryIn, 500);
});

test('a refused hello is final when it will not get better, and waits for retryAfter when it will', async () => {
  const h = new Harness();
  const rt = h.client();
  const ready = rt.connect();
  await h.settle();
  h.socket.open();
  h.socket.receive({ type: 'error', id: h.socket.last('hello').id, code: 'unavailable', retryAfter: 5000 });
  assert.equal(rt.seen('state').at(-1).retryIn, 5500);
  await h.advance(5500);
  h.socket.open();
  h.socket.receive({ type: 'error', id: h.socket.last('hello').id, code: 'unauthorized', message: 'no' });
  await assert.rejects(ready, { code: 'unauthorized' });
  assert.equal(rt.state, 'closed');
});

test('the token function is asked once, and again when the token has expired', async () => {
  const h = new Harness();
  let asked = 0;
  const rt = await h.connected({ token: async () => `t${++asked}` });
  await h.reconnecting();
  assert.equal(h.socket.last('hello').token, 't1');
  h.socket.receive({ type: 'error', id: h.socket.last('hello').id, code: 'token_expired' });
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').token, 't2');
  h.socket.receive({ type: 'error', id: h.socket.last('hello').id, code: 'token_expired' });
  assert.equal(rt.state, 'waiting', 'a fresh token that is refused must not spin');
  await h.advance(2_000);
  h.socket.open();
  h.welcome();
  h.socket.receive({ type: 'error', code: 'token_expired', message: 'soon' });
  await h.settle();
  assert.deepEqual([h.socket.last('refresh').token, asked], ['t4', 4]);
});

test('offline cuts the socket and stays away until it is switched back', async () => {
  const h = new Harness();
  const rt = await h.connected();
  rt.offline = true;
  assert.notEqual(h.socket.closed, null);
  await h.advance(600_000);
  assert.deepEqual([h.sockets.length, rt.state], [1, 'waiting']);
  rt.offline = false;
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
  assert.equal(h.sockets.length, 2);
});

test('disconnect keeps the session, close ends it with bye', async () => {
  const h = new Harness();
  const rt = await h.connected();
  rt.disconnect();
  assert.deepEqual([rt.state, rt.session], ['idle', 's-token']);
  rt.connect();
  await h.settle();
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
  h.welcome({ resumed: true });
  const publish = assert.rejects(rt.publish('chat:a', 1), { code: 'closed', outcome: 'unknown' });
  const closing = rt.close();
  assert.equal(h.socket.sent.at(-1).type, 'bye');
  h.socket.receive({ type: 'goodbye', code: 4201, reason: 'bye', reconnect: false });
  await closing;
  await publish;
  assert.deepEqual([rt.state, rt.session, rt.seen('error').length], ['closed', null, 0]);
  await assert.rejects(rt.publish('chat:a', 1), { code: 'closed', outcome: 'none' });
});

test('what answers come before the bye is answered still count', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const publish = rt.publish('chat:a', 1);
  const closing = rt.close();
  h.socket.reply('publish', { position: 'k:1' });
  h.socket.reply('bye');
  await closing;
  assert.deepEqual(await publish, { position: 'k:1' });
});

test('frames that are no JSON or make no sense end the link and are reported, and the client comes back', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.raw('{');
  assert.deepEqual([rt.state, rt.seen('error').at(-1).code], ['waiting', 'protocol']);
  await h.advance(10_000);
  h.socket.open();
  h.socket.receive({ type: 'message', channel: 'x', offset: 1 });
  assert.deepEqual([rt.state, rt.seen('error').length], ['waiting', 2]);
});

test('call, set and history are repeated on the next link; a call without number is unknown', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const call = rt.call('sum', [1, 2]);
  const set = rt.set('k', 'v');
  const history = rt.history('chat:a', { limit: 2, reverse: true });
  const risky = assert.rejects(rt.call('fire', 1, { seq: false }), { code: 'disconnected', outcome: 'unknown' });
  const first = h.socket.sent.slice(1);
  await h.reconnecting();
  await risky;
  assert.deepEqual(rt.seen('unknown'), [{ type: 'call', method: 'fire', data: 1 }]);
  h.welcome({ resumed: true });
  assert.deepEqual(h.socket.sent.slice(1), first.slice(0, 3));
  assert.equal(typeof h.socket.last('call').seq, 'number');
  h.socket.reply('call', { data: 3 });
  h.socket.reply('set');
  h.socket.reply('history', { messages: [message(9), message(8)], position: 'k:8', head: 'k:9', more: true });
  assert.equal(await call, 3);
  await set;
  assert.deepEqual({ ...rt.sessionState }, { k: 'v' });
  assert.deepEqual((await history).messages.map((m) => m.position), ['k:9', 'k:8']);
});

test('a decision to disconnect wins over a connection that was being prepared', async () => {
  const h = new Harness();
  const rt = h.client({ token: async () => 't' });
  const ready = rt.connect();
  rt.disconnect();
  await assert.rejects(ready, { code: 'disconnected' });
  await h.settle();
  assert.deepEqual([h.sockets.length, rt.state], [0, 'idle']);
});

for (const how of ['close', 'disconnect']) {
  test(`a listener may ${how} in the middle of a welcome`, async () => {
    const h = new Harness();
    const { realtime } = await h.subscribed();
    const call = realtime.call('first');
    const ended = how === 'close' ? assert.rejects(call, { code: 'closed', outcome: 'unknown' }) : null;
    await h.reconnecting();
    realtime.on('welcome', () => realtime[how]());
    h.welcome({ resumed: true });
    await h.advance(2000);
    await ended;
    assert.deepEqual([realtime.state, realtime.seen('error')], [how === 'close' ? 'closed' : 'idle', []]);
    assert.deepEqual(h.socket.sent.map((f) => f.type), how === 'close' ? ['hello', 'bye'] : ['hello']);
    assert.notEqual(h.socket.closed, null);
  });
}

test('a wall clock that is set does not end a link that is well', async (t) => {
  const h = new Harness();
  const rt = await h.connected({ now: undefined });
  const now = Date.now();
  t.mock.method(Date, 'now', () => now + 3_600_000);
  await h.advance(35_000);
  await h.advance(2_000);
  assert.equal(rt.state, 'connected');
});

test('a link whose upload drains is alive, and one whose upload stands still is not', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const { socket } = h;
  const { send } = socket;
  socket.send = (text) => { send.call(socket, text); socket.bufferedAmount += text.length; };
  rt.publish('files:a', 'x'.repeat(60_000));
  for (let second = 0; second < 100; second += 5) {
    await h.advance(5_000);
    socket.bufferedAmount -= 500;
  }
  assert.equal(rt.state, 'connected');
  await h.advance(5_000);
  await h.advance(36_000);
  assert.deepEqual(rt.seen('state').find(({ state }) => state === 'waiting').reason, 'silence');
});
