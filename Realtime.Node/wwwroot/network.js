// The connection made visible: its state, the switch that cuts it, what was counted, and the log of what happens.

import { byId, el, icon, mark, say } from './elements.js';
import { Recovery } from './recovery.js';
import { roomTitle } from './rooms.js';
import { count, duration, gapWords, linkReason, lossWords, moveWords, range } from './words.js';

const GOOD_NEWS = 7_000;
const BAD_NEWS = 30_000;
const roomOf = (channel) => roomTitle(channel.slice(channel.indexOf(':') + 1));

export class Network {
  constructor(rt, { tell, live, mySession, onState, recovering, recovered, showGap }) {
    Object.assign(this, { _rt: rt, _tell: tell, _live: live, _mySession: mySession, _onState: onState, _showGap: showGap });
    this._tally = { received: 0, duplicates: 0, gaps: 0, repeated: 0 };
    this._sent = new Set();      // sequence numbers that went out at least once
    this._repeats = 0;           // sent again on the present link
    this._retryAt = null;
    this._reason = null;
    this._been = false;          // connected at least once
    this._loss = null;           // the loss that lasts: its line among the happenings, and how often the way back was tried
    this._planned = false;
    this._news = null;
    rt.on('state', (news) => this._state(news));
    rt.on('frame', ({ direction, frame }) => (direction === 'in' ? this._in(frame) : this._out(frame)));
    rt.on('welcome', (welcome) => this._welcome(welcome));
    rt.on('lost', () => tell('wait', 'The server no longer knew this session. A new one goes on at the same positions.'));
    rt.on('gap', (gap) => this._gap(gap));
    rt.on('goodbye', ({ reason }) => { if (reason !== 'superseded') tell('wait', `The node says goodbye: ${linkReason(reason)}`); });
    rt.on('move', (move) => tell('plain', moveWords(move)));
    rt.on('unknown', ({ channel }) => { if (!channel?.startsWith('cursors:')) tell('gap', `A message to ${channel} was under way when the link broke; it may or may not have arrived`); });
    rt.on('error', (error) => { if (error.code !== 'superseded') tell('bad', error.message); });
    new Recovery(rt, {
      begin: recovering,
      done: (it) => { recovered(it); this._recovered(it); },
    });
    byId('cut').addEventListener('click', () => this._cut(!rt.offline));
    setInterval(() => this._countDown(), 200);
    this._paint();
  }

  duplicate() {
    this._tally.duplicates++;
    this._plan();
  }

  _cut(off) {
    this._tell(off ? 'bad' : 'plain', off ? 'You cut the network' : 'You restored the network');
    this._rt.offline = off;
    mark(byId('cut'), 'aria-checked', off);
    this._paint();
  }

  // -- events

  _state({ state, reason, retryIn }) {
    if (state !== 'connecting') this._reason = reason ?? null;
    this._retryAt = state === 'waiting' && retryIn !== undefined ? performance.now() + retryIn : null;
    if (state === 'waiting' && reason !== 'offline' && reason !== 'online') this._lost(reason, retryIn);
    if (state === 'closed') this._tell('bad', reason === 'superseded' ? 'This session continues in another tab' : `Closed: ${linkReason(reason)}`);
    if (state === 'connecting') this._loss?.words(`${this._loss.head}. Try ${this._loss.tries + 1} is under way`);
    if (state === 'connected') {
      this._been = true;
      this._loss?.words(`${this._loss.head}. Back after ${count(this._loss.tries + 1, 'try', 'tries')}`);
      this._loss = null;
    } else if (this._news) this._clearNews();
    this._onState(state);
    this._paint();
  }

  /** One line per loss; later tries change its words. */
  _lost(reason, retryIn) {
    if (this._loss === null) {
      const head = `${this._been ? 'Link lost' : 'No connection'} (${linkReason(reason)})`;
      this._loss = { head, tries: 0, words: this._tell('wait', `${head}. Next try in ${duration(retryIn)}`) };
      return;
    }
    this._loss.tries++;
    this._loss.words(`${this._loss.head}. ${count(this._loss.tries, 'try', 'tries')} so far; the next one in ${duration(retryIn)}`);
  }

  _welcome({ node, resumed }) {
    this._repeats = 0;
    this._tell('good', resumed ? `Welcome back by ${node}: the session resumed` : `Welcome by ${node}: a new session`);
  }

  _in(frame) {
    if (frame.type === 'message' && frame.offset !== undefined) {
      const here = this._rt.subscriptions.get(frame.channel)?.position;
      const known = here && frame.offset <= Number(here.slice(here.lastIndexOf(':') + 1));
      this._tally.received++;
      if (known) this._tally.duplicates++;
    }
    this._plan();
  }

  _out(frame) {
    if (frame.type !== 'publish' || frame.seq === undefined) return;
    if (this._sent.has(frame.seq)) {
      this._tally.repeated++;
      if (this._repeats++ === 0) queueMicrotask(() => this._tell('plain', `Sent again without an answer so far: ${count(this._repeats, 'message')}. The server knows them by number`));
    }
    this._sent.add(frame.seq);
    this._plan();
  }

  _gap(gap) {
    const { head } = gapWords(gap);
    this._tally.gaps++;
    this._tell('gap', `${roomOf(gap.channel)}: ${head.replace(' here', '')}; reason: ${gap.reason}`);
    this._plan();
  }

  _recovered({ channel, subscription, expected, received, lost, away }) {
    const room = roomOf(channel);
    if (expected === 0 && lost === 0) {
      this._tell('good', `${room}: nothing was missed`);
      if (away !== null) this._goodNews('Back online. Nothing was missed.');
      return;
    }
    const end = Number(subscription.position.slice(subscription.position.lastIndexOf(':') + 1));
    const which = received > 0 ? ` (${range(end - received + 1, end)})` : '';
    const loss = lossWords(lost);
    this._tell(lost === 0 ? 'good' : 'gap', `${room}: recovered ${count(received, 'message')}${which}, ${loss}`);
    this._goodNews(`Recovered ${count(received, 'message')}, ${loss}.`, lost !== 0);
  }

  _goodNews(text, gap = false) {
    clearTimeout(this._news?.timer);
    this._news = { text, gap, timer: setTimeout(() => { this._clearNews(); this._paint(); }, gap ? BAD_NEWS : GOOD_NEWS) };
    this._paint();
  }

  _clearNews() {
    clearTimeout(this._news?.timer);
    this._news = null;
  }

  // -- painting

  get _status() {
    const { state } = this._rt;
    if (this._rt.offline) return ['offline', 'Offline'];
    if (state === 'connected') return ['connected', 'Connected'];
    if (state === 'waiting') return ['waiting', `Reconnecting in ${duration(Math.max(0, this._retryAt - performance.now()))}`];
    if (state === 'closed') return this._reason === 'superseded' ? ['elsewhere', 'In another tab'] : ['closed', 'Closed'];
    return ['connecting', this._been ? 'Reconnecting' : 'Connecting'];
  }

  _countDown() {
    if (this._retryAt !== null) this._paintStatus();
  }

  _paintStatus() {
    const [state, words] = this._status;
    mark(byId('status'), 'data-state', state);
    mark(byId('app'), 'data-link', state);
    say(byId('status').lastElementChild, words);
    return state;
  }

  _paint() {
    const state = this._paintStatus();
    const button = (label, act) => [label, act];
    const lost = ['wait', `No connection: ${linkReason(this._reason)}. What you write waits here.`, button('Try now', () => { this._rt.disconnect(); this._rt.connect(); })];
    const [kind, text, action] = {
      offline: ['cut', 'The network is cut. What others write is kept for you, and what you write waits here.', button('Restore', () => this._cut(false))],
      waiting: lost,
      connecting: this._loss ? lost : [],  // as long as it lasts: a notice that comes and goes with every try is read out each time
      elsewhere: ['cut', 'This session continues in another tab.', button('Use it here', () => this._rt.connect())],
      closed: ['cut', `The node closed the connection: ${linkReason(this._reason)}.`, button('Connect again', () => this._rt.connect())],
      connected: this._news?.gap ? ['wait', this._news.text, button('Show where', () => this._showGap())] : this._news ? ['good', this._news.text] : [],
    }[state] ?? [];
    const notice = byId('notice');
    if (notice.dataset.text !== (text ?? '')) {
      const press = action && el('button', { type: 'button' }, action[0]);
      press?.addEventListener('click', action[1]);
      notice.dataset.text = text ?? '';
      mark(notice, 'data-kind', kind ?? '');
      notice.replaceChildren(...(text ? [icon(kind === 'good' ? 'back' : 'cut'), el('span', {}, text), press].filter(Boolean) : []));
    }
    this._plan();
  }

  _plan() {
    if (this._planned) return;
    this._planned = true;
    setTimeout(() => { this._planned = false; this._facts(); }, 100);
  }

  _facts() {
    const { received, duplicates, gaps, repeated } = this._tally;
    const rows = (pairs, key) => pairs.map(([name, value, hint]) => el('div', { title: hint, 'data-testid': `${key}-${name.toLowerCase().replaceAll(' ', '-')}` }, el('dt', {}, name), el('dd', {}, value)));
    byId('tallies').replaceChildren(...rows([
      ['Received', received.toLocaleString(), 'Messages from channels with a log, as they came over the wire'],
      ['Duplicates dropped', duplicates.toLocaleString(), 'Came a second time and were not shown again'],
      ['Gaps', gaps.toLocaleString(), 'Places where the server said that messages are missing'],
      ['Resent', repeated.toLocaleString(), 'Published a second time because the first answer never came; stored once'],
    ], 'tally'));
    const session = this._mySession();
    const positions = [...this._rt.subscriptions.values()].filter(({ position }) => position).map(({ channel, position, head }) =>
      [channel, head && head !== position ? `${position} of ${head.slice(head.lastIndexOf(':') + 1)}` : position, 'The last message received: epoch and number']);
    byId('facts').replaceChildren(...rows([
      ['Node', (this._rt.state === 'connected' && this._rt.node) || '–', 'This window is connected to it; any other of its cluster would do as well'],
      ['Session', session ? session.slice(0, 8) : '–', 'The public id; the resume token is secret'],
      ...positions,
      ['Cursor moves', this._live.heard.toLocaleString(), 'Unlogged: never stored, never repeated'],
    ], 'fact'));
  }
}
