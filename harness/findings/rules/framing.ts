/** Where messages end, and what their head looks like: what another parser may read otherwise. */
import { field, fieldValues, listElements } from '../../http/fields.ts';
import type { Message, MessageProblemKind, ResponseMessage } from '../../model.ts';
import { announcesClose } from '../../observe/keepalive.ts';
import { isEndless, isUnheard } from '../../observe/stalls.ts';
import { hasWholeHead } from '../../observe/step.ts';
import {
  type Answer,
  type Asked,
  answers,
  asked,
  askedFaulty,
  closedByServer,
  connectionOf,
  declaredLength,
  eachAnswer,
  faultyAnswers,
  faultyHeads,
  hasProblem,
  interimAnswers,
  isLast,
  isStopped,
  isWhole,
  problemDetail,
  seconds,
  seeksLimit,
  swallowsNext,
} from '../evidence.ts';
import { defineFinding, type Hit } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

/** A server that says nothing for so long inside a response sends no more of it. */
const SILENT_NS = 3e9;

/** The response ended before its framing says so, and all that was sent is in the capture. */
const isCut = ({ response, connection }: Answer): boolean =>
  hasProblem(response, 'truncated') && !hasProblem(response, 'gap-in-body', 'gap-in-head') && isWhole(connection);

/** Cut by the server's FIN. */
const isCutByServer = (on: LookedAt, answer: Answer): boolean => {
  const close = answer.connection.firstClose;
  return isCut(answer) && isLast(answer) && close?.by === 'server' && close.how === 'FIN' && !isStopped(on, close.frame);
};

const closeFrame = ({ connection }: Answer): number[] => (connection.firstClose ? [connection.firstClose.frame] : []);

const contentLengthLong = defineFinding({
  id: 'framing.content-length-long',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) =>
    eachAnswer(
      faultyAnswers(on),
      (answer) => {
        const length = declaredLength(answer.response);
        if (answer.response.framing !== 'content-length' || length === null || !isCutByServer(on, answer)) return null;
        return { target: answer.request?.target ?? '', length, sent: answer.response.bodyBytes };
      },
      closeFrame,
    ),
});

/** Where the next response begins in the place of the last chunk, or of the empty line after it. */
const responseInsteadFrame = ({ response }: Answer): number | null =>
  hasProblem(response, 'truncated')
    ? null
    : (response.problems.find(({ kind }) => kind === 'missing-last-chunk' || kind === 'missing-end-of-chunks')?.frame ?? null);

const noLastChunk = defineFinding({
  id: 'framing.no-last-chunk',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §7.1',
  look: (on) =>
    eachAnswer(
      faultyAnswers(on),
      (answer) => {
        const { framing, bodyBytes } = answer.response;
        const instead = responseInsteadFrame(answer) !== null ? 'response' : isCutByServer(on, answer) ? 'close' : null;
        const lacks = hasProblem(answer.response, 'missing-end-of-chunks') ? 'empty-line' : 'last-chunk';
        return framing === 'chunked' && instead !== null && { target: answer.request?.target ?? '', sent: bodyBytes, instead, lacks };
      },
      (answer) => [responseInsteadFrame(answer) ?? answer.connection.firstClose?.frame],
    ),
});

/** Whether it names a framing, which may be none that counts: that is another finding. */
const hasOwnFraming = (response: ResponseMessage): boolean =>
  fieldValues(response, 'content-length').length > 0 || field(response, 'transfer-encoding') !== null;

/** Only the close ends the response, and the client closed first. */
const isEndedByClient = ({ response, connection }: Answer): boolean =>
  response.framing === 'close' &&
  response.complete &&
  !hasOwnFraming(response) &&
  connection.firstClose?.by === 'client' &&
  isWhole(connection);

/** How long the server had been silent inside the response when the client left or the capture ended; `null` where it was not. */
function silentNs(on: LookedAt, answer: Answer): number | null {
  const { connection, response } = answer;
  const close = connection.firstClose;
  if (!isLast(answer) || close?.by === 'server' || !(isCut(answer) || isEndedByClient(answer))) return null;
  const { client, server } = connection.sides;
  // A client that reads nothing, or a path that loses packets, keeps the rest back.
  if (client.zeroWindows > 0 || server.retransmissions > 0 || isUnheard(connection)) return null;
  const silent = (close?.timeNs ?? on.capture.endNs) - Math.max(isCut(answer) ? response.endNs : 0, server.lastPayloadNs ?? 0);
  // A response that pauses may have paused before: what lasts as long as all of it so far is no pause.
  return silent >= Math.max(SILENT_NS, response.endNs - response.startNs) ? silent : null;
}

const neverEnds = defineFinding({
  id: 'framing.body-never-ends',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) =>
    eachAnswer(
      faultyAnswers(on),
      (answer) => {
        const silent = answer.response.framing === 'content-length' ? silentNs(on, answer) : null;
        const length = declaredLength(answer.response);
        if (silent === null || length === null) return null;
        return { target: answer.request?.target ?? '', length, sent: answer.response.bodyBytes, waited: seconds(silent) };
      },
      closeFrame,
    ),
});

const endMissing = defineFinding({
  id: 'framing.end-missing',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  look: (on) =>
    eachAnswer(
      answers(on).filter((answer) => answer.response.problems.length > 0 || isEndedByClient(answer)),
      (answer) => {
        const { framing } = answer.response;
        if ((framing !== 'chunked' && framing !== 'close') || isEndless(answer.response)) return null;
        const silent = silentNs(on, answer);
        return silent === null
          ? null
          : { target: answer.request?.target ?? '', sent: answer.response.bodyBytes, waited: seconds(silent), framing };
      },
      closeFrame,
    ),
});

const START_LINE = /^HTTP\/1\.\d \d{3}(?: |$)/;

/** The frame of bytes that follow the response and begin no message; `null` where none do. */
function excessFrame(answer: Answer): number | null {
  const { response, request, connection } = answer;
  // It took the beginning of the next one for its own end.
  if (swallowsNext(answer) || isAfterBroken(answer) || request === null || !hasWholeHead(request) || !isWhole(connection)) return null;
  // The server may have taken a part of it for another request, and answered that.
  if (request.problems.length > 0 || request.framing === 'chunked' || request.bodyBytes > 0) return null;
  const found = response.problems.filter(({ kind }) => kind === 'invalid-start-line');
  // The first is of its own status line where that is not right.
  return found[isPlainStatusLine(response.startLine) ? 0 : 1]?.frame ?? null;
}

/** Whether a response before it on the connection did not end as it should: what belongs to which is not known then. */
const isAfterBroken = ({ connection, exchange }: Answer): boolean =>
  connection.exchanges.some(({ index, response }) => index < exchange.index && response?.complete === false);

const isPlainStatusLine = (line: string): boolean => /^HTTP\/\d\.\d \d{3} [^\r]*$/.test(line);

const excess = (on: LookedAt, wanted: (answer: Asked) => boolean): Hit<{ target: string; status: number }>[] =>
  eachAnswer(
    askedFaulty(on),
    (answer) => wanted(answer) && excessFrame(answer) !== null && { target: answer.request.target, status: answer.response.status },
    (answer) => [excessFrame(answer)],
  );

const isHead = ({ request }: Asked): boolean => request.method === 'HEAD';

const contentLengthShort = defineFinding({
  id: 'framing.content-length-short',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  look: (on) => excess(on, ({ response: { framing } }) => framing === 'content-length' || framing === 'chunked'),
});

const body204 = defineFinding({
  id: 'framing.204-body',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.5',
  look: (on) => excess(on, (answer) => answer.response.status === 204 && !isHead(answer)),
});

const body205 = defineFinding({
  id: 'framing.205-body',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §15.3.6',
  look: (on) =>
    eachAnswer(asked(on), (answer) => {
      const { response, request } = answer;
      return response.status === 205 && !isHead(answer) && response.bodyBytes > 0 && { target: request.target, bytes: response.bodyBytes };
    }),
});

const body304 = defineFinding({
  id: 'framing.304-body',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §15.4.5',
  look: (on) => excess(on, (answer) => answer.response.status === 304 && !isHead(answer)),
});

const headBody = defineFinding({
  id: 'framing.head-body',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §9.3.2',
  look: (on) => excess(on, isHead),
});

/** Responses with this field that never have content: interim ones, 204, and those to CONNECT. */
const inEmpty = (on: LookedAt, name: string): Hit<{ status: number; value: string }>[] =>
  eachAnswer([...answers(on), ...interimAnswers(on)], ({ response, request }) => {
    const { status } = response;
    const value = field(response, name);
    const isEmpty = status < 200 || status === 204 || (request?.method === 'CONNECT' && status < 300);
    return isEmpty && value !== null && { status, value: value.slice(0, 60) };
  });

const length204 = defineFinding({
  id: 'framing.204-length',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) => inEmpty(on, 'Content-Length'),
});

const coding204 = defineFinding({
  id: 'framing.204-transfer-encoding',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  look: (on) => inEmpty(on, 'Transfer-Encoding'),
});

/** A server that closes a response at its end does so within milliseconds; some look at their timers once a second. */
const LATE_NS = 1e9;

const endLate = defineFinding({
  id: 'framing.end-by-timer',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §9.3',
  look: (on) =>
    eachAnswer(
      closedByServer(on),
      (answer) => {
        const { connection, request, response } = answer;
        const close = connection.firstClose;
        if (response.framing !== 'close' || !isLast(answer) || !isWhole(connection) || close === null || isStopped(on, close.frame))
          return null;
        if (hasOwnFraming(response) || announcesClose(response) || isEndless(response)) return null;
        const waited = close.timeNs - (connection.sides.server.lastPayloadNs ?? close.timeNs);
        return waited >= LATE_NS && { target: request.target, status: response.status, waited: seconds(waited) };
      },
      closeFrame,
    ),
});

/** A response that the decoder found this wrong with. */
const withProblem = (on: LookedAt, ...kinds: readonly MessageProblemKind[]): Hit<{ detail: string }>[] =>
  eachAnswer(faultyHeads(on), ({ response }) => {
    const detail = problemDetail(response, ...kinds);
    return detail !== null && { detail };
  });

const conflictingLengths = defineFinding({
  id: 'framing.conflicting-lengths',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  look: (on) => withProblem(on, 'conflicting-content-length'),
});

const repeatedLength = defineFinding({
  id: 'framing.repeated-length',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §5.3',
  look: (on) => withProblem(on, 'duplicate-content-length'),
});

const invalidLength = defineFinding({
  id: 'framing.invalid-length',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §8.6',
  look: (on) => withProblem(on, 'invalid-content-length'),
});

const lengthWithChunked = defineFinding({
  id: 'framing.length-with-transfer-encoding',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.2',
  look: (on) => withProblem(on, 'transfer-encoding-with-content-length'),
});

const chunkedToHttp10 = defineFinding({
  id: 'framing.chunked-to-http10',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  look: (on) =>
    eachAnswer(answers(on), ({ response, request }) => {
      if (request?.version !== '1.0' && response.version !== '1.0') return null;
      const coding = field(response, 'transfer-encoding');
      return coding !== null && { coding, version: response.version };
    }),
});

const repeatedChunked = defineFinding({
  id: 'framing.chunked-repeated',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      const codings = listElements(field(response, 'transfer-encoding'));
      return codings.filter((coding) => coding.toLowerCase() === 'chunked').length > 1 && { coding: codings.join(', ') };
    }),
});

const otherCoding = defineFinding({
  id: 'framing.transfer-coding-unknown',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  look: (on) => withProblem(on, 'transfer-encoding-not-chunked'),
});

const brokenChunk = defineFinding({
  id: 'framing.chunk-broken',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §7.1',
  look: (on) => withProblem(on, 'invalid-chunk-size', 'missing-chunk-crlf'),
});

/** A problem of a line. Where a chunk is broken, and the chunks can't be read on, the line is one by accident. */
const unlessChunkBroken = (on: LookedAt, kind: MessageProblemKind) =>
  eachAnswer(faultyHeads(on), ({ response }) => {
    const detail = problemDetail(response, kind);
    return detail !== null && !hasProblem(response, 'invalid-chunk-size', 'missing-chunk-crlf') && { detail };
  });

const oddChunkLine = defineFinding({
  id: 'framing.chunk-line-odd',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §7.1',
  look: (on) => unlessChunkBroken(on, 'invalid-chunk-line'),
});

const junkBefore = defineFinding({
  id: 'framing.junk-before-status-line',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §2.1',
  look: (on) => withProblem(on, 'junk-before-start-line'),
});

const bareLf = defineFinding({
  id: 'framing.bare-lf',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §2.2',
  look: (on) => unlessChunkBroken(on, 'bare-lf'),
});

const folding = defineFinding({
  id: 'framing.folded-line',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §5.2',
  look: (on) => withProblem(on, 'obs-fold'),
});

const spaceBeforeColon = defineFinding({
  id: 'framing.space-before-colon',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §5.1',
  look: (on) => withProblem(on, 'whitespace-before-colon'),
});

const brokenField = defineFinding({
  id: 'framing.field-line-broken',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9110 §5.1',
  look: (on) =>
    eachAnswer(faultyHeads(on), ({ response }) => {
      const detail = problemDetail(response, 'invalid-header-name', 'invalid-header-value');
      // A space before the colon is a finding of its own.
      return detail !== null && !hasProblem(response, 'whitespace-before-colon') && { detail };
    }),
});

const statusLine = defineFinding({
  id: 'framing.status-line',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §4',
  look: (on) =>
    eachAnswer(answers(on), ({ response }) => {
      if (START_LINE.test(response.startLine) && !response.startLine.includes('\r') && response.status >= 100 && response.status <= 599)
        return null;
      return { line: response.startLine.slice(0, 60) };
    }),
});

/** Fields that frame, route, authenticate or describe a message (RFC 9110 §6.5.1): what has been read by then can't be read otherwise. */
const NO_TRAILER = [
  ...['Content-Length', 'Transfer-Encoding', 'Trailer', 'Host', 'Connection', 'Content-Encoding', 'Content-Type', 'Content-Range'],
  ...['Cache-Control', 'Vary', 'Age', 'Expires', 'Location', 'Set-Cookie', 'WWW-Authenticate', 'Retry-After'],
];

const forbiddenTrailer = defineFinding({
  id: 'framing.trailer-forbidden',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9110 §6.5.1',
  look: (on) =>
    eachAnswer(
      answers(on).filter(({ response }) => response.trailers.length > 0),
      ({ request, response }) => {
        const name = NO_TRAILER.find((one) => field({ headers: response.trailers }, one) !== null);
        return name !== undefined && { target: request?.target ?? '', name };
      },
      ({ response }) => [response.frames[1]],
    ),
});

/** nginx by default takes a head of one page of memory from a server behind it: 4 or 8 KB. */
const LARGE_HEAD = 8_192;

const largeHead = defineFinding({
  id: 'framing.head-large',
  severity: 'risk',
  level: null,
  spec: null,
  look: (on) =>
    eachAnswer(
      answers(on),
      // A long target that comes back in Location is the client's doing.
      ({ exchange, request, response: { headBytes } }) =>
        headBytes > LARGE_HEAD && !seeksLimit(exchange) && { target: request?.target ?? '', bytes: headBytes },
    ),
});

const hasBodyOrProblem = ({ framing, problems }: Message): boolean => framing !== 'none' || problems.length > 0;

const noSpace = defineFinding({
  id: 'framing.status-line-space',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9112 §4',
  look: (on) => eachAnswer(answers(on), ({ response: { startLine } }) => /^HTTP\/\d\.\d \d{3}$/.test(startLine) && { line: startLine }),
});

const noStatusLine = defineFinding({
  id: 'framing.no-status-line',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §4',
  look: (on) =>
    on.exchanges.flatMap((exchange) => {
      const { request, response, stream } = exchange;
      if (request === null || response !== null) return [];
      const connection = connectionOf(on, exchange);
      if (connection === null || !isWhole(connection)) return [];
      const junk = request.problems.find(({ kind }) => kind === 'invalid-start-line');
      // A request line that is wrong itself may get any answer.
      if (
        !junk ||
        !/^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) \S+ HTTP\/1\.[01]$/.test(request.startLine) ||
        connection.sides.server.payloadBytes === 0
      )
        return [];
      // They may answer the rest of a request before it.
      if (connection.exchanges.some((other) => other.index < exchange.index && other.request !== null && hasBodyOrProblem(other.request)))
        return [];
      return [{ args: { method: request.method, target: request.target }, stream, frames: [request.headFrames[0], junk.frame] }];
    }),
});

export const framing = [
  contentLengthLong,
  contentLengthShort,
  neverEnds,
  noLastChunk,
  endMissing,
  endLate,
  body204,
  body205,
  body304,
  headBody,
  length204,
  coding204,
  conflictingLengths,
  repeatedLength,
  invalidLength,
  lengthWithChunked,
  chunkedToHttp10,
  repeatedChunked,
  otherCoding,
  brokenChunk,
  oddChunkLine,
  junkBefore,
  bareLf,
  folding,
  spaceBeforeColon,
  brokenField,
  statusLine,
  noStatusLine,
  forbiddenTrailer,
  largeHead,
  noSpace,
];
