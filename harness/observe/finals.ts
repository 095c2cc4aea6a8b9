/** All final responses of a connection, whatever requests they are counted to: what the server took for requests. */
import type { Connection, ResponseMessage } from '../model.ts';
import { serverClose } from './asked.ts';
import { announcesClose } from './keepalive.ts';
import { frameList, headFrames } from './step.ts';

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

/** Statuses with which a server refuses the form of a request (RFC 9110 §15.5, §15.6): how it begins, how long it is, how it is coded. */
const REFUSALS: ReadonlySet<number> = new Set([400, 411, 413, 414, 417, 421, 426, 431, 501, 505]);

export const isRefusal = ({ status }: ResponseMessage): boolean => REFUSALS.has(status);

/** The statuses in their order, and how the server closed. */
export function storyOf(connection: Connection): string {
  const statuses = finalsOf(connection).map(({ status }) => status);
  const close = connection.firstClose?.by === 'server' ? serverClose(connection) : null;
  return `${statuses.length === 0 ? 'no answer' : statuses.join(', ')}${close ? `, then ${close.how}` : ''}`;
}

/** Frames of the first request, of each response's head, and of the server's close. */
export function storyFrames(connection: Connection): number[] {
  const close = connection.firstClose?.by === 'server' ? serverClose(connection) : null;
  const first = connection.exchanges.find(({ request }) => request !== null)?.request;
  return frameList(first?.headFrames[0], finalsOf(connection).flatMap(headFrames), close?.frame);
}
