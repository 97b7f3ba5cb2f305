// Numbers, times and states in plain words. A missing number is a dash: zero would be a claim.

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

export const NONE = '–';

const known = (value) => value !== null && value !== undefined && Number.isFinite(value);

export const number = (value) => (known(value) ? whole.format(value) : NONE);
export const count = (value, one, many = `${one}s`) => `${number(value)} ${value === 1 ? one : many}`;

/** Per second: exact while small, short when large. */
export function rate(value) {
  if (!known(value)) return NONE;
  return value >= 10_000 ? compact.format(value) : value >= 100 ? whole.format(value) : tenth.format(value);
}

export function bytes(value) {
  if (!known(value)) return NONE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${value >= 100 || unit === 0 ? whole.format(value) : tenth.format(value)} ${units[unit]}`;
}

export function ms(value) {
  if (!known(value)) return NONE;
  if (value >= 10_000) return `${tenth.format(value / 1000)} s`;
  return `${value >= 100 ? whole.format(value) : tenth.format(value)} ms`;
}

/** "40 s", "12 min", "3 h 20 min", "5 d 2 h". */
export function span(seconds) {
  if (!known(seconds)) return NONE;
  const s = Math.max(0, Math.round(seconds));
  if (s < 100) return `${s} s`;
  if (s < 6_000) return `${Math.round(s / 60)} min`;
  const hours = Math.floor(s / 3600);
  return hours < 48 ? `${hours} h ${Math.floor((s % 3600) / 60)} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** One unit only, for a column. */
export function uptime(seconds) {
  if (!known(seconds)) return NONE;
  const [size, unit] = seconds >= 172_800 ? [86_400, 'd'] : seconds >= 7_200 ? [3_600, 'h'] : seconds >= 120 ? [60, 'min'] : [1, 's'];
  return `${Math.floor(seconds / size)} ${unit}`;
}

/** Minutes and seconds that are counted down. */
export const countdown = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

export const time = (at) => clock.format(new Date(at));
export const moment = (at) => (at ? full.format(new Date(at)) : NONE);

/** "2 min ago"; times of the future and of this moment are "now". */
export function ago(at, now = Date.now()) {
  const seconds = (now - new Date(at).getTime()) / 1000;
  return seconds < 2 ? 'now' : `${span(seconds)} ago`;
}

/** "a", "a and b", "a, b and c", "a, b and 3 more". */
export function list(names, most = 3) {
  const shown = names.slice(0, names.length > most + 1 ? most : names.length);
  const rest = names.length - shown.length;
  const parts = rest > 0 ? [...shown, `${rest} more`] : shown;
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Names as people sort them: node-2 before node-10. */
const collator = new Intl.Collator('en', { numeric: true });
export const byName = (a, b) => collator.compare(a, b);

const STATUS = { active: 'active', draining: 'draining', drained: 'drained', dead: 'gone' };

/** What a node is, in one word and a tone: good, wait, bad or rest. */
export function nodeState(node) {
  if (node.status === 'dead') return ['gone', 'bad'];
  if (!node.reachable) return ['no answer', 'bad'];
  if (node.live?.standing && node.live.standing !== 'sure') return [node.live.standing, 'bad'];
  if (node.live?.store && !node.live.store.well) return ['no store', 'bad'];
  if (node.status === 'draining') return ['draining', 'wait'];
  if (node.status === 'drained' || node.live?.phase === 'drained') return ['drained', 'rest'];
  if (node.live?.phase === 'draining') return ['draining', 'wait'];
  if (node.live?.phase === 'starting') return ['starting', 'wait'];
  if (node.live?.obstacles.length > 0) return ['not ready', 'wait'];
  return [STATUS[node.status] ?? node.status, 'good'];
}
