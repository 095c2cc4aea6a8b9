/** A direct question to a server, as data: what goes on the wire, and when to go on. The answer is read from the capture. */
export interface Question {
  /** Stable. The step that asks it has the same id, with `.request` appended where another step of its scenario has that id. */
  id: string;
  title: string;
  /** The section of the RFC that speaks of it; `null` where none does. */
  spec: string | null;
  /**
   * The requests, sent in one write on a connection of this question's own. `{name}` in them stands for a value of an earlier response
   * (`known.ts`); a question with a name that is not known is not asked. Without requests nothing is sent before `turns`.
   */
  send: readonly QuestionRequest[];
  /** What the probe waits for before it goes on. Default `responses`: one final response to each request. */
  await?: AwaitedAnswer;
  /**
   * What follows `send` on the same connection, one turn after the other. None is taken where the server has closed the connection, or has said that
   * it will; no such question is asked where earlier ones waited in vain for too long (`Asking.patience`).
   */
  turns?: readonly Turn[];
  /** Repeats the request on the same connection until it was sent this many times or the server closes. */
  times?: number;
  /** Time after the response in which the server may close the connection first. Milliseconds. */
  lingerMs?: number;
  /** Goes on with the connection that this earlier question holds, in place of a new one. Not asked where that holds none. */
  on?: string;
  /** Is asked on so many connections at one time, each with the same bytes. Default 1. */
  connections?: number;
  /** Asked only where that earlier question was answered, and not refused as wrong or too large (400, 413, 414, 431, 494 and above) where `plain` was not. */
  onlyAfter?: { question: string; plain: string };
  /** Closes the connections that these earlier questions hold, before anything is sent. */
  release?: readonly string[];
  /** Time before anything happens, in milliseconds; on a connection that is held no longer than until the server closes it. */
  afterMs?: number;
  /** Longest wait for each response; default 5,000 ms. */
  timeoutMs?: number;
  /** It is no failure where the server takes no new connection. */
  mayBeRefused?: boolean;
  /** Keeps the connection until the capture has ended; otherwise the probe closes it with a FIN after the response. */
  hold?: boolean;
  /** Stores the validators of the response for later questions. */
  learn?: boolean;
  /** Is asked again for each further sample of what it measures (`ProbeManner.samples`), one after the other. */
  perSample?: boolean;
  /** Is not asked where any question before it, in the same session, got an HTTP/1.x answer other than 400, with which ports of TLS answer too. */
  onlyUnanswered?: boolean;
  /** Reads at most this many bytes a second, so that the server has to wait. */
  readRate?: number;
  /** Reads nothing for this long after the first bytes, in milliseconds, so that the server has to wait with the rest. */
  readPauseMs?: number;
}

/**
 * What ends a turn. `responses`: final responses; `interim`: the first response of any kind, such as a 100 (Continue); `first-byte`: anything at all;
 * `nothing`: no wait.
 */
export type AwaitedAnswer = 'responses' | 'interim' | 'first-byte' | 'nothing';

/** One write of a question that has several, and what is waited for after it. */
export interface Turn {
  /** Sent in one write; may be empty, where the turn only waits. */
  send: readonly QuestionRequest[];
  /** Default `responses`. */
  await?: AwaitedAnswer;
  /** How many final responses `responses` waits for. Default: one for each request, of this turn and of those before it, that has none. */
  responses?: number;
  /** Time before the write, in milliseconds; an answer does not shorten it. Default 0. */
  pauseMs?: number;
  /** Longest wait for each response, in milliseconds. Default: 5 s. */
  timeoutMs?: number;
  /** Passed over where a final response to every request so far has begun: the body of a request that was refused, for example. */
  unlessAnswered?: boolean;
  /** Passed over where no final response has begun so far. */
  ifAnswered?: boolean;
}

/** One request of a question, or a part of one. */
export interface QuestionRequest {
  /** `null` for what belongs to the request before it: its body, or the rest of it. */
  method: string | null;
  /** The exact bytes, one character each, with `{names}`. */
  text: string;
}

/** The parts of a request; those left out have the default of `request`. */
export interface RequestParts {
  target?: string;
  version?: '1.0' | '1.1';
  /** Field lines after `Host`. */
  headers?: readonly string[];
  /** The `Host` line; `null` leaves it out. */
  host?: string | null;
  lineEnd?: '\r\n' | '\n';
  body?: string;
}

/** Writes a request: start line, `Host`, the fields in the order given, the empty line, the body. */
export function request(method: string, parts: RequestParts = {}): QuestionRequest {
  const { target = '{page}', version = '1.1', headers = [], host = 'Host: {host}', lineEnd = '\r\n', body = '' } = parts;
  const lines = [`${method} ${target} HTTP/${version}`, ...(host === null ? [] : [host]), ...headers];
  return { method, text: lines.map((line) => line + lineEnd).join('') + lineEnd + body };
}

/** More of the request before: its body, or a part of it. */
export const more = (text: string): QuestionRequest => ({ method: null, text });

const ID = /^[a-z0-9-]+(\.[a-z0-9-]+)?$/;

/** A question as it is written down: one of `turns` alone needs no `send`. */
export type QuestionInput = Omit<Question, 'send'> & Partial<Pick<Question, 'send'>>;

/** Checks at load time what the type can't express. @throws where the id is malformed, or several requests are to be repeated */
export function defineQuestion(input: QuestionInput): Question {
  const question: Question = { ...input, send: input.send ?? [] };
  if (!ID.test(question.id)) throw new Error(`question "${question.id}": an id is lower-case words, with at most one dot`);
  if (question.times !== undefined && question.send.length !== 1)
    throw new Error(`question "${question.id}": only one request can be repeated`);
  if (question.times !== undefined && question.turns) throw new Error(`question "${question.id}": what is repeated has no turns`);
  return question;
}
