import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Harness } from './harness.mjs';

for (const [name, ask, type] of [
  ['publish', (rt) => rt.publish('chat:a', 1), 'publish'], ['call', (rt) => rt.call('sum'), 'call'], ['history', (rt) => rt.history('chat:a'), 'history'],
  ['set', (rt) => rt.set('k', 1), 'set'], ['presence', (rt) => rt.presence('chat:a'), 'presence'],
]) {
  test(`${name} before connect connects by itself, and after disconnect it waits for a person`, async () => {
    const h = new Harness();
    const rt = h.client();
    ask(rt);
    await h.settle();
    h.socket.open();
    h.welcome();
    assert.ok(h.socket.last(type));
    h.socket.reply(type, {});
    rt.disconnect();
    ask(rt).catch(() => {});
    await h.settle();
    assert.deepEqual([rt.state, h.sockets.length], ['idle', 1]);
  });
}

test('connect with a deadline fails with the last reason and stops trying when nothing else needs the connection', async () => {
  const h = new Harness();
  const rt = h.client();
  const failed = assert.rejects(rt.connect({ deadline: 5000 }), { code: 'timeout', message: /within 5000 ms.*unreachable.*node\.test.*ECONNREFUSED/ });
  await h.settle();
  h.socket.onerror({ message: 'connect ECONNREFUSED' });
  await h.advance(0);
  assert.deepEqual([rt.reason.code, rt.seen('state').at(-1).reason], ['unreachable', 'unreachable']);
  assert.match(rt.reason.message, /ECONNREFUSED/);
  await h.advance(5000);
  await failed;
  const { length } = h.sockets;
  await h.advance(600_000);
  assert.deepEqual([rt.state, h.sockets.length], ['idle', length]);

  rt.publish('chat:a', 1);
  await h.settle();
  h.socket.open();
  h.welcome();
  assert.deepEqual([rt.state, rt.reason, h.socket.last('publish').data], ['connected', null, 1], 'a later publish connects by itself');
});

test('a deadline that is no time is refused, and Infinity is none', async () => {
  const h = new Harness();
  const rt = h.client();
  for (const deadline of [Number.NaN, -1, 2 ** 40, 'soon', null, {}]) await assert.rejects(rt.connect({ deadline }), { code: 'bad_request', message: /deadline/ });
  assert.deepEqual([rt.state, h.sockets.length], ['idle', 0]);

  const connecting = rt.connect({ deadline: Infinity });
  await h.advance(1000);
  h.socket.open();
  h.welcome();
  assert.equal((await connecting).session, 's-token');
});

for (const [what, need] of [['a request', (rt) => rt.publish('chat:a', 1)], ['a subscription', (rt) => rt.subscribe('chat:a')], ['another connect', (rt) => rt.connect()]]) {
  test(`after the deadline of a connect the client goes on trying for ${what}`, async () => {
    const h = new Harness();
    const rt = h.client();
    const failed = assert.rejects(rt.connect({ deadline: 5000 }), { code: 'timeout' });
    need(rt);
    await h.advance(5000);
    await failed;
    assert.notEqual(rt.state, 'idle');
    await h.advance(120_000);
    while (rt.state !== 'connecting') await h.advance(500);
    h.socket.open();
    h.welcome();
    assert.equal(rt.state, 'connected');
  });
}

test('a deadline that was met does nothing later', async () => {
  const h = new Harness();
  const rt = h.client();
  const ready = rt.connect({ deadline: 5000 });
  await h.settle();
  h.socket.open();
  h.welcome();
  await ready;
  await h.advance(6000);
  assert.equal(rt.state, 'connected');
});

test('Node is kept from ending while a request waits for a connection that is wanted, and no longer', async () => {
  const h = new Harness();
  const rt = await h.connected();
  rt.offline = true;
  await h.settle();
  const idle = h._timers.size;
  const abort = new AbortController();
  const asked = rt.publish('chat:a', 1, { signal: abort.signal });
  assert.equal(h._timers.size, idle + 1);
  abort.abort();
  await assert.rejects(asked, { code: 'aborted' });
  assert.equal(h._timers.size, idle);
  rt.set('k', 1).catch(() => {});
  rt.disconnect();
  assert.equal(h._timers.size, 0, 'who disconnects wants to go');
});

test('a process that only waits for a publish does not end before it is answered', async () => {
  const program = `
    import { Realtime } from ${JSON.stringify(new URL('../realtime.js', import.meta.url))};
    const unheld = (act) => setTimeout(act, 1).unref();
    class Socket {
      constructor() { unheld(() => this.onopen()); }
      send(text) {
        const { type, id } = JSON.parse(text);
        const answer = type === 'hello' ? { type: 'welcome', session: 's', resumed: false, ping: { every: 25, timeout: 10 }, subscriptions: [], state: {} } : { type: 'reply', position: 'k:1' };
        unheld(() => this.onmessage({ data: JSON.stringify({ ...answer, id }) }));
      }
      close() {}
    }
    const rt = new Realtime('http://node.test', { WebSocket: Socket });
    rt.offline = true;
    setTimeout(() => { rt.offline = false; }, 100).unref();
    const { position } = await rt.publish('chat:a', 1);
    console.log(position);
    rt.disconnect();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  assert.equal(stdout.trim(), 'k:1');
});
