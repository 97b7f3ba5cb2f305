import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, Harness, message } from './harness.mjs';

const NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
const own = (value) => Object.entries(value).sort();

for (const name of NAMES) {
  test(`a channel named ${name} is remembered like any other, by acks, over a loss and over a reload`, async () => {
    const h = new Harness();
    const storage = new FakeStorage();
    const rt = await h.connected({ storage });
    const subscription = rt.subscribe(name);
    subscription.on('message', () => {});
    await h.settle();
    h.socket.reply('subscribe', { position: 'k:10', head: 'k:10' });
    h.socket.receive(message(11, { channel: name }), { type: 'ping' });
    assert.deepEqual(own(h.socket.last('pong').ack), [[name, 'k:11']]);
    await h.reconnecting();
    assert.deepEqual(own(h.socket.last('hello').positions), [[name, 'k:11']]);
    rt.disconnect();

    const next = new Harness();
    next.client({ storage }).connect();
    await next.settle();
    next.socket.open();
    assert.deepEqual(own(next.socket.last('hello').positions), [[name, 'k:11']]);
  });

  test(`${name} is a key of the session state like any other`, async () => {
    const h = new Harness();
    const rt = await h.connected();
    assert.equal(rt.sessionState[name], undefined);
    const set = rt.set(name, { x: 1 });
    h.socket.reply('set');
    await set;
    assert.deepEqual([Object.hasOwn(rt.sessionState, name), rt.sessionState[name], rt.sessionState.x], [true, { x: 1 }, undefined]);
    assert.equal({}.x, undefined);
    await h.reconnecting();
    h.welcome({ resumed: true, state: JSON.parse(`{"${name}":2}`) });
    assert.equal(rt.sessionState[name], 2);
  });
}
