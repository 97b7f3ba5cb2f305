import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Harness } from './harness.mjs';

const member = (session, data = null) => ({ session, user: null, data });
const change = (type, rev, ...members) => ({ type, channel: 'chat:a', rev, members });

async function present() {
  const h = new Harness();
  const { realtime, subscription } = await h.subscribed({}, { presence: { name: 'A' } });
  const seen = [];
  for (const event of ['joined', 'left', 'changed', 'roster']) {
    subscription.on(event, ({ members, rev }) => seen.push(`${event} ${members.map((m) => m.session)} ${rev}`));
  }
  const names = () => [...subscription.members.keys()].join();
  h.socket.receive({ type: 'roster', channel: 'chat:a', members: [member('a')], count: 1, rev: 5 });
  return { h, realtime, subscription, seen, names };
}

test('the roster follows joined, left and changed', async () => {
  const { h, subscription, seen, names } = await present();
  h.socket.receive(change('joined', 6, member('b')), change('changed', 7, member('a', 'new')), change('left', 8, member('b')));
  assert.deepEqual(seen, ['roster a 5', 'joined b 6', 'changed a 7', 'left b 8']);
  assert.deepEqual([names(), subscription.count, subscription.members.get('a').data], ['a', 1, 'new']);
});

test('a broken revision asks for the roster and then applies what came meanwhile', async () => {
  const { h, seen, names } = await present();
  h.socket.receive(change('joined', 8, member('d')), change('joined', 9, member('e')));
  assert.deepEqual([names(), h.socket.all('presence').length], ['a', 1]);
  h.socket.reply('presence', { members: [member('a'), member('c'), member('d')], count: 3, rev: 8 });
  await h.settle();
  assert.equal(names(), 'a,c,d,e');
  assert.deepEqual(seen, ['roster a 5', 'roster a,c,d 8', 'joined e 9']);
});

test('old revisions are ignored', async () => {
  const { h, names } = await present();
  h.socket.receive(change('left', 5, member('a')), change('left', 3, member('a')));
  assert.equal(names(), 'a');
});

test('after a resume the roster of the server counts, even when its revisions began anew', async () => {
  const { h, seen, names } = await present();
  await h.reconnecting();
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:10', recovered: true }] });
  h.socket.receive({ type: 'roster', channel: 'chat:a', members: [member('a')], count: 1, rev: 1 }, change('joined', 2, member('z')));
  assert.deepEqual([names(), seen.at(-1)], ['a,z', 'joined z 2']);
});

test('a change without a roster before it asks for one', async () => {
  const { h, names } = await present();
  await h.reconnecting();
  h.welcome({ resumed: true, subscriptions: [{ channel: 'chat:a', position: 'k:10', head: 'k:10', recovered: true }] });
  h.socket.receive(change('joined', 2, member('z')));
  h.socket.reply('presence', { members: [member('a'), member('z')], count: 2, rev: 2 });
  await h.settle();
  assert.equal(names(), 'a,z');
});

test('above the roster limit only the count is kept', async () => {
  const { h, subscription, names } = await present();
  h.socket.receive({ type: 'roster', channel: 'chat:a', count: 5000, rev: 9 });
  assert.deepEqual([names(), subscription.count], ['', 5000]);
  h.socket.receive(change('joined', 10, member('z')));
  assert.deepEqual([names(), subscription.count], ['', 5001]);
});

test('a roster in parts of one revision is one roster, and another revision begins anew', async () => {
  const { h, subscription, seen, names } = await present();
  const part = (rev, more, ...members) => ({ type: 'roster', channel: 'chat:a', members, count: 3, rev, ...(more ? { more } : {}) });
  h.socket.receive(part(7, true, member('x')));
  assert.equal(names(), 'a', 'what was known stands until the whole is there');
  h.socket.receive(part(8, true, member('b')), part(8, true, member('c')), part(8, false, member('d')));
  assert.deepEqual([names(), subscription.count], ['b,c,d', 3]);
  h.socket.receive(change('joined', 9, member('e')));
  assert.deepEqual(seen, ['roster a 5', 'roster b,c,d 8', 'joined e 9']);
});

test('a reply to subscribe without members is followed by them in parts', async () => {
  const h = new Harness();
  const realtime = await h.connected();
  const subscription = realtime.subscribe('chat:a', { presence: 1 });
  await h.settle();
  h.socket.reply('subscribe', { position: 'k:10', head: 'k:10', count: 2, rev: 4, more: true });
  await subscription.ready;
  h.socket.receive({ type: 'roster', channel: 'chat:a', members: [member('a')], count: 2, rev: 4, more: true },
    { type: 'roster', channel: 'chat:a', members: [member('b')], count: 2, rev: 4 });
  assert.deepEqual([...subscription.members.keys()], ['a', 'b']);
});

test('a large roster is asked for in parts, and changes that came meanwhile are applied on top', async () => {
  const { h, seen, names } = await present();
  h.socket.receive(change('joined', 8, member('d')), change('left', 9, member('a')));
  h.socket.reply('presence', { members: [member('a'), member('b')], count: 4, rev: 8, more: true });
  await h.settle();
  const next = h.socket.all('presence').at(-1);
  assert.equal(next.after, 'b');
  h.socket.reply('presence', { members: [member('c'), member('d')], count: 3, rev: 9 });
  await h.settle();
  assert.equal(names(), 'b,c,d');
  assert.deepEqual(seen, ['roster a 5', 'roster a,b,c,d 8', 'left a 9']);
});

test('update changes what others see now and after a lost session', async () => {
  const { h, subscription } = await present();
  const done = subscription.update({ name: 'B' });
  assert.deepEqual(h.socket.last('update').presence, { name: 'B' });
  h.socket.reply('update');
  await done;
  await h.reconnecting();
  h.welcome({ resumed: false, session: 'new' });
  assert.deepEqual(h.socket.last('subscribe').presence, { name: 'B' });
});

test('an update is said again when the session is resumed: the node that answered it may be lost before it wrote it down', async () => {
  const { h, subscription } = await present();
  const done = subscription.update({ name: 'B' });
  h.socket.reply('update');
  await done;
  await h.reconnecting();
  h.welcome({ resumed: true, subscriptions: [{ channel: subscription.channel, position: 'e:0', head: 'e:0' }] });
  assert.deepEqual(h.socket.last('update')?.presence, { name: 'B' });
});

test('what was never updated is not said again when the session is resumed', async () => {
  const { h, subscription } = await present();
  await h.reconnecting();
  h.welcome({ resumed: true, subscriptions: [{ channel: subscription.channel, position: 'e:0', head: 'e:0' }] });
  assert.equal(h.socket.last('update'), undefined);
});
