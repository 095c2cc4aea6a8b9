/** A direct question to a server, as data: what goes on the wire, and when to go on. The answer is read from the capture. */
export interface Question {
  /** Stable; the scenario's step that asks it bears the same id. */
  id: string;
  title: string;
  /** The section of the RFC that speaks of it; `null` where none does. */
  spec: string | null;
  /**
   * Requests that are written at once, on a connection of this question's own. `{name}` in them stands for what earlier answers told
   * (`known.ts`); a question with a name that no answer has told is not asked. Without requests nothing is ever sent.
   */
  send: readonly QuestionRequest[];
  /** What is waited for before the next question. Default `responses`: one final response to each request. */
  await?: 'responses' | 'first-byte' | 'nothing';
  /** Asks again on the same connection until the server closes it, or this often. */
  times?: number;
  /** After the answer, waits this long for the server to close the connection. Milliseconds. */
  lingerMs?: number;
  /** Keeps the connection until the capture has ended; otherwise the probe ends it with a FIN after the answer. */
  hold?: boolean;
  /** Keeps validators and length of the answer for the questions after it. */
  learn?: boolean;
  /** Reads no faster than this, so that the server has to wait. Bytes a second. */
  readRate?: number;
}

export interface QuestionRequest {
  method: string;
  /** The exact bytes, one character each, with `{names}`. */
  text: string;
}

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

/** Writes a request out: start line, `Host`, the fields in the order given, the empty line, the body. */
export function request(method: string, parts: RequestParts = {}): QuestionRequest {
  const { target = '{page}', version = '1.1', headers = [], host = 'Host: {host}', lineEnd = '\r\n', body = '' } = parts;
  const lines = [`${method} ${target} HTTP/${version}`, ...(host === null ? [] : [host]), ...headers];
  return { method, text: lines.map((line) => line + lineEnd).join('') + lineEnd + body };
}

const ID = /^[a-z0-9-]+(\.[a-z0-9-]+)?$/;

/** Checks at load time what the type can't say. */
export function defineQuestion(question: Question): Question {
  if (!ID.test(question.id)) throw new Error(`question "${question.id}": an id is lower-case words, with at most one dot`);
  if (question.times !== undefined && question.send.length !== 1)
    throw new Error(`question "${question.id}": only one request can be repeated`);
  return question;
}
