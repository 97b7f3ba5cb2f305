// The list: messages in the order of the log, lines where some are missing, and what is still waiting to be sent at the end.
// Everything is placed by its offset, and a message with a known offset or id is never shown twice.

import { Bubble, bubbleOf, readMessage } from './bubble.js';
import { el, icon } from './elements.js';
import { gapWords } from './words.js';

const MOST = 1500;   // shown at once; older ones come back from history on scrolling up
const PRUNED = 1000;

export function readPosition(position) {
  if (typeof position !== 'string') return null;
  const colon = position.lastIndexOf(':');
  return { epoch: position.slice(0, colon), offset: Number(position.slice(colon + 1)) };
}

export class Timeline {
  constructor(list, outbox, me) {
    this._list = list;
    this._outbox = outbox;
    this._me = me;
    this.clear();
  }

  clear() {
    this._list.replaceChildren();
    this._offsets = new Map();   // epoch:offset → bubble
    this._cids = new Map();      // cid → bubble
    this._waiting = new Map();   // cid → bubble, not yet at its place
    this._newMark = null;
    this.reading = false;        // scrolled up, away from the end
    this.oldest = null;          // the position before the first message that is (or could be) shown
  }

  get length() { return this._offsets.size + this._waiting.size; }

  _firstWaiting() {
    for (const bubble of this._waiting.values()) return bubble.node;
    return null;
  }

  _put(node, before) {
    const after = before ?? null;
    this._list.insertBefore(node, after);
    bubbleOf(node)?.settle();
    this._settleAfter(node);
  }

  _settleAfter(node) {
    let next = node.nextElementSibling;
    while (next && !bubbleOf(next)) next = next.nextElementSibling;
    bubbleOf(next)?.settle();
  }

  _known(message, { cid }) {
    return this._offsets.has(message.position) || (cid !== null && this._cids.has(cid));
  }

  _make(message, content) {
    const bubble = new Bubble({ ...content, at: message.at ?? Date.now(), mine: content.person.id === this._me() });
    bubble.state('sent', { offset: message.offset });
    this._remember(message.position, bubble);
    return bubble;
  }

  _remember(position, bubble) {
    bubble.position = position;
    this._offsets.set(position, bubble);
    if (bubble.cid !== null) this._cids.set(bubble.cid, bubble);
  }

  /** The next one of the channel. Null when it is shown already; otherwise its bubble and whether it waited here to be sent. */
  add(message) {
    const content = readMessage(message);
    if (this._known(message, content)) return null;
    this._placeAnswered(message.position);
    const own = content.cid === null ? undefined : this._waiting.get(content.cid);
    if (own) {
      this._arrive(own, message.position, message.at);
      return { bubble: own, own: true };
    }
    const bubble = this._make(message, content);
    this._put(bubble.node, this._firstWaiting());
    this._prune();
    return { bubble, own: false };
  }

  /** From waiting to its place in the order. */
  _arrive(bubble, position, at) {
    this._waiting.delete(bubble.cid);
    this._outbox.heard(bubble.cid);
    bubble.state('sent', { offset: readPosition(position).offset, at });
    this._remember(position, bubble);
    const before = this._firstWaiting();
    const next = bubble.node.nextElementSibling;
    if (next !== before) this._put(bubble.node, before);
    else bubble.settle();
  }

  /** Answered, but its own copy never came (it fell into a gap): it stands where its offset says. */
  _placeAnswered(upTo) {
    const limit = readPosition(upTo);
    for (const bubble of [...this._waiting.values()]) {
      const at = readPosition(bubble.answered ?? null);
      if (limit && at && at.epoch === limit.epoch && at.offset < limit.offset) this._arrive(bubble, bubble.answered);
    }
  }

  addOlder(messages) {
    const top = this._list.firstElementChild;
    const fresh = messages.map((message) => ({ message, content: readMessage(message) })).filter(({ message, content }) => !this._known(message, content));
    for (const { message, content } of fresh) {
      const waiting = content.cid === null ? undefined : this._waiting.get(content.cid);
      if (waiting) {
        waiting.node.remove();
        this._waiting.delete(content.cid);
        this._outbox.heard(content.cid);
      }
      this._list.insertBefore(this._make(message, content).node, top);
    }
    for (let node = this._list.firstElementChild; node && node !== top; node = node.nextElementSibling) bubbleOf(node)?.settle();
    if (top) (bubbleOf(top) ?? { settle: () => this._settleAfter(top) }).settle();
    return fresh.length;
  }

  /** Written here; not yet in the log, as far as this window knows. */
  show(entry, actions) {
    const content = readMessage(entry);
    let bubble = this._waiting.get(entry.cid);
    const offset = readPosition(entry.position)?.offset;
    if (entry.state === 'sent' && this.oldest && offset <= this.oldest.offset) {
      // Sent before this page was loaded, and further up than what is shown.
      this.drop(entry.cid);
      return this._outbox.heard(entry.cid);
    }
    if (!bubble) {
      bubble = new Bubble({ ...content, at: entry.at, mine: true });
      this._waiting.set(entry.cid, bubble);
      this._put(bubble.node, null);
    }
    bubble.answered = entry.position;
    bubble.state(entry.state, { offset, refusal: entry.refusal, ...actions });
  }

  isWaiting(cid) { return this._waiting.has(cid); }

  drop(cid) {
    const bubble = this._waiting.get(cid);
    if (!bubble) return;
    this._waiting.delete(cid);
    const next = bubble.node.nextElementSibling;
    bubble.node.remove();
    bubbleOf(next)?.settle();
  }

  gap(item) {
    const { head, why } = gapWords(item);
    this._line(el('li', { class: 'line gap', 'data-testid': 'gap', 'data-reason': item.reason, 'data-from': item.from, 'data-to': item.to },
      icon('gap'), el('div', {}, el('strong', {}, head), el('p', {}, why))));
    this._placeAnswered(item.position);
  }

  /** A line between messages; returns what changes its words. */
  line(kind, text) {
    const words = el('span', {}, text);
    const node = el('li', { class: `line ${kind}`, 'data-testid': kind }, icon('back'), words);
    this._line(node);
    return (next, done) => { words.textContent = next; node.classList.toggle('done', Boolean(done)); };
  }

  _line(node) {
    this._put(node, this._firstWaiting());
  }

  /** "New" stands before the first message that nobody has looked at. */
  markNew(bubble) {
    this.clearNew();
    this._newMark = el('li', { class: 'line new', 'data-testid': 'new' }, el('span', {}, 'New'));
    this._put(this._newMark, bubble.node);
  }

  clearNew() {
    if (!this._newMark) return;
    const mark = this._newMark;
    this._newMark = null;
    const next = mark.nextElementSibling;
    mark.remove();
    bubbleOf(next)?.settle();
  }

  /** Keeps the page quick in a busy room; not while somebody is reading further up. */
  _prune() {
    if (this._offsets.size <= MOST || this.reading) return;
    while (this._offsets.size > PRUNED) {
      const node = this._list.firstElementChild;
      const bubble = bubbleOf(node);
      node.remove();
      if (!bubble) continue;
      this._offsets.delete(bubble.position);
      this._cids.delete(bubble.cid);
      this.oldest = readPosition(bubble.position);
    }
    bubbleOf(this._list.firstElementChild)?.settle();
  }
}
