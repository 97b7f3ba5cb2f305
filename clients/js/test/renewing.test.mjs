// A token that a function knows is renewed before it is over.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.mjs';

const HOUR = 3_600_000;

async function named(h, welcome) {
  let asked = 0;
  // The link is silent meanwhile, and that is no loss.
  return h.connected({ token: async () => `t${++asked}` }, { ping: { every: 7200, timeout: 10 }, ...welcome });
}

test('a token is renewed a minute before its end, and again before the end of the next', async () => {
  const h = new Harness();
  await named(h, { user: 'alice', expiresIn: HOUR });
  await h.advance(HOUR - 61_000);
  assert.equal(h.socket.last('refresh'), undefined);
  await h.advance(1_000);
  assert.equal(h.socket.last('refresh').token, 't2');
  h.socket.reply('refresh', { expires: 1, expiresIn: 100_000 });
  await h.settle();
  await h.advance(89_000);
  assert.equal(h.socket.all('refresh').length, 1);
  await h.advance(1_000);
  assert.equal(h.socket.last('refresh').token, 't3');
});

test('a renewal that is refused is told, and the end of the token brings another', async () => {
  const h = new Harness();
  const rt = await named(h, { user: 'alice', expiresIn: 100_000 });
  await h.advance(90_000);
  h.socket.receive({ type: 'error', id: h.socket.last('refresh').id, code: 'unauthorized', message: 'no' });
  await h.settle();
  assert.deepEqual(rt.seen('error').map(({ code }) => code), ['unauthorized']);
  h.socket.receive({ type: 'goodbye', code: 4006, reason: 'token_expired', reconnect: { after: 0, within: 0 } });
  h.socket.drop(4006);
  await h.advance(1_000);
  h.socket.open();
  assert.equal(h.socket.last('hello').token, 't3');
});

test('nothing is renewed without a function, without an end, or while there is no connection', async () => {
  const h = new Harness();
  await h.connected({ token: 't' }, { expiresIn: 10_000 });
  await h.advance(10_000);
  assert.equal(h.socket.last('refresh'), undefined);

  const endless = new Harness();
  await named(endless, { user: 'alice' });
  await endless.advance(HOUR);
  assert.equal(endless.socket.last('refresh'), undefined);

  const away = new Harness();
  const rt = await named(away, { user: 'alice', expiresIn: 100_000 });
  rt.disconnect();
  await away.advance(HOUR);
  assert.equal(away.sockets.flatMap((socket) => socket.all('refresh')).length, 0);
});
