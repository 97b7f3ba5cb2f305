// The conversation of the room that is open: writing, reading, and reading further up.

import { byId, el, mark, say } from './elements.js';
import { browserKeep } from './keep.js';
import { Timeline, readPosition } from './timeline.js';
import { count, duration, lossWords } from './words.js';
import { roomTitle } from './rooms.js';

const PAGE = 50;
const NEAR_END = 80;
const NEAR_TOP = 300;
const BY_HAND = 500;   // ms that a swipe goes on by itself
const READ = 'realtime-page:read:';

export class Chat {
  constructor({ outbox, me, typing, tell }) {
    this._outbox = outbox;
    this._me = me;
    this._typing = typing;
    this._tell = tell;
    this._scroll = byId('scroll');
    this._input = byId('message');
    this._timeline = new Timeline(byId('messages'), outbox, () => me().id);
    this._subscription = null;
    this._planned = false;
    this._byHand = -Infinity;    // when somebody last scrolled
    outbox.onChange((entry) => { if (entry.channel === this._subscription?.channel && this._timeline.isWaiting(entry.cid)) this._changed(entry); });
    this._listen();
  }

  open(key, subscription) {
    this._key = key;
    this._subscription = subscription;
    this._timeline.clear();
    this._stick = true;
    this._unseen = 0;
    this._loading = false;
    this._beginning('loading', '');
    this._readTo = readPosition(browserKeep.read(READ + key));
    byId('empty').hidden = true;
    const current = (act) => (value) => { if (this._subscription === subscription) act(value); };
    subscription.on('message', current((message) => this._message(message)));
    subscription.on('gap', current((gap) => this._gap(gap)));
    subscription.on('subscribed', current((reply) => this._subscribed(reply)));
    subscription.on('error', current((error) => this._beginning('refused', `This room cannot be opened: ${error.message}`)));
    for (const entry of this._outbox.of(subscription.channel)) this._show(entry);
    this._input.placeholder = `Write to ${roomTitle(key)}`;
    this._plan();
  }

  close() {
    this._remember();
    this._typing.stopped();
    this._subscription = null;
  }

  /** The start and the outcome of catching up after a break, as a line at the very place where it happened. */
  recovering(it) {
    if (it.subscription !== this._subscription || it.expected === 0) return;
    it.words = this._timeline.line('recovered', `Catching up on ${count(it.expected, 'message')}…`);
    this._plan();
  }

  recovered(it) {
    const away = it.away === null ? '' : ` after ${duration(it.away)} away`;
    it.words?.(`Recovered ${count(it.received, 'message')}${away}, ${lossWords(it.lost)}`, it.lost === 0);
  }

  /** Where the newest gap is. */
  showGap() {
    const gap = byId('messages').querySelectorAll('.gap');
    this._stick = false;
    gap[gap.length - 1]?.scrollIntoView({ block: 'center' });
  }

  // -- what comes

  _subscribed(reply) {
    const start = readPosition(reply.position);
    if (!this._timeline.oldest && start) this._timeline.oldest = start;
    this._plan();
  }

  _message(message) {
    const added = this._timeline.add(message);
    if (!added) return this._tell('duplicate', message);
    const { bubble, own } = added;
    if (!own && !bubble.mine) {
      const unread = this._readTo && readPosition(message.position).epoch === this._readTo.epoch && message.offset > this._readTo.offset;
      const away = document.hidden || !this._stick;
      if (unread || (away && this._caughtUp)) {
        if (this._unseen === 0) this._timeline.markNew(bubble);
        this._unseen++;
        this._readTo = null;
      }
      if (this._caughtUp && !document.hidden) byId('announcer').textContent = `${bubble.person.name}: ${bubble.text}`;
    }
    this._plan();
  }

  _gap(gap) {
    this._timeline.gap(gap);
    const at = readPosition(gap.position);
    // The pages further up belong to the old life of the log, which is not there any more.
    if (at && this._timeline.oldest && at.epoch !== this._timeline.oldest.epoch) {
      this._timeline.oldest = { epoch: at.epoch, offset: 0 };
      this._beginning('start', 'Here begins what this window has seen');
    }
    byId('announcer').textContent = 'Some messages are missing';
    this._plan();
  }

  get _caughtUp() {
    const [here, head] = [readPosition(this._subscription.position), readPosition(this._subscription.head)];
    return Boolean(here && head) && (here.epoch !== head.epoch || here.offset >= head.offset);
  }

  // -- what goes

  _send() {
    const text = this._input.value.trim();
    if (!text) return;
    this._input.value = '';
    this._grow();
    this._typing.stopped();
    this._timeline.clearNew();
    this._stick = true;
    this._show(this._outbox.send(this._subscription.channel, text, this._me()));
    this._plan();
  }

  _changed(entry) {
    this._show(entry);
    if (entry.state === 'failed') say(byId('announcer'), `Not sent: ${entry.data.text.slice(0, 40)}. ${entry.refusal.why} ${entry.refusal.advice}`);
    this._plan();   // a refusal makes its message taller
  }

  _show(entry) {
    this._timeline.show(entry, {
      again: () => this._outbox.again(entry.cid),
      edit: () => this._edit(entry),
      discard: () => { this._outbox.discard(entry.cid); this._timeline.drop(entry.cid); this._plan(); },
    });
  }

  /** Back into the box, in front of what stands there already. */
  _edit(entry) {
    this._outbox.discard(entry.cid);
    this._timeline.drop(entry.cid);
    this._input.value = [entry.data.text, this._input.value].filter(Boolean).join('\n');
    this._grow();
    this._input.focus();
    this._plan();
  }

  _grow() {
    this._input.style.height = 'auto';
    this._input.style.height = `${Math.min(160, this._input.scrollHeight)}px`;
  }

  _listen() {
    byId('composer').addEventListener('submit', (event) => { event.preventDefault(); this._send(); this._input.focus(); });
    this._input.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this._send();
    });
    this._input.addEventListener('input', () => { this._grow(); this._typing.typed(this._input.value); });
    this._scroll.addEventListener('scroll', () => this._scrolled(), { passive: true });
    for (const type of ['wheel', 'touchmove', 'pointerdown', 'keydown']) this._scroll.addEventListener(type, () => { this._byHand = performance.now(); }, { passive: true });
    byId('unseen').addEventListener('click', () => { this._stick = true; this._plan(); this._input.focus(); });
    new ResizeObserver(() => { if (this._stick) this._plan(); }).observe(this._scroll);
    document.addEventListener('visibilitychange', () => (document.hidden ? this._remember() : this._plan()));
    addEventListener('pagehide', () => this._remember());
  }

  // -- reading

  _scrolled() {
    const rest = this._scroll.scrollHeight - this._scroll.scrollTop - this._scroll.clientHeight;
    // A layout that changed moves the view too; only a step upwards by hand, or in a layout that stands still, lets go of the end.
    const still = this._scroll.scrollHeight === this._extent && this._scroll.clientHeight === this._window;
    if (rest < NEAR_END) this._stick = true;
    else if (this._scroll.scrollTop < this._at && (still || performance.now() - this._byHand < BY_HAND)) this._stick = false;
    this._at = this._scroll.scrollTop;
    this._plan();
  }

  /** Layout once per frame, however many messages came. */
  _plan() {
    if (this._planned) return;
    this._planned = true;
    requestAnimationFrame(() => {
      this._planned = false;
      if (this._subscription) this._settle();
    });
  }

  _settle() {
    this._timeline.reading = !this._stick;
    const ready = this._timeline.oldest !== null && this._caughtUp;
    const nothing = this._timeline.length === 0;
    byId('empty').hidden = !(ready && nothing && byId('beginning').dataset.kind !== 'loading');
    [this._extent, this._window] = [this._scroll.scrollHeight, this._scroll.clientHeight];
    if (this._stick) {
      this._scroll.scrollTop = this._scroll.scrollHeight;
      this._at = this._scroll.scrollTop;
      if (!document.hidden) this._unseen = 0;
    }
    byId('unseen').hidden = this._stick;
    say(byId('unseen').lastElementChild, this._unseen > 0 ? count(this._unseen, 'new message') : 'Newest');
    document.title = `${this._unseen > 0 ? `(${this._unseen}) ` : ''}${roomTitle(this._key)} · Realtime`;
    if (ready && !this._loading && this._scroll.scrollTop < NEAR_TOP && byId('beginning').dataset.kind === 'loading') this._older();
  }

  /** One page further up: from the message before the first one shown, downwards. */
  async _older() {
    const { oldest } = this._timeline;
    const subscription = this._subscription;
    if (oldest.offset === 0) return this._begun(1);
    this._loading = true;
    try {
      const page = await subscription.history({ from: `${oldest.epoch}:${oldest.offset}`, limit: PAGE, reverse: true });
      if (this._subscription !== subscription || this._timeline.oldest !== oldest) return;
      const messages = page.messages.reverse();
      const [height, top] = [this._scroll.scrollHeight, this._scroll.scrollTop];
      this._timeline.addOlder(messages);
      this._timeline.oldest = readPosition(page.position);
      if (!page.more) this._begun(messages[0]?.offset ?? oldest.offset + 1);
      this._scroll.scrollTop = top + this._scroll.scrollHeight - height;
      this._at = this._scroll.scrollTop;
    } catch (error) {
      if (this._subscription === subscription) this._beginning('refused', `Older messages cannot be loaded: ${error.message}`);
    } finally {
      if (this._subscription === subscription) this._loading = false;
    }
    this._plan();
  }

  _begun(first) {
    if (first === 1) this._beginning('start', `This is the beginning of ${roomTitle(this._key)}`);
    else this._beginning('trimmed', `Messages before number ${first.toLocaleString()} are not kept any more`);
    this._plan();
  }

  _beginning(kind, words) {
    mark(byId('beginning'), 'data-kind', kind);
    byId('beginning').replaceChildren(...(kind === 'loading' ? [el('span', { class: 'dots', 'aria-hidden': 'true' }, el('i'), el('i'), el('i')), el('span', { class: 'sr' }, 'Loading messages')] : [words]));
  }

  _remember() {
    const { position } = this._subscription ?? {};
    if (position && this._stick && this._unseen === 0) browserKeep.write(READ + this._key, position);
  }
}
