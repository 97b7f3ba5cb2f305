// Who is here: the presence of the room's chat channel.

import { byId, el, mark, say } from './elements.js';
import { avatar, paintAvatar, readPerson } from './person.js';

const FACES = 5;

export class People {
  constructor({ me, tell }) {
    this._me = me;
    this._tell = tell;
    this._rows = new Map();   // session → { node, person }
    this._subscription = null;
  }

  open(subscription) {
    this._subscription = subscription;
    this._names = new Map();
    this._rows.clear();
    byId('members').replaceChildren();
    subscription.on('joined', ({ members }) => this._news(members, 'joined', (person) => `${person.name} joined`));
    subscription.on('left', ({ members }) => this._news(members, 'left', (person) => `${person.name} left`));
    subscription.on('changed', ({ members }) => this._news(members, 'changed', (person, before) => (before && before !== person.name ? `${before} is now ${person.name}` : null)));
    subscription.on('roster', () => this._paint());
    this._paint();
  }

  /** The public id of this window's session, as others see it. */
  get mySession() {
    for (const [session, { person }] of this._rows) if (person.id === this._me().id) return session;
    return null;
  }

  /** Everybody but this window's person. */
  get others() {
    return [...this._rows.values()].map(({ person }) => person).filter(({ id }) => id !== this._me().id);
  }

  _news(members, kind, words) {
    for (const member of members) {
      const person = readPerson(member.data, member.session);
      const text = words(person, this._names.get(member.session));
      if (text && person.id !== this._me().id) this._tell('people', text);
    }
    this._paint();
  }

  _paint() {
    const list = byId('members');
    const mine = this._me().id;
    const all = [...this._subscription.members.values()].map((member) => ({ session: member.session, person: readPerson(member.data, member.session) }));
    all.sort((a, b) => (b.person.id === mine) - (a.person.id === mine) || a.person.name.localeCompare(b.person.name) || (a.session < b.session ? -1 : 1));
    this._names = new Map(all.map(({ session, person }) => [session, person.name]));
    for (const [session, row] of this._rows) {
      if (this._names.has(session)) continue;
      row.node.remove();
      this._rows.delete(session);
    }
    for (const { session, person } of all) {
      const row = this._rows.get(session) ?? { node: this._row() };
      this._rows.set(session, row);
      row.person = person;
      const me = person.id === mine;
      paintAvatar(row.node.querySelector('.avatar'), person);
      say(row.node.querySelector('.who'), person.name);
      row.node.querySelector('.who').title = person.name;
      say(row.node.querySelector('.tag'), me ? 'you' : '');
      mark(row.node, 'data-session', session);
      mark(row.node, 'data-name', person.name);
      mark(row.node, 'data-me', me);
      list.append(row.node);
    }
    const total = Math.max(this._subscription.count, all.length);
    say(byId('count'), String(total));
    const unlisted = total - all.length;
    list.querySelector('.more')?.remove();
    if (unlisted > 0) list.append(el('li', { class: 'more' }, all.length > 0 ? `and ${unlisted.toLocaleString()} more` : `${unlisted.toLocaleString()} people`));
    const faces = all.slice(0, FACES).map(({ person }) => avatar(person));
    if (total > FACES) faces.push(el('span', { class: 'avatar others' }, `+${total - FACES}`));
    byId('faces').replaceChildren(...faces);
  }

  _row() {
    return el('li', { class: 'person', 'data-testid': 'person' }, el('span', { class: 'avatar', 'aria-hidden': 'true' }), el('span', { class: 'who' }), el('span', { class: 'tag' }));
  }
}
