/** How much the server takes in one request head. Each size is a step of its own, on a connection of its own; a refused one ends its series. */
import type { Connection, Evidence, Observation, ObservedValue, ResponseMessage } from '../model.ts';
import { serverClose } from './asked.ts';
import { defineObservation } from './observation.ts';
import { frameList, headFrames, isAnswered, openedInStep, value } from './step.ts';

/** One request of a series, and what came of it. */
export interface Attempt {
  /** The size that its step is named after: bytes of the head or of the request line, or field lines. */
  size: number;
  connection: Connection;
  /** The first response on its connection: a head that is too large for the decoder still has one. */
  response: ResponseMessage | null;
  /** Whether it was answered as the plain request was, or at least not with a status that says it is too large or wrong. */
  taken: boolean;
}

export type Series = 'head' | 'line' | 'fields';

/** The client waits for twice as long. */
const PROMPT_NS = 1e9;

const isAnswer = (response: ResponseMessage | null): response is ResponseMessage => response !== null;

const firstResponse = ({ exchanges }: Connection): ResponseMessage | null =>
  exchanges.map(({ response }) => response).find(isAnswer) ?? null;

/** Statuses of servers that take no more; a 404 or a 405 shows that the whole request was read. */
const isRefusal = (status: number): boolean => [400, 413, 414, 431].includes(status) || status >= 494;

/** The attempts of a series, the smallest first; empty where the plain request got no answer to compare with. */
export function attempts(evidence: Evidence, series: Series): Attempt[] {
  const [plain] = openedInStep(evidence, 'limits.plain');
  const usual = plain?.exchanges.findLast(isAnswered);
  // Where every answer takes long, one that does not come in time says nothing.
  if (!usual || usual.response.startNs - usual.request.endNs > PROMPT_NS) return [];
  const found = evidence.steps.flatMap(({ id }) => {
    const [, name, size] = /^limits\.([a-z]+)-(\d+)$/.exec(id) ?? [];
    const [connection] = name === series ? openedInStep(evidence, id) : [];
    if (!connection || connection.sides.client.payloadBytes === 0) return [];
    const response = firstResponse(connection);
    const taken = response !== null && (!isRefusal(response.status) || response.status === usual.response.status);
    return [{ size: Number(size), connection, response, taken }];
  });
  return found.sort((a, b) => a.size - b.size);
}

/** The smallest that was refused; `null` where none was. */
export const refused = (evidence: Evidence, series: Series): Attempt | null =>
  attempts(evidence, series).find(({ taken }) => !taken) ?? null;

export const attemptFrames = ({ connection, response }: Attempt): number[] =>
  frameList(
    connection.exchanges[0]?.request?.headFrames[0] ?? connection.firstFrame,
    response ? headFrames(response) : [],
    response ? [] : serverClose(connection)?.frame,
  );

/** How a request was refused: by a status, by the close of the connection, or by nothing at all. */
export const refusal = ({ connection, response }: Attempt): string =>
  response ? String(response.status) : (serverClose(connection)?.how ?? 'no answer');

/** The largest that was taken; `null` where no size was refused. */
function limitOf(evidence: Evidence, series: Series): ObservedValue | null {
  const all = attempts(evidence, series);
  const last = all.at(-1);
  if (!last) return null;
  const over = all.find(({ taken }) => !taken);
  if (!over) return value(null, attemptFrames(last), { note: `none refused up to ${last.size}` });
  const largest = all.findLast(({ taken, size }) => taken && size < over.size);
  return value(largest?.size ?? 0, frameList(largest ? attemptFrames(largest) : [], attemptFrames(over)), {
    note: `${over.size}: ${refusal(over)}`,
  });
}

function refusalOf(evidence: Evidence, series: Series): ObservedValue | null {
  const all = attempts(evidence, series);
  const last = all.at(-1);
  const over = all.find(({ taken }) => !taken);
  if (over) return value(refusal(over), attemptFrames(over));
  return last ? value('none', attemptFrames(last)) : null;
}

const BESIDE =
  'A request counts as refused where its answer is 400, 413, 414, 431, or 494 and above (unless a plain request gets the same), or none comes. The sizes grow, and the first that is refused is the last that is asked';

const pair = (series: Series, what: string, unit: 'bytes' | 'count', sizes: string, spec: string): Observation[] => [
  defineObservation({
    id: `limits.${series}`,
    title: `${what}: the most that is taken`,
    unit,
    definition: `${sizes} ${BESIDE}. null: none was refused; 0: the smallest one was. Frames: the request and the answer of the largest that was taken and of the smallest that was refused.`,
    spec,
    scenario: 'limits',
    observe: (evidence) => limitOf(evidence, series),
  }),
  defineObservation({
    id: `limits.${series}-refusal`,
    title: `${what}: how it is refused`,
    unit: null,
    definition: `The status with which the server refuses what is too large; FIN or RST where it closes without an answer, "no answer" where nothing came within 2 s, "none" where it took all sizes. ${sizes} Frames: the request and the answer.`,
    spec,
    scenario: 'limits',
    observe: (evidence) => refusalOf(evidence, series),
  }),
];

export const limits = [
  ...pair('head', 'request head', 'bytes', 'A GET with a head of 8,000 bytes to 2 MB, in field lines of 4,000 bytes.', 'RFC 9110 §5.4'),
  ...pair('line', 'request line', 'bytes', 'A GET with a request line of 8,000 to 64,000 bytes.', 'RFC 9112 §3'),
  ...pair('fields', 'field lines', 'count', 'A GET with 90, 190 and 990 short field lines beside Host.', 'RFC 9110 §5.4'),
];
