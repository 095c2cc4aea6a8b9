import { fill, type Known, learn } from './known.ts';
import type { Question } from './question.ts';
import { announcesClose } from './response-reader.ts';
import { openConnection, type WireConnection, type WireRequest } from './wire-connection.ts';

/** A server that has not answered a question by then is taken not to answer it. */
const ANSWER_TIMEOUT_MS = 5_000;
/** A server that has announced the close and does not close for this long keeps the next question waiting no longer. */
const ANNOUNCED_CLOSE_MS = 1_000;
/** Longest time for a question that is asked again and again. */
const REPEAT_LIMIT_MS = 20_000;

export interface Asking {
  host: string;
  port: number;
  signal: AbortSignal;
  known: Known;
}

/**
 * Asks one question on a connection of its own and waits for the answer.
 * @returns the connection where the question holds it, else `null`
 * @throws Error where no connection can be had
 */
export async function ask(question: Question, { known, ...target }: Asking): Promise<WireConnection | null> {
  const requests: WireRequest[] = [];
  for (const { method, text } of question.send) {
    const bytes = fill(text, known);
    if (bytes === null) return null;
    requests.push({ method, bytes });
  }
  const connection = await openConnection({ ...target, ...(question.readRate ? { readRate: question.readRate } : {}) });
  if (requests.length > 0) connection.send(requests);
  await answerTo(question, requests, connection, known);
  if (question.lingerMs) await connection.closedByServer(question.lingerMs);
  if (question.hold) return connection;
  await connection.close();
  return null;
}

async function answerTo(question: Question, requests: WireRequest[], connection: WireConnection, known: Known): Promise<void> {
  if (question.await === 'nothing' || requests.length === 0) return;
  if (question.await === 'first-byte') {
    await connection.firstByte(ANSWER_TIMEOUT_MS);
    return;
  }
  if (question.times !== undefined) return repeat(requests, question.times, connection);
  for (let answered = 0; answered < requests.length; answered++) {
    const head = await connection.response(ANSWER_TIMEOUT_MS);
    if (!head) return;
    if (question.learn) learn(known, head);
  }
}

/** The first request is on its way already. */
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
