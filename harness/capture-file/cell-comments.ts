/**
 * What the lane writes into the capture file itself, so that a capture alone gives the whole cell again. Comments are
 * lines that a person can read in Wireshark. One JSON comment in the section header has what the program needs.
 *
 *     section header   wirematrix cell express/chromium/first-visit
 *                      wirematrix {"server":"express",…}
 *     packet           wirematrix step first-visit        (on the first packet of the step)
 *                      wirematrix server asked to stop by SIGTERM at 1700000000000000000      (on the next packet; nanoseconds since the epoch)
 *                      wirematrix server ended with code 0 at 1700000000000000000             (or: ended by SIGKILL)
 *     section end      wirematrix step shutdown-idle at 1700000000000000000        (of a step that sent no packet; so for the server)
 */
import type { CellIdentity, Link, Provenance } from '../model.ts';

/** What the lane writes of a cell into its capture. */
export interface CellHeader extends CellIdentity {
  /** Which run of the cell it is, from 2 on, where it was run several times. */
  repeat?: number;
  serverTitle: string;
  serverVersion: string;
  serverProvenance: Exclude<Provenance, 'emulated'>;
  clientTitle: string;
  clientVersion: string;
  clientProvenance: Exclude<Provenance, 'model'>;
  origin: string;
  /** How long idle connections were watched, at most, in milliseconds. */
  windowMs: number;
  /** Shape of the link, where the run asked for another than the scenario's. */
  link?: Link;
  startedAt: string;
}

const CELL = 'wirematrix cell ';
const HEADER = 'wirematrix {';
const STEP = 'wirematrix step ';
const SERVER = 'wirematrix server ';

/** The comments of the section header. */
export const sectionComments = (header: CellHeader): string[] => [
  `${CELL}${header.server}/${header.client}/${header.scenario}`,
  `wirematrix ${JSON.stringify(header)}`,
];

/** The comment that marks where a step begins. `epochNs`: when it began, for a step that sent no packet. */
export const stepComment = (step: string, epochNs?: bigint): string => `${STEP}${step}${epochNs === undefined ? '' : ` at ${epochNs}`}`;

/** The cell header among a section's comments; `null` where the capture is not one of ours. */
export function parseCellHeader(comments: readonly string[]): CellHeader | null {
  const line = comments.find((comment) => comment.startsWith(HEADER));
  if (!line) return null;
  try {
    return JSON.parse(line.slice(HEADER.length - 1)) as CellHeader;
  } catch {
    return null;
  }
}

/** The step that a comment marks, and when it began, where the comment says so; `null` where it marks none. */
export function parseStepComment(comment: string): { step: string; epochNs: bigint | null } | null {
  if (!comment.startsWith(STEP)) return null;
  const [, step = '', epochNs] = /^(.*?)(?: at (\d{1,20}))?$/s.exec(comment.slice(STEP.length)) ?? [];
  return { step, epochNs: epochNs === undefined ? null : BigInt(epochNs) };
}

/** What happened to the server's process. */
export type ServerEvent =
  | { what: 'asked-to-stop'; signal: string }
  /** One of the two is `null`. */
  | { what: 'ended'; code: number | null; signal: string | null };

/** The comment that records what happened to the server's process, and when. */
export function serverComment(event: ServerEvent, epochNs: bigint): string {
  const how = event.signal === null && event.what === 'ended' ? `with code ${event.code}` : `by ${event.signal}`;
  return `${SERVER}${event.what === 'ended' ? 'ended' : 'asked to stop'} ${how} at ${epochNs}`;
}

/** The event that a comment records; `null` where it records none. */
export function parseServerComment(comment: string): { event: ServerEvent; epochNs: bigint } | null {
  if (!comment.startsWith(SERVER)) return null;
  const found = /^(asked to stop|ended) (?:by (SIG[A-Z0-9]{1,12})|with code (\d{1,10})) at (\d{1,20})$/.exec(comment.slice(SERVER.length));
  if (!found) return null;
  const [, what, signal = null, code, epochNs = ''] = found;
  if (what === 'ended') return { event: { what, code: code === undefined ? null : Number(code), signal }, epochNs: BigInt(epochNs) };
  return signal === null ? null : { event: { what: 'asked-to-stop', signal }, epochNs: BigInt(epochNs) };
}
