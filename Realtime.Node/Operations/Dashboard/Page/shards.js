// Shards of both kinds in one row: those of sessions by number, then those of channels. On the map a shard is its place in that row.

import { number } from './words.js';

const KINDS = ['session', 'channel'];
const OF_A_KIND = 256;

/** A report of the API as the map draws it. */
export const inOneRow = (report) => ({
  nodes: report.nodes,
  owners: [...report.sessions, ...report.channels],
  moves: new Map(report.moves.map((move) => [placeOf(move.kind, move.shard), move.to])),
});

export const isChannels = (place) => place >= OF_A_KIND;
export const kindOf = (place) => KINDS[Number(isChannels(place))];
export const numberOf = (place) => place % OF_A_KIND;

/** -1: there is no such shard. */
export function placeOf(kind, shard) {
  const at = KINDS.indexOf(kind);
  return at >= 0 && Number.isInteger(shard) && shard >= 0 && shard < OF_A_KIND ? at * OF_A_KIND + shard : -1;
}

export const titleOf = (place) => `${isChannels(place) ? 'Channel' : 'Session'} shard ${number(numberOf(place))}`;
export const pathOf = (place) => `shards/${kindOf(place)}/${numberOf(place)}`;

/** Of what somebody typed, such as “channel 17”; a number alone is a shard of sessions. -1: it names none. */
export function placeNamed(words) {
  const [, kind = 'session', shard] = /^(?:(session|channel)s?[\s/]+(?:shard\s+)?)?(\d{1,3})$/i.exec(words) ?? [];
  return shard === undefined ? -1 : placeOf(kind.toLowerCase(), Number(shard));
}
