import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.mjs';

/** A gateway whose answers are in the test's hand. */
class Gateway {
  asked = [];
  answer = { url: 'ws://n2.test/v1/connect', ticket: 't 1', notBefore: 0 };

  fetch = async (url, { headers, signal }) => {
    this.asked.push({ url, headers });
    if (this.answer === 'silence') await new Promise((_, reject) => { signal.onabort = () => reject(signal.reason); });
    if (this.answer instanceof Error) throw this.answer;
    if (typeof this.answer === 'string') return new Response(this.answer);
    if (this.answer.status) return new Response('', this.answer);
    return Response.json(this.answer);
  };
}

async function connecting(answer, options = {}) {
  const h = new Harness();
  const gateway = new Gateway();
  if (answer !== undefined) gateway.answer = answer;
  const realtime = h.client({ gateway: true, fetch: gateway.fetch, ...options });
  realtime.connect().catch(() => {});
  await h.settle();
  return { h, gateway, realtime };
}

test('the gateway is asked first, and its place and ticket are used', async () => {
  const { h, gateway, realtime } = await connecting();
  assert.deepEqual(gateway.asked, [{ url: 'http://node.test/v1/gateway', headers: {} }]);
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect?ticket=t+1');
  h.socket.open();
  h.welcome();
  assert.equal(realtime.state, 'connected');
});

test('a gateway may be anywhere, and may answer with an address relative to itself', async () => {
  const { h, gateway } = await connecting({ url: '/n/2/v1/connect', notBefore: 0 }, { gateway: 'https://gate.test' });
  assert.equal(gateway.asked[0].url, 'https://gate.test/v1/gateway');
  assert.equal(h.socket.url, 'wss://gate.test/n/2/v1/connect');
});

test('coming back, the resume token goes in a header and never in an address', async () => {
  const { h, gateway } = await connecting();
  h.socket.open();
  h.welcome();
  await h.reconnecting();
  assert.deepEqual(gateway.asked[1].headers, { Authorization: 'Bearer s-token' });
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect?ticket=t+1&resume=1');
  assert.equal(h.socket.last('hello').session, 's-token');
});

test('a place in time is waited for', async () => {
  const { h, realtime } = await connecting({ url: 'ws://n2.test', ticket: 't', notBefore: 3000 });
  await h.advance(2999);
  assert.deepEqual([h.sockets.length, realtime.state], [0, 'connecting']);
  await h.advance(1);
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect?ticket=t');
});

test('who disconnects while waiting for the place does not connect', async () => {
  const { h, realtime } = await connecting({ url: 'ws://n2.test', notBefore: 3000 });
  realtime.disconnect();
  await h.advance(10_000);
  assert.deepEqual([h.sockets.length, realtime.state], [0, 'idle']);
});

test('a gateway that is overrun says when to ask again, and the crowd comes a little apart', async () => {
  const { h, gateway, realtime } = await connecting({ status: 503, headers: { 'Retry-After': '4' } });
  assert.deepEqual([h.sockets.length, realtime.state], [0, 'waiting']);
  gateway.answer = { url: 'ws://n2.test', notBefore: 0 };
  await h.advance(4999);
  assert.equal(gateway.asked.length, 1);
  await h.advance(1);
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect');
});

for (const [name, answer] of [
  ['fails', new Error('no route')], ['is overrun and does not say until when', { status: 503 }], ['is broken', { status: 500 }],
  ['answers no JSON', '<html>'], ['answers no address', { ticket: 't' }], ['answers nonsense', { url: 'http://[' }],
]) {
  test(`a gateway that ${name} keeps nobody out`, async () => {
    const { h } = await connecting(answer);
    assert.equal(h.socket?.url, 'ws://node.test/v1/connect');
  });
}

test('a gateway that says nothing is not waited for', async () => {
  const { h } = await connecting('silence');
  assert.equal(h.sockets.length, 0);
  await h.advance(5000);
  assert.equal(h.socket.url, 'ws://node.test/v1/connect');
});

test('when the place does not work the next attempt goes to the own address, and the one after asks again', async () => {
  const { h, gateway } = await connecting();
  h.socket.drop();
  await h.advance(600);
  assert.equal(gateway.asked.length, 1);
  assert.equal(h.socket.url, 'ws://node.test/v1/connect');
  h.socket.drop();
  await h.advance(1100);
  assert.equal(gateway.asked.length, 2);
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect?ticket=t+1');
});

test('a place that does not work costs no pause and no longer ones later', async () => {
  const { h, gateway, realtime } = await connecting();
  const waits = () => realtime.seen('state').filter((s) => s.state === 'waiting').map((s) => s.retryIn);
  h.socket.drop();
  await h.advance(0);
  assert.equal(h.socket.url, 'ws://node.test/v1/connect');
  h.socket.drop();
  await h.advance(500);
  assert.equal(h.socket.url, 'ws://n2.test/v1/connect?ticket=t+1');
  h.socket.drop();
  await h.advance(0);
  h.socket.drop();
  assert.deepEqual(waits(), [0, 500, 0, 1000]);
  assert.equal(gateway.asked.length, 2);
});

test('a place that takes the socket and says nothing is one that does not work', async () => {
  const { h } = await connecting();
  h.socket.open();
  await h.advance(10_000);
  assert.equal(h.socket.url, 'ws://node.test/v1/connect');
});

test('a gateway that names the own address has sent the client nowhere', async () => {
  const { h, realtime } = await connecting({ url: 'ws://node.test', notBefore: 0 });
  h.socket.drop();
  assert.equal(realtime.seen('state').at(-1).retryIn, 500);
});

test('a gateway that cannot be asked is replaced by the addresses that were heard of', async () => {
  const { h, gateway } = await connecting({ url: 'ws://node.test', notBefore: 0 });
  h.socket.open();
  h.welcome({ others: ['ws://n3.test'] });
  gateway.answer = new Error('no route');
  const places = [];
  h.socket.drop();
  for (let i = 0; i < 3; i++) {
    const before = h.sockets.length;
    while (h.sockets.length === before) await h.advance(500);
    places.push(h.socket.url);
    h.socket.drop();
  }
  assert.deepEqual(places, ['ws://node.test/v1/connect?resume=1', 'ws://n3.test/v1/connect?resume=1', 'ws://node.test/v1/connect?resume=1']);
  assert.equal(gateway.asked.length, 3);
});

test('while the gateway names a dead node every second attempt goes past it to another address', async () => {
  const { h, gateway } = await connecting();
  h.socket.open();
  h.welcome({ others: ['ws://n3.test'] });
  gateway.answer = { url: 'ws://dead.test', notBefore: 0 };
  const places = [];
  h.socket.drop();
  for (let i = 0; i < 5; i++) {
    const before = h.sockets.length;
    while (h.sockets.length === before) await h.advance(500);
    places.push(new URL(h.socket.url).hostname);
    h.socket.drop();
    await h.settle();
  }
  assert.deepEqual(places, ['dead.test', 'node.test', 'n3.test', 'dead.test', 'node.test']);
  assert.equal(gateway.asked.length, 3);
});

test('a client that came over TLS follows no gateway to where there is none', async () => {
  const h = new Harness();
  const gateway = new Gateway();
  const realtime = h.client({ gateway: 'https://gate.test', fetch: gateway.fetch });
  realtime._url.protocol = 'wss:';
  realtime.connect().catch(() => {});
  await h.settle();
  assert.equal(h.socket.url, 'wss://node.test/v1/connect');
});
