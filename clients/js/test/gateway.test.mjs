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
