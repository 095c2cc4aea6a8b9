import { setTimeout as delay } from 'node:timers/promises';
import type { OwnFailures } from '../own-failure.ts';
import { fill, type Known, learn } from './known.ts';
import type { Question } from './question.ts';
import { announcesClose } from './response-reader.ts';
import { openConnection, type WireConnection, type WireRequest } from './wire-connection.ts';

/** Longest wait for a response or its first byte; a server that takes longer counts as not answering. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Longest wait for a close that the server has announced. */
const ANNOUNCED_CLOSE_MS = 1_000;
/** Longest time for a question that is repeated; the response that comes after it is the last. */
const REPEAT_LIMIT_MS = 20_000;

/** The server to ask, and the values known from its earlier responses. */
export interface Asking {
  host: string;
  port: number;
  signal: AbortSignal;
  /** Is given every error of a socket. */
  failures: OwnFailures;
  known: Known;
  /** Is given the status of the last answer to each question; 0 where none came. */
  statuses?: Map<string, number>;
}

/**
 * Asks one question and waits for the response.
 * @param held the connection that it goes on with; without it, a new one
 * @returns the connection where the question holds it; `null` where it doesn't, or needs a value that is not known
 * @throws Error where no connection can be established
 */
export async function ask(question: Question, { known, statuses, ...target }: Asking, held?: WireConnection): Promise<WireConnection | null> {
  const requests: WireRequest[] = [];
  for (const { method, text } of question.send) {
    const bytes = fill(text, known);
    if (bytes === null) return null;
    requests.push({ method, bytes });
  }
  statuses?.set(question.id, 0);
  const { afterMs, readRate } = question;
  if (afterMs !== undefined) await (held ? held.closedByServer(afterMs) : delay(afterMs, undefined, { signal: target.signal }));
  const connection = held ?? (await openConnection({ ...target, ...(readRate ? { readRate } : {}) }));
  if (requests.length > 0) connection.send(requests);
  await answerTo(question, requests, connection, known, statuses);
  if (question.lingerMs) await connection.closedByServer(question.lingerMs);
  if (question.hold) return connection;
  await connection.close();
  return null;
}

async function answerTo(
  question: Question,
  requests: WireRequest[],
  connection: WireConnection,
  known: Known,
  statuses: Asking['statuses'],
): Promise<void> {
  const { timeoutMs = ANSWER_TIMEOUT_MS } = question;
  if (question.await === 'nothing' || requests.length === 0) return;
  if (question.await === 'first-byte') {
    await connection.firstByte(timeoutMs);
    return;
  }
  if (question.times !== undefined) return repeat(requests, question.times, connection);
  for (let answered = 0; answered < requests.length; answered++) {
    const head = await connection.response(timeoutMs);
    statuses?.set(question.id, head?.status ?? 0);
    if (!head) return;
    if (question.learn) learn(known, head);
  }
}

/** The first request has been sent already. */
async function repeat(requests: WireRequest[], times: number, connection: WireConnection): Promise<void> {
  const deadline = performance.now() + REPEAT_LIMIT_MS;
  for (let sent = 1; ; sent++) {
    const head = await connection.response(ANSWER_TIMEOUT_MS);
    if (!head) return;
    if (announcesClose(head)) {
      await connection.closedByServer(ANNOUNCED_CLOSE_MS);
      return;
    }
    if (sent >= times || performance.now() > deadline) return;
    connection.send(requests);
  }
}
