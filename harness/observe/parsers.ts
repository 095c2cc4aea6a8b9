/**
 * How the server reads requests that parsers read differently. Behind each stands a second request in the same write, and in some of their bodies another one: how
 * many responses come shows where the server found the end of the first.
 */
import type { Connection, Evidence, Observation } from '../model.ts';
import { answerIn } from './asked.ts';
import { finalsOf, isEnded, isRefusal, storyFrames, storyOf } from './finals.ts';
import { announcesClose } from './keepalive.ts';
import { defineObservation } from './observation.ts';
import { isWhole, value } from './step.ts';

/** How a request was read, beside the readings that are a question's own. */
export type CommonReading =
  /** Its form was refused, and the connection ended. */
  | 'refused'
  /** Its form was refused, and the connection goes on. */
  | 'refused, reads on'
  /** Answered, and the connection ended: no second request shows how it was read. */
  | 'closes'
  | 'closes without an answer'
  | 'no answer'
  /** Answered, and nothing more: what followed was taken for a part of it, or is not answered. */
  | 'second not answered'
  /** What followed was refused: a part of the first was taken for the beginning of a request. */
  | 'rest refused'
  /** Two responses, of which the second does not end the connection as the answer to the second request does elsewhere. */
  | 'unclear';

/** What the number of responses says, by that number: `[of two, of three]`. */
type ByCount = readonly [two: string, three: string];

interface Question {
  /** Without the group. */
  id: string;
  title: string;
  request: string;
  spec: string;
  readings: ByCount | null;
}

/** For requests of which only the first response says whether they are accepted: where they end is not in doubt. */
const ACCEPTED = null;

const BY_LENGTH = 'Content-Length';
const BY_CODING = 'Transfer-Encoding';
const FIELDS: ByCount = [BY_LENGTH, BY_CODING];
const AS_LENGTH: ByCount = ['accepted', 'body not read'];

const QUESTIONS: readonly Question[] = [
  q('length', 'body by Content-Length', 'a POST with a plain `Content-Length`', 'RFC 9112 §6.3', ['read', 'body not read']),
  q('chunked', 'body in chunks', 'a POST with plain chunks', 'RFC 9112 §7.1', ['read', 'body not read']),
  q('length-beyond-chunks', 'Content-Length beyond chunks', '`Content-Length` and chunks that end before it', 'RFC 9112 §6.3', FIELDS),
  q('length-within-chunks', 'Content-Length within chunks', '`Content-Length` and chunks that end after it', 'RFC 9112 §6.3', [
    BY_CODING,
    BY_LENGTH,
  ]),
  q('lengths-equal', 'Content-Length twice', 'the same `Content-Length` in two lines', 'RFC 9112 §6.3', AS_LENGTH),
  q('lengths-differ', 'two Content-Lengths', 'two `Content-Length` lines, the last of them 0', 'RFC 9112 §6.3', ['the first', 'the last']),
  q('length-list', 'Content-Length list', 'the same length twice in one `Content-Length`', 'RFC 9110 §8.6', AS_LENGTH),
  q('length-plus', 'Content-Length: +N', 'a `Content-Length` with a plus sign', 'RFC 9110 §8.6', AS_LENGTH),
  q('length-minus', 'Content-Length: -N', 'a `Content-Length` with a minus sign', 'RFC 9110 §8.6', AS_LENGTH),
  q('length-hex', 'Content-Length: 0xN', 'a `Content-Length` in hexadecimal', 'RFC 9110 §8.6', AS_LENGTH),
  q('coding-unknown', 'Transfer-Encoding: xchunked', '`Transfer-Encoding: xchunked` and `Content-Length`', 'RFC 9112 §6.1', FIELDS),
  q('coding-not-last', 'chunked, identity', '`Transfer-Encoding: chunked, identity` and `Content-Length`', 'RFC 9112 §6.3', FIELDS),
  q('coding-unknown-alone', 'xchunked, no length', '`Transfer-Encoding: xchunked` alone', 'RFC 9112 §6.1', [BY_CODING, 'body not read']),
  q('coding-tab', 'tab before chunked', '`Transfer-Encoding` with a tab before `chunked`, and `Content-Length`', 'RFC 9112 §5.1', FIELDS),
  q(
    'coding-space',
    'Transfer-Encoding with a space',
    '`Transfer-Encoding :` with a space before the colon, and `Content-Length`',
    'RFC 9112 §5.1',
    FIELDS,
  ),
  q('coding-http10', 'Transfer-Encoding in HTTP/1.0', 'HTTP/1.0 with `Transfer-Encoding` and `Content-Length`', 'RFC 9112 §6.1', FIELDS),
  q('chunk-overflow', 'chunk size beyond 64 bits', 'a chunk size of 17 digits, of which the last 16 mean 2', 'RFC 9112 §7.1', [
    'read as 2',
    'body not read',
  ]),
  q('chunk-lf', 'LF ends a chunk line', 'a chunk extension that ends with LF alone', 'RFC 9112 §7.1.1', AS_LENGTH),
  q('chunk-lf-skipped', 'LF in a chunk line', 'a chunk extension with LF in it', 'RFC 9112 §7.1.1', AS_LENGTH),
  q('bare-cr', 'bare CR', '`Content-Length`, and `Transfer-Encoding` behind a CR in the line of another field', 'RFC 9112 §2.2', [
    'part of the value',
    'end of the line',
  ]),
  q('folded', 'folded line', '`Content-Length`, and `Transfer-Encoding` in the continuation of another field', 'RFC 9112 §5.2', [
    'part of the value',
    'field of its own',
  ]),
  q('bare-lf', 'bare LF', 'a request whose lines end in LF alone', 'RFC 9112 §2.2', ACCEPTED),
  q('space-colon', 'space before a colon', 'a field with a space before its colon', 'RFC 9112 §5.1', ACCEPTED),
  q('nul', 'NUL in a value', 'a field value with NUL in it', 'RFC 9110 §5.5', ACCEPTED),
  q('empty-line', 'empty line first', 'a request behind an empty line', 'RFC 9112 §2.2', ACCEPTED),
  q('absolute-form', 'absolute form and Host', 'a target in absolute form with another `Host`', 'RFC 9112 §3.2.2', ACCEPTED),
  q('two-hosts', 'two Hosts', 'two different `Host` lines', 'RFC 9112 §3.2', ACCEPTED),
  q('no-host', 'no Host', 'HTTP/1.1 without `Host`', 'RFC 9112 §3.2', ACCEPTED),
];

function q(id: string, title: string, request: string, spec: string, readings: ByCount | null): Question {
  return { id: `parsers.${id}`, title, request, spec, readings };
}

/** How a request was read. */
export interface Reading {
  how: string;
  connection: Connection;
  method: string;
  /** Of the first response; `null` where none came. */
  status: number | null;
  frames: number[];
}

/** The connection of a body that nothing is wrong with, sent in the same way; `null` where there is none, and for that question itself. */
const plainOf = (evidence: Evidence, id: string): Connection | null =>
  id === QUESTIONS[0]!.id ? null : (answerIn(evidence, QUESTIONS[0]!.id)?.connection ?? null);

function read(evidence: Evidence, { id, readings }: Question): Reading | null {
  const answer = answerIn(evidence, id);
  if (!answer || !isWhole(answer.connection)) return null;
  const { connection, exchange } = answer;
  const how = howRead(connection, readings, plainOf(evidence, id));
  return {
    how,
    connection,
    method: exchange.request.method,
    status: finalsOf(connection)[0]?.status ?? null,
    frames: storyFrames(connection),
  };
}

function howRead(connection: Connection, readings: ByCount | null, plain: Connection | null): string {
  const finals = finalsOf(connection);
  const [first] = finals;
  if (!first) return closesFirst(connection) ? 'closes without an answer' : 'no answer';
  // A server that answers a plain body with 501 or 400 refuses the method or the content, not the form.
  const plainStatus = plain && finalsOf(plain)[0]?.status;
  const isRefused = isRefusal(first) && first.status !== plainStatus;
  if (readings === null) return isRefused ? 'refused' : 'accepted';
  if (finals.length === 1) {
    if (!isEnded(connection)) return 'second not answered';
    return isRefused ? 'refused' : 'closes';
  }
  if (isRefused) return 'refused, reads on';
  const [two, three] = readings;
  if (finals.length >= 3) return three;
  if (isRefusal(finals[1]!) && finals[1]!.status !== plainStatus) return 'rest refused';
  if (plain === null || endsAs(connection, plain)) return two;
  return 'unclear';
}

const closesFirst = ({ firstClose }: Connection): boolean => firstClose?.by === 'server';

/** Whether the last response can be that of the second request, which asked for the close: it says so, and the server acts so, as it does elsewhere. */
function endsAs(connection: Connection, plain: Connection): boolean {
  const [last, usual] = [finalsOf(connection).at(-1), finalsOf(plain).at(-1)];
  if (!last || !usual || finalsOf(plain).length < 2) return true;
  return announcesClose(last) === announcesClose(usual) && closesFirst(connection) === closesFirst(plain);
}

const byId = new Map(QUESTIONS.map((question) => [question.id, question]));

/** How the request of this question was read; `null` where it was not asked, or packets are missing. */
export function readingOf(evidence: Evidence, id: string): Reading | null {
  const question = byId.get(id);
  // Captures of other origin have none of these steps.
  return question && evidence.steps.some((step) => step.id === id) ? read(evidence, question) : null;
}

const COMMON =
  '"refused" (an error status for its form, and the connection ends), "refused, reads on" (and another response follows), "closes" (answered, and the connection ends), "closes without an answer", "no answer", "second not answered", "rest refused" (a part of it was taken for another request), or "unclear" (the last response is not that of the other request)';

const definitionOf = ({ request, readings }: Question): string =>
  readings === null
    ? `Whether the server accepts ${request}: "accepted", or "refused" (400 or another error status for its form), "closes without an answer", "no answer". Frames: the request, the heads of all responses on the connection, and the server's close; the note has their statuses.`
    : `How the server reads ${request}, with another request behind it: "${readings.join('" or "')}", by the number of responses; else ${COMMON}. Frames: the request, the heads of all responses on the connection, and the server's close; the note has their statuses.`;

export const parsers: readonly Observation[] = QUESTIONS.map((question) =>
  defineObservation({
    id: question.id,
    title: question.title,
    unit: null,
    definition: definitionOf(question),
    spec: question.spec,
    scenario: 'parsers',
    observe(evidence) {
      const reading = read(evidence, question);
      return reading && value(reading.how, reading.frames, { note: storyOf(reading.connection) });
    },
  }),
);
