/** All final responses of a connection, whatever requests they are counted to: what the server took for requests. */
import type { Connection, ResponseMessage } from '../model.ts';
import { serverClose } from './asked.ts';
import { announcesClose } from './keepalive.ts';
import { frameList, headFrames } from './step.ts';
import { isAtOnce } from './timers.ts';

/** A 408 answers no request, but the lack of one (RFC 9110 §15.5.9). */
const REQUEST_TIMEOUT = 408;

/** In their order. */
export const finalsOf = ({ exchanges }: Connection): ResponseMessage[] =>
  exchanges.flatMap(({ response }) => (response && response.status !== REQUEST_TIMEOUT ? [response] : []));

/** Whether nothing can follow: the last response says so, or the server closed first. */
export function isEnded(connection: Connection): boolean {
  const last = finalsOf(connection).at(-1);
  return connection.firstClose?.by === 'server' || (last !== undefined && announcesClose(last));
}

/**
 * Whether the server reset the connection without having waited between its FIN and the RST: the answer may not have reached the client by then. A server that reads on for a
 * while after its FIN, and only then closes, gave it the time (RFC 9112 §9.6).
 */
export function isResetAtOnce({ sides: { server } }: Connection): boolean {
  const { finNs, rstNs } = server;
  return rstNs !== null && (finNs === null || isAtOnce((rstNs - finNs) / 1e6));
}

/** Statuses with which a server refuses the form of a request (RFC 9110 §15.5, §15.6): how it begins, how long it is, how it is coded. */
const REFUSALS: ReadonlySet<number> = new Set([400, 411, 413, 414, 417, 421, 426, 431, 501, 505]);

export const isRefusal = ({ status }: ResponseMessage): boolean => REFUSALS.has(status);

const STATUSES_SHOWN = 6;

/** The statuses in their order, and how the server closed. */
export function storyOf(connection: Connection): string {
  const statuses = finalsOf(connection).map(({ status }) => status);
  const close = connection.firstClose?.by === 'server' ? serverClose(connection) : null;
  const shown = statuses.slice(0, STATUSES_SHOWN).join(', ');
  const more = statuses.length > STATUSES_SHOWN ? ` and ${statuses.length - STATUSES_SHOWN} more` : '';
  return `${shown || 'no answer'}${more}${close ? `, then ${close.how}` : ''}`;
}

/** Frames of the first request, of each response's head, and of the server's close. */
export function storyFrames(connection: Connection): number[] {
  const close = connection.firstClose?.by === 'server' ? serverClose(connection) : null;
  const first = connection.exchanges.find(({ request }) => request !== null)?.request;
  return frameList(first?.headFrames[0], finalsOf(connection).flatMap(headFrames), close?.frame);
}
