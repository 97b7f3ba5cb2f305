// Never run: `npm run check` compiles it. Lines under @ts-expect-error must not compile.
import Default, { Realtime, RealtimeError, type Gap, type Message, type Subscription, type Welcome } from '../realtime.js';

interface Chat { text: string }
interface Who { name: string }

new Default();
new Realtime({ storage: null });
const rt = new Realtime('http://localhost:8080', {
  token: async () => 't',
  storage: globalThis.sessionStorage,
  locks: globalThis.navigator.locks,
  WebSocket: globalThis.WebSocket,
  client: { name: 'check', version: '1' },
  positions: { 'chat:a': 'k:1' },
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout,
});

const welcome: Welcome = await rt.connect();
const every: number = welcome.ping.every;
const why: string | undefined = rt.reason?.message;
await rt.connect({ deadline: 5000 });
rt.offline = true;
// @ts-expect-error the state is read only
rt.state = 'idle';

const room: Subscription<Chat, Who> = rt.subscribe<Chat, Who>('chat:a', { from: { last: 10 }, presence: { name: 'A' } });
for await (const item of room) {
  if (item.type === 'gap') {
    const gap: Gap = item;
    console.log(gap.reason, gap.from, gap.to, gap.local);
  } else {
    const message: Message<Chat> = item;
    console.log(message.data.text, message.offset, message.from?.user);
  }
  // @ts-expect-error a gap has no data
  item.data;
}

const off: () => void = room.on('joined', ({ members }) => console.log(members[0]?.data.name));
off();
room.on('error', (error) => console.log(error.code === 'forbidden', error.outcome, error.retryAfter, error.temporary));
// @ts-expect-error no such event
room.on('nothing', () => {});
// @ts-expect-error presence is a Who
room.update({ nick: 'B' });
// @ts-expect-error from is not a number
rt.subscribe('chat:a', { from: 7 });

rt.subscribe('chat:a', { history: 50 });
rt.subscribe('chat:a', { history: 'all' }).on('message', ({ replayed }) => console.log(replayed === true));
// @ts-expect-error history is a count or 'all'
rt.subscribe('chat:a', { history: 'some' });
new Realtime({ leave: 'pagehide' });

const names: string[] = [...room.members.values()].map((member) => member.data.name);
const { position } = await room.publish({ text: 'hi' }, { tags: { a: 'b' }, signal: AbortSignal.timeout(1000) });
await rt.publish('cursor:a', { x: 1 }, { seq: false });
await rt.publish('files:a', null, { bytes: new Uint8Array(3) });
const page = await room.history({ from: 'start', limit: 10, reverse: true });
const texts: string[] = page.messages.map((message) => message.data.text);
const who = await room.presence();
const sum = await rt.call<number>('sum', [1, 2]);
await rt.set('theme', { dark: true });
await rt.refresh();
rt.ack();
rt.on('state', ({ state, retryIn }) => console.log(state === 'waiting', retryIn));
rt.on('gap', (gap) => console.log(gap.channel));
rt.on('unknown', ({ type, channel }) => console.log(type, channel));
await room.unsubscribe();
await rt.close();

try {
  await rt.publish('chat:a', 1);
} catch (error) {
  if (error instanceof RealtimeError) console.log(error.code);
}

export { why, every, names, position, texts, who, sum };
