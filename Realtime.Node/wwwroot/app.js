// The demo page: one connection, one room at a time. Everything that survives a cut network is the client's work
// (/realtime.js); this page shows it.

import { Realtime } from '/realtime.js';
import { Chat } from './chat.js';
import { byId, mark } from './elements.js';
import { Happenings } from './happenings.js';
import { Live } from './live.js';
import { Network } from './network.js';
import { Outbox } from './outbox.js';
import { People } from './people.js';
import { Profile } from './profile.js';
import { Rooms, homeOf } from './rooms.js';
import { Stage } from './stage.js';
import { Typing } from './typing.js';

const profile = await Profile.load();
const me = () => profile.person;
const rt = new Realtime({ client: { name: 'realtime-page', version: '1' } });

const happenings = new Happenings();
const tell = (kind, text) => happenings.tell(kind, text);
const live = new Live(rt, me);
const typing = new Typing(live);
const stage = new Stage(live, me);
const people = new People({ me, tell });
const chat = new Chat({ outbox: new Outbox(rt), me, typing, tell: (kind) => { if (kind === 'duplicate') network.duplicate(); } });
const network = new Network(rt, {
  tell,
  live,
  mySession: () => people.mySession,
  onState: (state) => {
    stage.connected(state === 'connected');
    if (state !== 'connected') typing.clear();
  },
  recovering: (it) => chat.recovering(it),
  recovered: (it) => chat.recovered(it),
  showGap: () => { show('chat'); chat.showGap(); },
});

let room = null;

function leave() {
  chat.close();
  typing.clear();
  stage.clear();
  for (const ending of [live.close(), room.unsubscribe()]) {
    ending.catch((error) => tell('bad', `Leaving the room: ${error.message}`));
  }
}

const rooms = new Rooms((key) => {
  if (room) leave();
  room = rt.subscribe(`chat:${key}`, { from: { last: 50 }, presence: me() });
  room.on('left', ({ members }) => {
    for (const { session } of members) {
      stage.forget(session);
      typing.forget(session);
    }
  });
  chat.open(key, room);
  people.open(room);
  room.on('subscribed', () => profile.standOut(people.others));
  live.open(`cursors:${key}`);
});

// A window is opened where this one came from, unless that node has gone.
rt.on('welcome', async () => rooms.openAt(await homeOf(rt.address)));

profile.onChange((person) => {
  // Refused means the subscription is gone or the link is; presence is told again when it is made anew.
  room.update(person).catch((error) => tell('bad', `Your new name was not told: ${error.message}`));
});

function show(view) {
  mark(byId('app'), 'data-view', view);
  for (const tab of byId('tabs').children) mark(tab, 'aria-pressed', tab.dataset.view === view);
}

for (const tab of byId('tabs').children) tab.addEventListener('click', () => show(tab.dataset.view));
byId('faces').addEventListener('click', () => show('people'));
byId('rooms').addEventListener('click', () => show('chat'));
byId('skip').addEventListener('click', (event) => {
  event.preventDefault();  // the part behind # is the room
  show('chat');
  byId('message').focus();
});

rooms.start();
