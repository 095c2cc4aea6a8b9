import type { OwnFailures } from '../own-failure.ts';
import { fill, type Known, learn } from './known.ts';
import type { Question, QuestionRequest, Turn } from './question.ts';
import { announcesClose } from './response-reader.ts';
import { openConnection, type WireConnection, type WireRequest } from './wire-connection.ts';

/** Longest wait for a response or its first byte; a server that takes longer counts as not answering. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Longest wait for a close that the server has announced. */
const ANNOUNCED_CLOSE_MS = 1_000;
/** Longest time for a question that is repeated; the response that comes after it is the last. */
const REPEAT_LIMIT_MS = 20_000;
/** Longest time that questions with turns wait in vain, all of one session together: a server that hangs is not asked all of them. */
const PATIENCE_MS = 6_000;

/** What is left of the time that questions with turns may wait in vain, in milliseconds. */
export interface Patience {
  leftMs: number;
}

/** The patience of one session. */
export const newPatience = (): Patience => ({ leftMs: PATIENCE_MS });

/** The server to ask, and the values known from its earlier responses. */
export interface Asking {
  host: string;
  port: number;
  signal: AbortSignal;
  /** Is given every error of a socket. */
  failures: OwnFailures;
  known: Known;
  /** Is used up by waits in vain. Default: one for this question alone. */
  patience?: Patience;
}

interface FilledTurn extends Omit<Turn, 'send'> {
  send: readonly WireRequest[];
}

/**
 * Asks one question on a connection of its own and waits for the response.
 * @returns the connection where the question holds it; `null` where it doesn't, needs a value that is not known, or no patience is left for it
 * @throws Error where no connection can be established
 */
export async function ask(question: Question, { known, patience = newPatience(), ...target }: Asking): Promise<WireConnection | null> {
  if (question.turns && patience.leftMs <= 0) return null;
  const requests = filled(question.send, known);
  const turns = (question.turns ?? []).map((turn) => ({ turn, send: filled(turn.send, known) }));
  if (requests === null || turns.some(({ send }) => send === null)) return null;
  const { readRate, readPauseMs } = question;
  const connection = await openConnection({ ...target, ...(readRate ? { readRate } : {}), ...(readPauseMs ? { readPauseMs } : {}) });
  if (question.turns) {
    const first: FilledTurn[] = requests.length > 0 ? [{ send: requests, await: question.await ?? 'responses' }] : [];
    await takeTurns([...first, ...turns.map(({ turn, send }) => ({ ...turn, send: send ?? [] }))], connection, patience);
  } else {
    if (requests.length > 0) connection.send(requests);
    await answerTo(question, requests, connection, known);
  }
  if (question.lingerMs) await connection.closedByServer(question.lingerMs);
  if (question.hold) return connection;
  await connection.close();
  return null;
}

/** The requests with their values; `null` where one of these is not known. */
function filled(requests: readonly QuestionRequest[], known: Known): WireRequest[] | null {
  const written: WireRequest[] = [];
  for (const { method, text } of requests) {
    const bytes = fill(text, known);
    if (bytes === null) return null;
    written.push({ method, bytes });
  }
  return written;
}

async function takeTurns(turns: readonly FilledTurn[], connection: WireConnection, patience: Patience): Promise<void> {
  let requested = 0;
  let taken = 0;
  for (const {
    send,
    await: awaited = 'responses',
    responses,
    pauseMs,
    timeoutMs = ANSWER_TIMEOUT_MS,
    unlessAnswered,
    ifAnswered,
  } of turns) {
    if (pauseMs) await connection.closedByServer(pauseMs);
    if (connection.ended) return;
    if ((unlessAnswered && connection.answered >= requested) || (ifAnswered && connection.answered === 0)) continue;
    if (send.length > 0) connection.send(send);
    requested += send.filter(({ method }) => method !== null).length;
    const began = performance.now();
    const giveUp = () => {
      patience.leftMs -= performance.now() - began;
    };
    if (awaited === 'nothing') continue;
    if (awaited === 'first-byte' || awaited === 'interim') {
      const came = awaited === 'interim' ? connection.anyResponse(timeoutMs) : connection.firstByte(timeoutMs);
      if (!(await came)) giveUp();
      continue;
    }
    for (const wanted = responses ?? requested; taken < wanted; taken++) {
      const head = await connection.response(timeoutMs);
      if (!head) {
        giveUp();
        break;
      }
      if (!announcesClose(head)) continue;
      await connection.closedByServer(ANNOUNCED_CLOSE_MS);
      return;
    }
  }
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
