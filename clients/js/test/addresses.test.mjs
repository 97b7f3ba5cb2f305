import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStorage, Harness } from './harness.mjs';

const own = 'ws://node.test/v1/connect';
const others = ['ws://n1.test/v1/connect', 'ws://n2.test/v1/connect'];
const place = (socket) => socket.url.split('?')[0];

/** Where the next attempts go, none of which is answered. */
async function attempts(h, count) {
  const places = [];
  for (let i = 0; i < count; i++) {
    const before = h.sockets.length;
    for (let waited = 0; h.sockets.length === before; waited += 500) {
      assert.ok(waited < 120_000, 'the client does not come back');
      await h.advance(500);
    }
    places.push(place(h.socket));
    h.socket.drop();
  }
  return places;
}

test('while the configured address gives no answer the addresses of the last welcome take turns with it', async () => {
  const h = new Harness();
  h.dice = 0.25;
  await h.connected({}, { others });
  h.socket.drop();
  assert.deepEqual(await attempts(h, 5), [own, others[0], own, others[1], own]);
});

test('each client begins with another of the others', async () => {
  const h = new Harness();
  h.dice = 0.75;
  await h.connected({}, { others });
  h.socket.drop();
  assert.deepEqual(await attempts(h, 4), [own, others[1], own, others[0]]);
});

test('the attempts keep the pace of one address, and never go out together', async () => {
  const h = new Harness();
  const rt = await h.connected({}, { others });
  const waits = () => rt.seen('state').filter((s) => s.state === 'waiting').map((s) => s.retryIn);
  h.socket.drop();
  for (let i = 0; i < 4; i++) {
    const before = h.sockets.length;
    await h.advance(waits().at(-1));
    assert.equal(h.sockets.length, before + 1);
    h.socket.drop();
  }
  assert.deepEqual(waits(), [1000, 500, 1000, 2000, 4000]);
});

test('another node welcomes the session, and after the next loss the configured address comes first again', async () => {
  const h = new Harness();
  h.dice = 0.25;
  const rt = await h.connected({}, { others });
  await h.reconnecting();
  h.socket.drop();
  await h.advance(1000);
  assert.equal(h.socket.url, 'ws://n1.test/v1/connect?resume=1');
  h.socket.open();
  assert.equal(h.socket.last('hello').session, 's-token');
  h.welcome({ resumed: true, node: 'node-1', others: [own, 'ws://n3.test/v1/connect'] });
  assert.deepEqual([rt.state, rt.node], ['connected', 'node-1']);
  h.socket.drop();
  // What the node named, what was heard before, and the one that was lost behind what it named itself.
  assert.deepEqual(await attempts(h, 6), [own, 'ws://n3.test/v1/connect', own, others[0], own, others[1]]);
});

test('the address of a move is known from the notice on', async () => {
  const h = new Harness();
  const rt = await h.connected();
  h.socket.receive({ type: 'move', url: 'ws://n5.test', ticket: 'once', after: 0, within: 60_000, reason: 'drain' });
  h.socket.drop();
  assert.deepEqual(await attempts(h, 2), [own, 'ws://n5.test/v1/connect']);
  assert.equal(rt.seen('move').length, 1);
});

test('at most eight addresses are kept, the newest', async () => {
  const h = new Harness();
  h.dice = 0;
  const many = (first) => Array.from({ length: 9 }, (_, i) => `ws://n${first + i}.test/v1/connect`);
  await h.connected({}, { others: many(0) });
  await h.reconnecting();
  h.welcome({ resumed: true, others: many(100) });
  h.socket.drop();
  const tried = (await attempts(h, 34)).filter((url) => url !== own);
  assert.deepEqual([...new Set(tried)], many(100).slice(0, 8));
});

test('what is no address, or one without TLS for a client that has it, is passed over', async () => {
  const h = new Harness();
  h.dice = 0;
  const rt = h.client();
  rt._url.protocol = 'wss:';
  rt.connect();
  await h.settle();
  h.socket.open();
  h.welcome({ others: ['ws://plain.test', 'http://plain.test', 'javascript:alert(1)', 'ftp://x.test', 'http://[', 7, null, 'https://n1.test'] });
  h.socket.drop();
  const tried = await attempts(h, 6);
  assert.deepEqual([...new Set(tried)], ['wss://node.test/v1/connect', 'wss://n1.test/v1/connect']);
  assert.equal(rt.seen('error').length, 0);
});

test('others that are no list say nothing', async () => {
  const h = new Harness();
  const rt = await h.connected({}, { others: 'ws://n1.test' });
  assert.equal(rt.state, 'connected');
  h.socket.drop();
  assert.deepEqual(await attempts(h, 3), [own, own, own]);
});

test('a client that came over TLS does not move to where there is none', async () => {
  const h = new Harness();
  const rt = h.client();
  rt._url.protocol = 'wss:';
  rt.on('error', () => {});
  rt.connect();
  await h.settle();
  h.socket.open();
  h.welcome();
  h.socket.receive({ type: 'move', url: 'ws://n1.test', ticket: 'once', after: 0, within: 0, reason: 'drain' });
  await h.advance(0);
  assert.equal(h.sockets.length, 1);
  assert.deepEqual([rt.state, rt.seen('move').at(-1).phase], ['connected', 'failed']);
});

test('a refusal is an answer: the client comes back to where it was given', async () => {
  const h = new Harness();
  const rt = await h.connected({}, { others });
  await h.reconnecting();
  h.socket.receive({ type: 'error', id: h.socket.last('hello').id, code: 'unavailable', message: '', outcome: 'none' });
  assert.equal(rt.state, 'waiting');
  await h.reconnecting();
  assert.equal(place(h.socket), own);
  h.socket.receive({ type: 'goodbye', code: 4001, reason: 'restart', reconnect: { after: 0, within: 100 } });
  await h.advance(100);
  assert.equal(place(h.socket), own);
});

for (const [name, end, first] of [
  ['stops', (socket) => socket.receive({ type: 'goodbye', code: 4000, reason: 'restart', reconnect: { after: 0, within: 100 } }), others[0]],
  ['is drained', (socket) => socket.receive({ type: 'goodbye', code: 4100, reason: 'drain', reconnect: { after: 0, within: 100 } }), others[0]],
  ['closes for being drained', (socket) => socket.drop(4100), others[0]],
  ['has too many', (socket) => socket.receive({ type: 'goodbye', code: 1013, reason: 'overloaded', reconnect: { after: 0, within: 100 } }), own],
]) {
  test(`a node that ${name} is ${first === own ? 'come back to' : 'left for another one'}`, async () => {
    const h = new Harness();
    h.dice = 0.25;
    await h.connected({}, { others });
    end(h.socket);
    assert.deepEqual(await attempts(h, 2), first === own ? [own, others[0]] : [others[0], own]);
  });
}

test('a node that stops and knows of no other is come back to', async () => {
  const h = new Harness();
  await h.connected();
  h.socket.receive({ type: 'goodbye', code: 4000, reason: 'restart', reconnect: { after: 0, within: 100 } });
  assert.deepEqual(await attempts(h, 2), [own, own]);
});

test('a reloaded page remembers them', async () => {
  const h = new Harness();
  h.dice = 0.25;
  const storage = new FakeStorage();
  const before = await h.connected({ storage }, { others });
  before._dropLinks(true);
  h.client({ storage }).connect();
  await h.settle();
  h.socket.drop();
  assert.deepEqual(await attempts(h, 2), [others[0], own]);
});

test('what storage holds is read as carefully as what a server says', async () => {
  const h = new Harness();
  const storage = new FakeStorage();
  const before = await h.connected({ storage }, { others });
  before._dropLinks(true);
  const [[key, text]] = storage.values;
  storage.values.set(key, JSON.stringify({ ...JSON.parse(text), others: ['javascript:1', 3] }));
  h.client({ storage }).connect();
  await h.settle();
  h.socket.drop();
  assert.deepEqual(await attempts(h, 2), [own, own]);
});
