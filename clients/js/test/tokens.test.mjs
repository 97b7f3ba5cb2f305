import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.mjs';

const VIP = '$chat:vip';

/** Subscribed to a `$` channel at k:10 with the first of `tokens`, which is over in `life` ms. */
async function vip(tokens, { life, ...welcome } = {}) {
  const h = new Harness();
  const asked = [];
  const rt = await h.connected({ wall: () => h.time }, welcome);
  const sub = rt.subscribe(VIP, { token: async (channel) => { asked.push(channel); return tokens.shift(); } });
  await h.settle();
  h.socket.reply('subscribe', { position: 'k:10', head: 'k:10', ...(life ? { expires: h.time + life } : {}) });
  await sub.ready;
  return { h, rt, sub, asked };
}

test('a function is asked for the token of a channel', async () => {
  const { h, asked } = await vip(['one']);
  assert.deepEqual(asked, [VIP]);
  assert.equal(h.socket.last('subscribe').token, 'one');
});

test('the next token is asked for before this one is over, and again before the next', async () => {
  const { h, asked } = await vip(['one', 'two', 'three'], { life: 60_000 });
  await h.advance(29_000);
  assert.equal(h.socket.all('refresh').length, 0);
  await h.advance(2_000);
  const { token, channel } = h.socket.last('refresh');
  assert.deepEqual({ token, channel }, { token: 'two', channel: VIP });
  h.socket.reply('refresh', { expires: h.time + 10_000 });
  await h.settle();
  await h.advance(5_000);
  assert.equal(h.socket.last('refresh').token, 'three');
  assert.equal(asked.length, 3);
});

test('a token without an end is not asked for again', async () => {
  const { h, asked } = await vip(['one', 'two']);
  await h.advance(10_000_000);
  assert.equal(asked.length, 1);
});

test('what the server has ended for its token is subscribed anew where it stood', async () => {
  const { h, rt, sub } = await vip(['one', 'two']);
  const offsets = [];
  sub.on('message', ({ offset }) => offsets.push(offset));
  h.socket.receive({ type: 'message', channel: VIP, offset: 11, data: 1, at: 1 });
  h.socket.receive({ type: 'unsubscribed', channel: VIP, reason: 'token_expired' });
  await h.settle();
  const { token, from } = h.socket.last('subscribe');
  assert.deepEqual({ token, from }, { token: 'two', from: 'k:11' });
  h.socket.reply('subscribe', { position: 'k:11', head: 'k:12', recovered: true });
  h.socket.receive({ type: 'message', channel: VIP, offset: 12, data: 1, at: 1 });
  await h.settle();
  assert.deepEqual(offsets, [11, 12]);
  assert.equal(sub.state, 'subscribed');
  assert.deepEqual(rt.seen('unsubscribed'), []);
});

test('a second token that is over is the last', async () => {
  const { h, sub } = await vip(['one', 'two']);
  h.socket.receive({ type: 'unsubscribed', channel: VIP, reason: 'token_expired' });
  await h.settle();
  h.socket.receive({ type: 'error', id: h.socket.last('subscribe').id, code: 'token_expired', message: 'over', outcome: 'none' });
  await h.settle();
  assert.equal(sub.state, 'ended');
});

test('a token that is a text is over when it is over', async () => {
  const h = new Harness();
  const rt = await h.connected();
  const sub = rt.subscribe(VIP, { token: 'one' });
  await h.settle();
  h.socket.reply('subscribe', { position: 'k:10', head: 'k:10' });
  await sub.ready;
  h.socket.receive({ type: 'unsubscribed', channel: VIP, reason: 'token_expired' });
  assert.equal(sub.state, 'ended');
  assert.deepEqual(rt.seen('unsubscribed'), [{ channel: VIP, reason: 'token_expired' }]);
});

test('a refresh that is refused is told, and the subscription goes on until the server ends it', async () => {
  const { h, rt, sub } = await vip(['one', 'two', 'three'], { life: 60_000 });
  await h.advance(31_000);
  h.socket.receive({ type: 'error', id: h.socket.last('refresh').id, code: 'unauthorized', message: 'no', outcome: 'none' });
  await h.settle();
  assert.equal(rt.seen('error').at(-1).code, 'unauthorized');
  assert.equal(sub.state, 'subscribed');
});

test('what the application subscribes is an event of the client, and kept until somebody asks for it', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.receive({ type: 'subscribed', channel: 'game:1', position: 'k:3', head: 'k:3', reason: 'your turn' });
  h.socket.receive({ type: 'message', channel: 'game:1', offset: 4, data: 'go', at: 1 });
  const told = rt.seen('subscribed').at(-1);
  assert.deepEqual([told.channel, told.position, told.reason], ['game:1', 'k:3', 'your turn']);
  const offsets = [];
  told.subscription.on('message', ({ offset }) => offsets.push(offset));
  await h.settle();
  assert.deepEqual(offsets, [4]);
  h.socket.receive({ type: 'unsubscribed', channel: 'game:1' });
  assert.equal(rt.seen('unsubscribed').at(-1).channel, 'game:1');
});
