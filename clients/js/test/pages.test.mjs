import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, Harness, collect, message } from './harness.mjs';

test('in a page: a network that is back ends a long wait unless the server set it, and a page that goes stores its positions', async () => {
  const listeners = {};
  Object.assign(globalThis, { document: {}, addEventListener: (event, callback) => { (listeners[event] ??= []).push(callback); } });
  try {
    const h = new Harness();
    const storage = new FakeStorage();
    const { realtime, subscription } = await h.subscribed({ storage });
    const online = () => listeners.online.forEach((callback) => callback());
    collect(subscription);
    h.socket.receive(message(11));
    listeners.pagehide.forEach((callback) => callback());
    assert.equal(JSON.parse(storage.getItem('realtime:ws://node.test/v1/connect')).positions['chat:a'], 'k:11');
    h.socket.drop();
    for (let i = 0; i < 7; i++) {
      await h.advance(realtime.seen('state').at(-1).retryIn);
      h.socket.drop();
    }
    assert.equal(realtime.seen('state').at(-1).retryIn, 30_000);
    online();
    assert.equal(realtime.seen('state').at(-1).retryIn, 1000);
    await h.advance(1000);
    h.socket.open();
    h.welcome({ resumed: true });
    h.socket.receive({ type: 'goodbye', reconnect: { after: 9000, within: 0 } });
    online();
    assert.equal(realtime.seen('state').at(-1).retryIn, 9000);
  } finally {
    delete globalThis.document;
    delete globalThis.addEventListener;
  }
});

/** A client in a page, and how the page goes. */
async function inPage(options, act) {
  const listeners = {};
  Object.assign(globalThis, { document: {}, addEventListener: (event, callback) => { (listeners[event] ??= []).push(callback); } });
  try {
    const h = new Harness();
    const rt = await h.connected(options);
    await act({ h, rt, hide: (persisted) => listeners.pagehide.forEach((callback) => callback({ persisted })) });
  } finally {
    delete globalThis.document;
    delete globalThis.addEventListener;
  }
}

test('a page that goes ends a session that no other page could resume', () => inPage({}, async ({ h, rt, hide }) => {
  hide(true);
  assert.equal(h.socket.last('bye'), undefined, 'kept as it is, for a way back');
  hide(false);
  assert.deepEqual([h.socket.sent.at(-1).type, rt.state], ['bye', 'closed']);
}));

test('a page that goes keeps a stored session, because it may be a reload', () => inPage({ storage: new FakeStorage() }, async ({ h, rt, hide }) => {
  hide(false);
  assert.deepEqual([h.socket.last('bye'), rt.state], [undefined, 'connected']);
}));

test("with leave: 'pagehide' a page that goes ends its session for good", async () => {
  const storage = new FakeStorage();
  await inPage({ storage, leave: 'pagehide' }, async ({ h, hide }) => {
    hide(true);
    assert.equal(h.socket.last('bye'), undefined);
    hide(false);
    assert.equal(h.socket.sent.at(-1).type, 'bye');
    assert.equal(storage.values.size, 0, 'the next page begins anew');
  });
});
