/** Requests that one parser reads otherwise than the next: what request smuggling needs. */
import type { MessageProblemKind } from '../../model.ts';
import { finalsOf } from '../../observe/finals.ts';
import { announcesClose } from '../../observe/keepalive.ts';
import { type Reading, readingOf } from '../../observe/parsers.ts';
import { oncePerEvidence } from '../../observe/step.ts';
import { AT_ONCE_MS } from '../../observe/timers.ts';
import { type Asked, askedWrongly, eachAnswer, hasProblem } from '../evidence.ts';
import { defineFinding, type Hit, type Level, type Severity } from '../finding.ts';
import type { LookedAt } from '../looked-at.ts';

type Args = { method: string; status: number };

/** The server closed right after the response, or said that it would: whatever followed was not read as a request. */
function isClosedAfter({ connection, response }: Asked): boolean {
  const close = connection.firstClose;
  return announcesClose(response) || (close?.by === 'server' && close.timeNs - response.endNs < AT_ONCE_MS * 1e6);
}

/** Of the target, or of the method: the request itself was taken for a right one. */
const OF_TARGET: readonly number[] = [404, 405];

/** A request that a server must refuse, or that the next parser may read otherwise, and that was taken. */
const acceptedWith = (on: LookedAt, kinds: readonly MessageProblemKind[], counts: (answer: Asked) => boolean = () => true): Hit<Args>[] =>
  eachAnswer(askedWrongly(on), (answer) => {
    const { request, response } = answer;
    const isOther = OF_TARGET.includes(response.status) && !announcesClose(response);
    const isAccepted = (response.status >= 200 && response.status < 400) || isOther;
    return isAccepted && hasProblem(request, ...kinds) && counts(answer) && { method: request.method, status: response.status };
  });

/** Those that leave it open where the next request begins. */
const keptWith = (on: LookedAt, ...kinds: readonly MessageProblemKind[]): Hit<Args>[] =>
  acceptedWith(on, kinds, (answer) => !isClosedAfter(answer));

/** The direct questions (`observe/parsers.ts`) by the readings that matter. */
type Readings = Readonly<Record<string, readonly string[]>>;

/** Where bodies that nothing is wrong with are not read, the number of responses says nothing about those that something is wrong with. */
function isTold(on: LookedAt): boolean {
  const plain = readingOf(on, 'parsers.length');
  return plain === null || plain.how === 'read';
}

const hitOf = ({ connection, method, status, frames }: Reading): Hit<Args> => ({
  args: { method, status: status ?? 0 },
  stream: connection.stream,
  frames,
});

/** Questions with one of these readings. */
function read(on: LookedAt, readings: Readings): Hit<Args>[] {
  if (!isTold(on)) return [];
  return Object.entries(readings).flatMap(([id, wanted]) => {
    const reading = readingOf(on, `parsers.${id}`);
    return reading && wanted.includes(reading.how) ? [hitOf(reading)] : [];
  });
}

/** Connections of questions about where a body ends: how their request was read is known, and not guessed from its response. */
const streamsOf = oncePerEvidence((on): ReadonlySet<number> => {
  return new Set(OF_FRAMING.flatMap((id) => readingOf(on, `parsers.${id}`)?.connection.stream ?? []));
});

interface ParserRule<Id extends string> {
  id: Id;
  severity: Severity;
  level: Level | null;
  spec: string;
  readings?: Readings;
  /** Those of other connections. */
  elsewhere?(on: LookedAt): Hit<Args>[];
}

const parserRule = <const Id extends string>({ readings = {}, elsewhere = () => [], ...rule }: ParserRule<Id>) =>
  defineFinding({
    ...rule,
    look: (on): Hit<Args>[] => {
      const questions = streamsOf(on);
      return [...read(on, readings), ...elsewhere(on).filter(({ stream }) => stream === null || !questions.has(stream))];
    },
  });

const EITHER = ['Content-Length', 'Transfer-Encoding'] as const;
const AS_LENGTH = ['accepted', 'body not read'] as const;

const lengthCounts = parserRule({
  id: 'smuggling.length-over-transfer-encoding',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  readings: {
    'length-beyond-chunks': ['Content-Length'],
    // The rest of the chunk follows it, which begins no request: the connection ends there.
    'length-within-chunks': ['Content-Length', 'unclear'],
    'coding-tab': ['Content-Length'],
  },
});

const bothLengths = parserRule({
  id: 'smuggling.length-with-transfer-encoding',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  readings: {
    'length-beyond-chunks': ['Transfer-Encoding'],
    'length-within-chunks': ['Transfer-Encoding'],
    'coding-tab': ['Transfer-Encoding'],
  },
  elsewhere: (on) => keptWith(on, 'transfer-encoding-with-content-length'),
});

const differentLengths = parserRule({
  id: 'smuggling.conflicting-lengths',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  readings: {
    'lengths-differ': ['the first', 'the last'],
    'length-plus': AS_LENGTH,
    'length-minus': AS_LENGTH,
    'length-hex': AS_LENGTH,
  },
  elsewhere: (on) => keptWith(on, 'conflicting-content-length', 'invalid-content-length'),
});

const repeatedLength = parserRule({
  id: 'smuggling.repeated-length',
  severity: 'note',
  level: 'MAY',
  spec: 'RFC 9112 §6.3',
  readings: { 'lengths-equal': ['accepted'], 'length-list': ['accepted'] },
  elsewhere: (on) => keptWith(on, 'duplicate-content-length'),
});

const oddCoding = parserRule({
  id: 'smuggling.transfer-encoding-unknown',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  readings: { 'coding-unknown': EITHER, 'coding-not-last': EITHER, 'coding-unknown-alone': ['Transfer-Encoding', 'body not read'] },
  elsewhere: (on) => keptWith(on, 'transfer-encoding-not-chunked'),
});

const codingIn10 = parserRule({
  id: 'smuggling.http10-transfer-encoding',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.1',
  readings: { 'coding-http10': EITHER },
  elsewhere: (on) => keptWith(on, 'transfer-encoding-in-http10'),
});

const sizeOverflow = parserRule({
  id: 'smuggling.chunk-size-overflow',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §7.1',
  readings: { 'chunk-overflow': ['read as 2'] },
});

const chunkLine = parserRule({
  id: 'smuggling.chunk-line-lf',
  severity: 'risk',
  level: null,
  spec: 'RFC 9112 §7.1.1',
  readings: { 'chunk-lf': ['accepted'], 'chunk-lf-skipped': ['accepted'] },
});

const crEndsLine = parserRule({
  id: 'smuggling.cr-ends-line',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §2.2',
  readings: { 'bare-cr': ['end of the line'] },
});

const crInValue = parserRule({
  id: 'smuggling.bare-cr',
  severity: 'note',
  level: 'MUST',
  spec: 'RFC 9112 §2.2',
  readings: { 'bare-cr': ['part of the value'] },
});

const foldedField = parserRule({
  id: 'smuggling.folded-line-read-alone',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §5.2',
  readings: { folded: ['field of its own'] },
});

const folded = parserRule({
  id: 'smuggling.folded-line',
  severity: 'note',
  level: 'MAY',
  spec: 'RFC 9112 §5.2',
  readings: { folded: ['part of the value'] },
  elsewhere: (on) => acceptedWith(on, ['obs-fold']),
});

const colonAccepted = parserRule({
  id: 'smuggling.space-before-colon',
  severity: 'fault',
  level: 'MUST',
  spec: 'RFC 9112 §5.1',
  readings: { 'coding-space': EITHER },
  elsewhere: (on) => acceptedWith(on, ['whitespace-before-colon']),
});

/** HTTP/1.0 needs no Host. */
const speaks11 = ({ response }: Asked): boolean => response.version === '1.1';

const hostsAccepted = parserRule({
  id: 'smuggling.two-hosts',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §3.2',
  elsewhere: (on) => acceptedWith(on, ['duplicate-host'], speaks11),
});

const noHostAccepted = parserRule({
  id: 'smuggling.no-host',
  severity: 'advice',
  level: 'MUST',
  spec: 'RFC 9112 §3.2',
  elsewhere: (on) => acceptedWith(on, ['missing-host'], speaks11),
});

const lfAccepted = parserRule({
  id: 'smuggling.bare-lf',
  severity: 'note',
  level: 'MAY',
  spec: 'RFC 9112 §2.2',
  elsewhere: (on) => acceptedWith(on, ['bare-lf']),
});

const nulAccepted = defineFinding({
  id: 'smuggling.nul',
  severity: 'note',
  level: 'MUST',
  spec: 'RFC 9110 §5.5',
  // Another error says nothing of it.
  look: (on) => read(on, { nul: ['accepted'] }).filter(({ args: { status } }) => status < 400 || OF_TARGET.includes(status)),
});

/** Questions about where a body ends: what follows one that was refused can't be told from its rest. */
const OF_FRAMING: readonly string[] = [
  ...['length-beyond-chunks', 'length-within-chunks', 'lengths-equal', 'lengths-differ', 'length-list', 'length-plus'],
  ...[
    'length-minus',
    'length-hex',
    'coding-unknown',
    'coding-not-last',
    'coding-unknown-alone',
    'coding-tab',
    'coding-space',
    'coding-http10',
  ],
  ...['chunk-overflow', 'chunk-lf', 'chunk-lf-skipped', 'bare-cr', 'folded'],
];

/** Those whose Content-Length is right: a server that refuses them may read their body by it, and then the next request. */
const WITH_LENGTH: readonly string[] = ['coding-space', 'bare-cr', 'folded'];

const readsOn = defineFinding({
  id: 'smuggling.refused-and-read-on',
  severity: 'risk',
  level: 'MUST',
  spec: 'RFC 9112 §6.3',
  look: (on) => {
    if (!isTold(on)) return [];
    return OF_FRAMING.flatMap((id) => {
      const reading = readingOf(on, `parsers.${id}`);
      if (reading?.how !== 'refused, reads on') return [];
      return WITH_LENGTH.includes(id) && finalsOf(reading.connection).length === 2 ? [] : [hitOf(reading)];
    });
  },
});

const emptyLine = parserRule({
  id: 'request.empty-line-refused',
  severity: 'note',
  level: 'SHOULD',
  spec: 'RFC 9112 §2.2',
  readings: { 'empty-line': ['refused', 'closes without an answer'] },
});

export const parsers = [
  lengthCounts,
  differentLengths,
  oddCoding,
  crEndsLine,
  foldedField,
  sizeOverflow,
  colonAccepted,
  bothLengths,
  codingIn10,
  chunkLine,
  readsOn,
  hostsAccepted,
  noHostAccepted,
  repeatedLength,
  lfAccepted,
  crInValue,
  folded,
  nulAccepted,
  emptyLine,
];
