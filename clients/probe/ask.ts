import { setTimeout as delay } from 'node:timers/promises';
import type { ProbeManner } from '../client.ts';
import type { OwnFailures } from '../own-failure.ts';
import { fill, type Known, learn } from './known.ts';
import type { Question, QuestionRequest, Turn } from './question.ts';
import { announcesClose, type ResponseHead } from './response-reader.ts';
import { openConnection, type WireConnection, type WireRequest } from './wire-connection.ts';

/** Longest wait for a response or its first byte; a server that takes longer counts as not answering. */
const ANSWER_TIMEOUT_MS = 5_000;
/** Longest wait for a close that the server has announced. */
const ANNOUNCED_CLOSE_MS = 1_000;
/** The same where it is asked whether the server keeps its word: a virtual machine that just started may take seconds. */
const PROMISED_CLOSE_MS = 5_000;
/** Longest time for a question that is repeated; the response that comes after it is the last. */
const REPEAT_LIMIT_MS = 20_000;
/** Where so many more would not end in that time, none of them is asked: a slow server's number is the same in every run. */
const REPEAT_STRETCH = 250;
/** Longest time that the questions of one session wait in vain, all together: a server that hangs is not asked all of them. */
const PATIENCE_MS = 6_000;
/** What a plain question waits nevertheless. */
const IMPATIENT_MS = 1_000;
/** How much longer an answer may go on where one of this server had no end within the usual time: after its head, and in bytes. */
const ENDLESS_BODY_MS = 300;
/** A wait that was shorter says nothing of an end. */
const LONG_WAIT_MS = 3_000;
const ENDLESS_BODY_BYTES = 2 ** 20;

/** What is left of the time that questions may wait in vain, in milliseconds. */
export interface Patience {
  leftMs: number;
  /** Whether any question got an HTTP/1.x answer. */
  isAnswered: boolean;
  /** Whether an answer began and had no end within the usual time. */
  isEndless: boolean;
}

/** The patience of one session. */
export const newPatience = ({ endless = false }: ProbeManner = {}): Patience => ({
  leftMs: PATIENCE_MS,
  isAnswered: false,
  isEndless: endless,
});

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
  manner?: ProbeManner;
  /** The connection that the question goes on with. Default: a new one. */
  held?: WireConnection;
  /** Is given the status of the last answer to each question; 0 where none came. */
  statuses?: Map<string, number>;
}

const HOST = /^host:\s*/i;

/** The host that the user's own field lines name; `null` where they name none. */
export const hostIn = ({ headers = [] }: ProbeManner): string | null => headers.find((line) => HOST.test(line))?.replace(HOST, '') ?? null;

interface FilledTurn extends Omit<Turn, 'send'> {
  send: readonly WireRequest[];
}

/** Ports of TLS answer so to plain HTTP: nginx, Apache and Go do. */
const REFUSED = 400;

/**
 * Asks one question on a connection of its own, or on one that is held, and waits for the response.
 * @returns the connection where the question holds it; `null` where it doesn't, needs a value that is not known, or need not be asked any more
 * @throws Error where no connection can be established
 */
export async function ask(question: Question, asking: Asking): Promise<WireConnection | null> {
  const { known, patience = newPatience(), manner = {}, held, statuses, ...target } = asking;
  if (question.onlyUnanswered ? patience.isAnswered : question.turns && patience.leftMs <= 0) return null;
  const requests = filled(question.send, known, manner);
  const turns = (question.turns ?? []).map((turn) => ({ turn, send: filled(turn.send, known, manner) }));
  if (requests === null || turns.some(({ send }) => send === null)) return null;
  statuses?.set(question.id, 0);
  const { afterMs, readRate, readPauseMs } = question;
  if (afterMs !== undefined) await (held ? held.closedByServer(afterMs) : delay(afterMs, undefined, { signal: target.signal }));
  if (held?.ended) return null;
  const reading = {
    ...(readRate ? { readRate } : {}),
    ...(readPauseMs ? { readPauseMs } : {}),
    ...(patience.isEndless ? { endlessBytes: ENDLESS_BODY_BYTES } : {}),
  };
  const connection = held ?? (await openConnection({ ...target, ...reading }));
  const waits = { patience, timeoutMs: question.timeoutMs ?? manner.answerTimeoutMs ?? ANSWER_TIMEOUT_MS };
  let isRefused = false;
  let { lingerMs = 0 } = question;
  if (question.turns) {
    const first: FilledTurn[] = requests.length > 0 ? [{ send: requests, await: question.await ?? 'responses' }] : [];
    await takeTurns([...first, ...turns.map(({ turn, send }) => ({ ...turn, send: send ?? [] }))], connection, waits);
  } else {
    if (requests.length > 0) connection.send(requests);
    const last = await answerTo(question, requests, { connection, known, waits });
    statuses?.set(question.id, last?.status ?? 0);
    isRefused = last?.status === REFUSED;
    if (lingerMs > 0 && last && announcesClose(last)) lingerMs = Math.max(lingerMs, PROMISED_CLOSE_MS);
  }
  patience.isAnswered ||= connection.answered > 0 && !isRefused;
  if (lingerMs > 0) await connection.closedByServer(lingerMs);
  if (question.hold) return connection;
  await connection.close();
  return null;
}

/** The requests with their values; `null` where one of these is not known. */
function filled(requests: readonly QuestionRequest[], known: Known, { headers = [] }: ProbeManner): WireRequest[] | null {
  const written: WireRequest[] = [];
  for (const { method, text } of requests) {
    const bytes = fill(text, known);
    if (bytes === null) return null;
    written.push({ method, bytes: method === null ? bytes : withLines(bytes, headers) });
  }
  return written;
}

/** The request with these field lines after its request line. One without a whole request line stays as it is. */
function withLines(bytes: string, lines: readonly string[]): string {
  const [start] = /^(?:\r?\n)*[^\r\n]+\r?\n/.exec(bytes) ?? [];
  if (start === undefined) return bytes;
  const lineEnd = start.endsWith('\r\n') ? '\r\n' : '\n';
  const more = lines.filter((line) => !HOST.test(line)).map((line) => line + lineEnd);
  return start + more.join('') + bytes.slice(start.length);
}

/** How long a session waits: for one answer, and for all that do not come. */
interface Waits {
  patience: Patience;
  timeoutMs: number;
}

/** The next response, read to its end: without end only for a while where another one had none. */
async function nextResponse(connection: WireConnection, timeoutMs: number, patience: Patience): Promise<ResponseHead | null> {
  const head = await connection.response(timeoutMs, patience.isEndless ? ENDLESS_BODY_MS : undefined);
  if (connection.isUnfinished && (timeoutMs >= LONG_WAIT_MS || connection.ended)) patience.isEndless = true;
  return head;
}

/** Waits for an answer, less and less long where none comes. */
async function patiently<T>({ patience, timeoutMs }: Waits, wait: (ms: number) => Promise<T>): Promise<T> {
  const began = performance.now();
  const came = await wait(patience.leftMs > 0 ? timeoutMs : Math.min(timeoutMs, IMPATIENT_MS));
  if (!came) patience.leftMs -= performance.now() - began;
  return came;
}

async function takeTurns(turns: readonly FilledTurn[], connection: WireConnection, { patience, timeoutMs: usualMs }: Waits): Promise<void> {
  let requested = 0;
  let taken = 0;
  for (const { send, await: awaited = 'responses', responses, pauseMs, timeoutMs = usualMs, unlessAnswered, ifAnswered } of turns) {
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
      const head = await nextResponse(connection, timeoutMs, patience);
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

interface Session {
  connection: WireConnection;
  known: Known;
  waits: Waits;
}

/** @returns the last response; `null` where the last one that was waited for did not come */
async function answerTo(question: Question, requests: WireRequest[], { connection, known, waits }: Session): Promise<ResponseHead | null> {
  if (question.await === 'nothing' || requests.length === 0) return null;
  if (question.await === 'first-byte') {
    await patiently(waits, (ms) => connection.firstByte(ms));
    return null;
  }
  if (question.times !== undefined) return repeat(requests, question.times, connection, waits);
  let head: ResponseHead | null = null;
  for (let answered = 0; answered < requests.length; answered++) {
    head = await patiently(waits, (ms) => nextResponse(connection, ms, waits.patience));
    if (!head) return null;
    if (question.learn) learn(known, head);
  }
  return head;
}

/** The first request has been sent already. */
async function repeat(requests: WireRequest[], times: number, connection: WireConnection, waits: Waits): Promise<ResponseHead | null> {
  const began = performance.now();
  const isOver = (sent: number): boolean => {
    const tookMs = performance.now() - began;
    const stretchMs = (tookMs / sent) * REPEAT_STRETCH;
    return tookMs > REPEAT_LIMIT_MS || (sent % REPEAT_STRETCH === 0 && tookMs + stretchMs > REPEAT_LIMIT_MS);
  };
  for (let sent = 1; ; sent++) {
    const head = await patiently(waits, (ms) => nextResponse(connection, ms, waits.patience));
    if (!head) return null;
    if (announcesClose(head)) {
      await connection.closedByServer(ANNOUNCED_CLOSE_MS);
      return head;
    }
    if (sent >= times || isOver(sent)) return head;
    connection.send(requests);
  }
}
