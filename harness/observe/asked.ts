/**
 * The answers to the questions of the `probe` client. Each question is a step of its own, on a connection of its own, so the step's id
 * finds its answer. A step that is not in the capture, or in which nothing was sent, has no answer.
 */
import type { Connection, Evidence, Exchange, Observation, ObservedValue } from '../model.ts';
import { defineObservation, type ObservationInput } from './observation.ts';
import { type AskedExchange, frameList, headFrames, isAsked, value } from './step.ts';

export interface Answer {
  exchange: AskedExchange;
  connection: Connection;
}

/** The first exchange of the step; `null` where the question was not asked. */
export function answerIn(evidence: Evidence, step: string): Answer | null {
  const exchange = evidence.exchanges.find((entry): entry is AskedExchange => isAsked(entry) && entry.step === step);
  const connection = exchange && evidence.connections.find((entry) => entry.stream === exchange.stream);
  return connection ? { exchange, connection } : null;
}

/** Frames of the heads of the request and of its response. */
export const exchangeFrames = (exchange: Exchange): number[] =>
  frameList(exchange.request ? headFrames(exchange.request) : [], exchange.response ? headFrames(exchange.response) : []);

/** The value `null` for a question without an answer; the note says what became of the connection. */
export function unanswered({ exchange, connection }: Answer): ObservedValue {
  const { firstClose } = connection;
  if (firstClose?.by === 'server') {
    return value(null, frameList(exchangeFrames(exchange), firstClose.frame), {
      note: `no answer: the server closed by ${firstClose.how}`,
    });
  }
  return value(null, frameList(exchangeFrames(exchange), firstClose?.frame), { note: 'no answer until the client gave up' });
}

/** The status of the answer to the question of a step; `null` where the question was not asked. */
export function statusIn(evidence: Evidence, step: string): ObservedValue | null {
  const answer = answerIn(evidence, step);
  if (!answer) return null;
  const { response } = answer.exchange;
  return response ? value(response.status, exchangeFrames(answer.exchange)) : unanswered(answer);
}

/** The first FIN or RST of the server; `null` where it sent none. */
export function serverClose({ firstClose, sides }: Connection): { how: 'FIN' | 'RST'; frame: number; timeNs: number } | null {
  if (firstClose?.by === 'server') return firstClose;
  const { finFrame, finNs, rstFrame, rstNs } = sides.server;
  const fin = finFrame !== null && finNs !== null ? { how: 'FIN' as const, frame: finFrame, timeNs: finNs } : null;
  const rst = rstFrame !== null && rstNs !== null ? { how: 'RST' as const, frame: rstFrame, timeNs: rstNs } : null;
  return fin && rst && rst.frame < fin.frame ? rst : (fin ?? rst);
}

/** The observation of a question whose answer is its status. The question's step has the observation's id. */
export const statusQuestion = (
  id: string,
  title: string,
  request: string,
  spec: string,
  more: Pick<ObservationInput, 'scenario' | 'judgedBeside' | 'nullIsNoAnswer'>,
): Observation =>
  defineObservation({
    nullIsNoAnswer: true,
    id,
    title,
    unit: null,
    definition: `The status of ${request}; null where none came. Frames: the heads of the request and of the response.`,
    spec,
    ...more,
    observe: (evidence) => statusIn(evidence, id),
  });
