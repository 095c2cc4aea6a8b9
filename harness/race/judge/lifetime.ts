/** Whether a server ends connections at an age, however busy they are. */
import type { Connection } from '../../model.ts';
import { endsConnection } from './connection-end.ts';

/** How old a server lets a connection become. Seconds since the SYN. */
export interface Lifetime {
  /** The youngest and the oldest that it ended. */
  shortestS: number;
  longestS: number;
  /** Whether the last response of each said `Connection: close`. */
  isAnnounced: boolean;
  /** The last response and the close of each. */
  frames: number[];
}

/** One that was ended while it was in use. */
interface Ended {
  connection: Connection;
  ageMs: number;
  isAnnounced: boolean;
  frames: number[];
}

/** Fewer may have ended together by chance. */
const ENOUGH = 3;
/** Where another connection carried so many times the requests, their number did not end this one. */
export const MORE = 1.5;

/**
 * The server's lifetime of a connection, from connections that never rested. It is one where several, begun at different times, were ended at the same age, each sooner after its
 * last response than it had rested before, with fewer requests than another one carried, and none became older. `null` where the packets don't show that.
 * @param busy the connections that never rested, at more than one pace
 * @param carriedMost the most requests of any connection to this server
 */
export function lifetimeOf(busy: readonly Connection[], carriedMost: number): Lifetime | null {
  const ended = busy.flatMap((connection) => endedInUse(connection) ?? []);
  if (ended.length < ENOUGH) return null;
  const ages = ended.map(({ ageMs }) => ageMs);
  const [youngest, oldest] = [Math.min(...ages), Math.max(...ages)];
  const begun = ended.map(({ connection }) => connection.startNs / 1e6);
  // Those that were all ended at one moment, by a restart say, differ in age as much as in their beginnings.
  if (2 * (oldest - youngest) > Math.max(...begun) - Math.min(...begun)) return null;
  if (carriedMost < MORE * Math.min(...ended.map(({ connection }) => connection.exchangeCount))) return null;
  const isOlder = ({ startNs, sides }: Connection): boolean => ((sides.server.lastPayloadNs ?? startNs) - startNs) / 1e6 > oldest;
  if (busy.some((connection) => isOlder(connection) && !ended.some((one) => one.connection === connection))) return null;
  return {
    shortestS: Math.round(youngest) / 1e3,
    longestS: Math.round(oldest) / 1e3,
    isAnnounced: ended.every(({ isAnnounced }) => isAnnounced),
    frames: ended.flatMap(({ frames }) => frames),
  };
}

function endedInUse(connection: Connection): Ended | null {
  const { exchanges, firstClose, startNs } = connection;
  const answered = exchanges.flatMap(({ request, response }) => (request !== null && response !== null ? [{ request, response }] : []));
  const last = answered.at(-1)?.response;
  // One whose first response ends it shows no age.
  if (last === undefined || answered.length < 2 || firstClose === null) return null;
  const ended = { connection, frames: [last.frames[0], firstClose.frame] };
  if (endsConnection(last)) return { ...ended, ageMs: (last.endNs - startNs) / 1e6, isAnnounced: true };
  if (firstClose.by !== 'server' || firstClose.idleMs === null) return null;
  const rests = answered.slice(1).map(({ request }, place) => (request.startNs - answered[place]!.response.endNs) / 1e6);
  return firstClose.idleMs > Math.max(...rests) ? null : { ...ended, ageMs: (firstClose.timeNs - startNs) / 1e6, isAnnounced: false };
}
