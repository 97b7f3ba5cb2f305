// Numbers, times and reasons in plain words.

export const count = (n, one, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

export function range(from, to) {
  return from === to ? `${from}` : `${from}–${to}`;
}

/** "1.4 s" while it is short, whole seconds and minutes after that. */
export function duration(ms) {
  if (ms < 9_950) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const clockFine = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

export const timeOfDay = (at) => clock.format(at);
export const timeWithSeconds = (at) => clockFine.format(at);
export const fullTime = (at) => full.format(at);
export const sameDay = (a, b) => new Date(a).toDateString() === new Date(b).toDateString();

export function dayName(at, now = Date.now()) {
  if (sameDay(at, now)) return 'Today';
  if (sameDay(at, now - 86_400_000)) return 'Yesterday';
  return date.format(at);
}

const REASONS = {
  trimmed: 'This room keeps only its newest messages, and these had already been removed.',
  epoch: 'The room began a new log. What the old one held after your last message cannot be had any more.',
  ahead: 'This window had seen more than the server still has: its store was set back to an earlier state.',
  lagged: 'This window read too slowly, so the server skipped them.',
  corrupt: 'The stored copy of them is damaged.',
  unannounced: 'They never came, and asking for them again did not bring them.',
};

/** A gap as a headline and an explanation. */
export function gapWords({ from, to, reason, local }) {
  const known = from !== undefined && to !== undefined && to >= from;
  const head = known
    ? `${count(to - from + 1, 'message is', 'messages are')} missing here (${from === to ? 'number' : 'numbers'} ${range(from, to)})`
    : 'Messages may be missing here';
  const why = local ? 'This window received them but could not show them in time.' : REASONS[reason] ?? `The server says: ${reason}.`;
  return { head, why };
}

const LINK = {
  unreachable: 'no answer yet',
  disconnected: 'the connection broke',
  silence: 'the node fell silent',
  'no welcome': 'the node did not answer',
  restart: 'the node is stopping',
  drain: 'the node is being emptied',
  overloaded: 'the node has too many clients',
  online: 'the network is back',
  superseded: 'another tab took over',
  closed: 'the node closed it',
};

const REFUSED = {
  too_large: ['It is longer than this room allows.', 'Shorten it and send it again.'],
  rate_limited: ['You write faster than this server allows.', 'Wait a moment, then try again.'],
  too_many: ['Too much is under way at once.', 'Wait a moment, then try again.'],
  forbidden: ['You may not write in this room.', 'Copy it to a room where you may.'],
  not_found: ['This server has no room of this kind.', 'Copy it to another room.'],
  unavailable: ['The server could not store it.', 'Try again in a moment.'],
  storage_full: ['The server has no space left.', 'Try again later.'],
  timeout: ['The server did not answer in time.', 'Try again.'],
  internal: ['The server failed.', 'Try again.'],
};

/** Why a message was refused and what the writer can do: the reason, the advice, and whether the same words may succeed later. */
export function refusalWords({ code, message, temporary }) {
  const [why, advice] = REFUSED[code] ?? [`The server says: ${message}.`, temporary ? 'Try again in a moment.' : 'Change it, or discard it.'];
  return { why, advice, retry: Boolean(temporary) };
}

/** "none lost", "3 missing"; NaN when the server could not say how many. */
export function lossWords(lost) {
  if (lost === 0) return 'none lost';
  return Number.isNaN(lost) ? 'some are missing' : `${lost.toLocaleString()} missing`;
}

/** What becomes of a node's wish that this window moves to another one. */
export function moveWords({ url, phase, reason }) {
  const { host } = new URL(url, location.href);
  if (phase === 'done') return `Moved to ${host} without a break`;
  if (phase === 'failed') return `Could not move to ${host}`;
  return `Asked to move to ${host}, because ${reason === 'drain' ? 'this node is being emptied' : 'this session lives there'}`;
}

/** Why a link ended, from the client's reason. */
export const linkReason = (reason) => (reason ? LINK[reason] ?? String(reason) : 'the connection broke');
