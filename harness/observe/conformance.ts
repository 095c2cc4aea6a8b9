/**
 * What the RFCs say of an observed value: one rule for each observation, with the section it comes from. Not following a recommendation
 * (SHOULD) is a deviation just as not following a requirement (MUST) is; the sentence says which. `judge.ts` says when a rule applies.
 */
import type { Conformance, ValueJson } from '../model.ts';
import { MISSING_FIELDS, ODD_FIELDS_SEPARATOR, WRONG_LENGTH } from './conditional.ts';

/** A verdict, and the reason for it. */
export type Ruling = readonly [verdict: Conformance['verdict'], because: string];

/** What an RFC says of one observation's values. */
export interface Rule {
  section: string;
  /** @param value a value that was observed; `null` where there was no answer, or none within the window */
  judge(value: ValueJson): Ruling;
  /** The ruling where a plain GET of the target gets `status`, which is no success; absent or `null`: nothing can be said then. */
  besideFailure?(value: ValueJson, status: number): Ruling | null;
}

/** Why a response without the `close` option announces its close nevertheless (RFC 9112 §9.3). */
export const CLOSES_BY_VERSION = 'HTTP/1.0 without keep-alive says so by its version';

/** One ruling, and the values it is for. */
type Case = readonly [test: (value: ValueJson) => boolean, ...ruling: Ruling];

/** A rule of several cases: the first one whose test holds counts. */
const cases = (section: string, list: readonly Case[], otherwise: Ruling): Rule => ({
  section,
  judge(value) {
    const found = list.find(([test]) => test(value));
    return found ? [found[1], found[2]] : otherwise;
  },
});

const is =
  (...values: readonly ValueJson[]) =>
  (value: ValueJson): boolean =>
    values.includes(value);
const matches =
  (pattern: RegExp) =>
  (value: ValueJson): boolean =>
    typeof value === 'string' && pattern.test(value);

/** A list of `conditional.304-fields` that has such an entry. */
const lists =
  (wanted: (entry: string) => boolean) =>
  (value: ValueJson): boolean =>
    typeof value === 'string' && value.split(ODD_FIELDS_SEPARATOR).some(wanted);

const unspecified = (section: string, because: string): Rule => ({ section, judge: () => ['unspecified', because] });

/** For a condition that is false: the origin must answer a GET with 304. */
const mustBe304 = (section: string, why: string): Rule =>
  cases(section, [[is(304), 'conforms', why]], ['deviates', `${why}, and the answer MUST be 304`]);

const shouldBe304 = (section: string, why: string): Rule =>
  cases(section, [[is(304), 'conforms', why]], ['deviates', `${why}, and the answer SHOULD be 304`]);

const MAY_IGNORE = 'a server MAY ignore Range and send the whole';

/** Of an empty file no range can be satisfied. */
const NO_BYTE: Case = [is('416 bytes */0'), 'conforms', 'an empty file has no byte to send'];

/** For a range that can be satisfied: that part, or the whole. */
const part = (section: string, isRight: (value: ValueJson) => boolean): Rule =>
  cases(
    section,
    [[isRight, 'conforms', 'it is the part that was asked for'], [is('200'), 'conforms', MAY_IGNORE], NO_BYTE],
    ['deviates', 'a range that can be satisfied gets that part or the whole'],
  );

/** An invalid ranges-specifier may be ignored or rejected. */
const invalidRange = (section: string): Rule =>
  cases(
    section,
    [
      [is('200'), 'conforms', 'a server MAY ignore an invalid ranges-specifier'],
      [matches(/^4\d\d/), 'conforms', 'a server MAY reject an invalid ranges-specifier'],
    ],
    ['deviates', 'an invalid ranges-specifier is ignored or rejected; no part answers it'],
  );

const must400 = (why: string): Rule =>
  cases('RFC 9112 §3.2', [[is(400), 'conforms', `${why} MUST get 400`]], ['deviates', `${why} MUST get 400`]);

const UNSEEN: Ruling = ['unspecified', 'the packets do not show how it was read: no second request was answered'];

/** For a request that must be refused: a connection that ends tells nothing of how it was read, unless the refusal is its answer. */
const mustRefuse = (section: string, why: string, isClosed = true): Rule =>
  cases(
    section,
    [
      [isClosed ? is('refused') : is('refused', 'refused, reads on'), 'conforms', `${why} MUST be refused`],
      [is('closes', 'closes without an answer', 'no answer', 'second not answered', 'rest refused', null), ...UNSEEN],
    ],
    ['deviates', isClosed ? `${why} MUST be refused, and the connection closed` : `${why} MUST be refused`],
  );

/** For one whose end is not in doubt: the connection may go on. */
const mustRefuseIt = (section: string, why: string): Rule => mustRefuse(section, why, false);

/** For a request that may be accepted; `wrong` are the readings that are not allowed. */
const mayAccept = (section: string, right: Ruling, wrong: readonly Case[] = []): Rule =>
  cases(
    section,
    [[is('refused'), 'conforms', 'a server may refuse it'], ...wrong, [is('accepted', 'part of the value'), ...right]],
    UNSEEN,
  );

/** For Transfer-Encoding beside Content-Length. */
const mustClose = (section: string, why: string): Rule =>
  cases(
    section,
    [
      [is('refused', 'closes'), 'conforms', `the connection MUST be closed after ${why}`],
      [is('Content-Length'), 'deviates', `Transfer-Encoding overrides Content-Length, and the connection MUST be closed after ${why}`],
      [is('Transfer-Encoding', 'refused, reads on'), 'deviates', `the connection MUST be closed after ${why}`],
    ],
    UNSEEN,
  );

const bothFields = mustClose('RFC 9112 §6.1', 'a request with Content-Length and Transfer-Encoding');
const invalidLength = mustRefuse('RFC 9112 §6.3', 'a request with an invalid Content-Length');
const repeatedLength = mayAccept(
  'RFC 9112 §6.3',
  ['conforms', 'a length that is repeated, and the same each time, may be accepted as one'],
  [[is('body not read', 'refused, reads on'), 'deviates', 'the length is valid or an error, for which the connection MUST be closed']],
);
const chunkLine = mayAccept('RFC 9112 §7.1.1', ['deviates', 'only CRLF ends the line of a chunk, and an extension has no LF in it']);

/** For the body of a request. */
const bodyRead = cases(
  'RFC 9112 §9.3',
  [
    [is('read'), 'conforms', 'the whole body is read before the next request'],
    [is('closes'), 'conforms', 'a body that is not read ends the connection'],
    [is('answered as a request', 'next refused', 'body not read'), 'deviates', 'a server MUST read the whole body or close the connection'],
  ],
  ['unspecified', 'the packets do not show what became of the body'],
);

const fourXx: Rule = cases(
  'RFC 9110 §5.4',
  [
    [(value) => value === 'none', 'unspecified', 'no request head was refused'],
    [(value) => /^4/.test(String(value)), 'conforms', 'a request head that is larger than a server takes MUST get a 4xx'],
  ],
  ['deviates', 'a request head that is larger than a server takes MUST get a 4xx'],
);
const timer = unspecified('RFC 9112 §9.5', 'the RFC places no requirement on the length, or the existence, of an idle time-out');

const RANGE = 'RFC 9110 §14.2';
const IF_RANGE = 'RFC 9110 §13.1.5';

const otherDate = cases(
  IF_RANGE,
  [[is('200'), 'conforms', 'a date that is not exactly Last-Modified does not match, and Range MUST be ignored']],
  ['deviates', 'a date that is not exactly Last-Modified does not match, and Range MUST be ignored'],
);

/** The rules, by the id of their observation. */
export const conformanceRules: Readonly<Record<string, Rule>> = {
  'idle.used-s': timer,
  'idle.unused-s': timer,
  'idle.partial-head-s': unspecified('RFC 9110 §15.5.9', 'a server decides for itself how long it waits for a request'),
  'idle.partial-head-answer': cases(
    'RFC 9110 §15.5.9',
    [[is('408'), 'conforms', '408 says that no complete request came within the time the server was prepared to wait']],
    ['unspecified', 'no RFC demands a 408 before the close'],
  ),
  'keepalive.advertised-s': unspecified(
    'RFC 9112 App. C.2.2',
    'the Keep-Alive header comes from RFC 2068 §19.7.1; RFC 9112 sets no rule for it',
  ),
  'keepalive.advertised-max': unspecified(
    'RFC 9112 App. C.2.2',
    'the Keep-Alive header comes from RFC 2068 §19.7.1; RFC 9112 sets no rule for it',
  ),
  'keepalive.max-requests': unspecified('RFC 9112 §9.3', 'a server SHOULD keep a connection open, and may end it at any time'),

  'pipelining.answered': cases(
    'RFC 9112 §9.3.2',
    [[is(3), 'conforms', 'all of the pipelined requests are answered']],
    ['unspecified', 'a server may close at any time; a client repeats what got no answer'],
  ),
  'pipelining.mixed': cases(
    'RFC 9112 §9.3.2',
    [[is(5), 'conforms', 'all of the pipelined requests are answered']],
    ['unspecified', 'a server may close at any time; a client repeats what got no answer'],
  ),
  'pipelining.split-head': unspecified(
    'RFC 9112 §9.5',
    'a server may end an idle connection at any time; that a head comes in two segments is no reason',
  ),
  'pipelining.order': cases(
    'RFC 9112 §9.3.2',
    [[is('kept'), 'conforms', 'responses come in the order of the requests']],
    ['deviates', 'responses MUST come in the order of the requests'],
  ),

  'conditional.if-none-match': mustBe304('RFC 9110 §13.1.2', 'the ETag matches, so the condition is false'),
  'conditional.weak-compare': mustBe304('RFC 9110 §13.1.2', 'If-None-Match MUST use the weak comparison, by which W/ makes no difference'),
  'conditional.list': mustBe304('RFC 9110 §13.1.2', 'one of the listed ETags matches, so the condition is false'),
  'conditional.star': mustBe304('RFC 9110 §13.1.2', '* makes the condition false where the target has a current representation'),
  'conditional.precedence': cases(
    'RFC 9110 §13.1.3',
    [
      [is(200), 'conforms', 'If-Modified-Since MUST be ignored where there is If-None-Match'],
      [is(304), 'deviates', 'If-Modified-Since MUST be ignored where there is If-None-Match, which did not match'],
    ],
    ['deviates', 'neither condition stops the server from sending the file'],
  ),
  'conditional.if-none-match-other': cases(
    'RFC 9110 §13.1.2',
    [[is(304), 'deviates', 'no listed ETag matches, so the condition is true and the file MUST be sent']],
    ['conforms', 'no listed ETag matches, so the condition is true'],
  ),
  'conditional.if-modified-since-earlier': cases(
    'RFC 9110 §13.1.3',
    [[is(304), 'deviates', 'Last-Modified is later than the date, so the condition is true and the file MUST be sent']],
    ['conforms', 'Last-Modified is later than the date, so the condition is true'],
  ),
  'conditional.if-modified-since': shouldBe304('RFC 9110 §13.1.3', 'the date equals Last-Modified, so the condition is false'),
  'conditional.if-modified-since-later': shouldBe304(
    'RFC 9110 §13.1.3',
    'Last-Modified is earlier than the date, so the condition is false',
  ),
  'conditional.with-no-cache': cases(
    'RFC 9110 §13.2.1',
    [[is(304), 'conforms', 'no-cache is for caches; an origin server MUST still evaluate the condition']],
    ['deviates', 'no-cache asks caches to validate (RFC 9111 §5.2.1.4); an origin server MUST still evaluate the condition'],
  ),
  'conditional.304-length': unspecified('RFC 9110 §15.4.5', 'a head may have any length'),
  'conditional.304-fields': cases(
    'RFC 9110 §15.4.5',
    [
      [is('clean'), 'conforms', 'it has the fields that a 304 needs and no other metadata'],
      [
        lists((field) => MISSING_FIELDS.has(field)),
        'deviates',
        'a 304 MUST have those of Content-Location, Date, ETag, Vary, Cache-Control and Expires that the 200 has',
      ],
      [lists((field) => field === WRONG_LENGTH), 'deviates', 'Content-Length MUST NOT be sent unless it equals that of the 200 (§8.6)'],
      [
        is('content-length'),
        'unspecified',
        'Content-Length is allowed where it equals that of the 200 (§8.6), though a 304 SHOULD NOT carry such metadata',
      ],
    ],
    ['deviates', 'a 304 SHOULD NOT carry representation metadata that does not guide a cache update'],
  ),
  'conditional.304-body': cases(
    'RFC 9110 §15.4.5',
    [[is(0), 'conforms', 'a 304 has no content']],
    ['deviates', 'a 304 ends with its head: it cannot contain content'],
  ),

  'range.accept-ranges': unspecified('RFC 9110 §14.3', 'a server MAY send Accept-Ranges, and need not'),
  'range.from-zero': cases(
    RANGE,
    [
      [(value) => isWhole(value), 'conforms', 'it is the part that was asked for: all of it'],
      [is('200'), 'conforms', MAY_IGNORE],
    ],
    // §15.3.7: a server may send a subset of what was asked for.
    ['unspecified', 'a server may send only a part of what was asked for'],
  ),
  'range.first-ten': part(RANGE, isFirstTen),
  'range.first-byte': part('RFC 9110 §14.1.2', matches(/^206 bytes 0-0\/(\d+|\*)$/)),
  'range.end-beyond': cases(
    'RFC 9110 §14.1.2',
    [
      [(value) => isToEnd(value), 'conforms', 'an end beyond the file stands for the last byte'],
      [is('200'), 'conforms', MAY_IGNORE],
    ],
    ['deviates', 'an end beyond the file stands for the last byte'],
  ),
  'range.suffix-long': cases(
    'RFC 9110 §14.1.2',
    [
      [(value) => isWhole(value), 'conforms', 'a suffix that is longer than the file stands for all of it'],
      [is('200'), 'conforms', MAY_IGNORE],
      NO_BYTE,
    ],
    ['deviates', 'a suffix that is longer than the file stands for all of it'],
  ),
  'range.suffix': cases(
    'RFC 9110 §14.1.2',
    [[(value) => isLastTen(value), 'conforms', 'it is the last ten bytes'], [is('200'), 'conforms', MAY_IGNORE], NO_BYTE],
    ['deviates', 'a suffix range gets the last bytes or the whole'],
  ),
  'range.beyond': cases(
    'RFC 9110 §15.5.17',
    [
      [matches(/^416 bytes \*\/\d+$/), 'conforms', '416 with the length of the file'],
      [is('416'), 'deviates', 'a 416 SHOULD name the current length in Content-Range'],
      [is('200'), 'conforms', MAY_IGNORE],
    ],
    ['deviates', 'a range beyond the end of the file SHOULD get 416'],
  ),
  'range.multi': cases(
    'RFC 9110 §15.3.7.2',
    [
      [is('206 multipart'), 'conforms', 'several ranges come as multipart/byteranges'],
      [is('200'), 'conforms', MAY_IGNORE],
      [matches(/^206 bytes 0-29\//), 'conforms', 'ranges whose gap is smaller than the overhead of parts MAY be coalesced'],
      [
        (value) => isFirstTen(value) || matches(/^206 bytes 20-29\//)(value),
        'conforms',
        'a server may send only a part of what was asked for (§15.3.7)',
      ],
      NO_BYTE,
      [matches(/^206 bytes/), 'deviates', 'a 206 carries only bytes that were asked for, except the gap between close ranges'],
    ],
    ['deviates', 'both ranges can be satisfied: they get the parts or the whole'],
  ),
  'range.malformed': invalidRange(RANGE),
  'range.reversed': invalidRange('RFC 9110 §14.1.1'),
  'range.unknown-unit': cases(
    RANGE,
    [[is('200'), 'conforms', 'a range unit that is not understood MUST be ignored']],
    ['deviates', 'a range unit that is not understood MUST be ignored'],
  ),
  'range.if-range-stale': cases(
    IF_RANGE,
    [[is('200'), 'conforms', 'Range MUST be ignored where the If-Range condition is false']],
    ['deviates', 'Range MUST be ignored where the If-Range condition is false'],
  ),
  'range.if-range-match': cases(
    IF_RANGE,
    [[(value) => isFirstTen(value), 'conforms', 'the strong ETag matches, so Range holds'], [is('200'), 'conforms', MAY_IGNORE], NO_BYTE],
    ['deviates', 'the strong ETag matches: it gets that part or the whole'],
  ),
  'range.if-range-weak': cases(
    IF_RANGE,
    [[is('200'), 'conforms', 'If-Range MUST use the strong comparison, which no weak ETag passes']],
    ['deviates', 'If-Range MUST use the strong comparison, which no weak ETag passes, and Range is then ignored'],
  ),
  'range.if-range-date': cases(
    IF_RANGE,
    [
      [(value) => isFirstTen(value), 'conforms', 'the date is that of Last-Modified, so Range holds'],
      NO_BYTE,
      // §8.8.2.2: a date is a strong validator only where the file is known not to have changed twice in that second.
      [is('200'), 'conforms', 'a server MAY ignore Range, and a date need not be a strong validator'],
    ],
    ['deviates', 'the date matches: it gets that part or the whole'],
  ),
  'range.if-range-date-stale': otherDate,
  'range.if-range-date-later': otherDate,
  'range.if-none-match': cases(
    'RFC 9110 §13.2.2',
    [[is('304'), 'conforms', 'If-None-Match and If-Modified-Since are evaluated before Range']],
    ['deviates', 'If-None-Match and If-Modified-Since are evaluated before Range, and this one is false'],
  ),
  'range.head': cases(
    RANGE,
    [
      [is('200'), 'conforms', 'Range is defined for GET alone and MUST be ignored otherwise'],
      [matches(/^(?:404|405|501)/), 'unspecified', 'HEAD itself is refused, whatever its Range'],
    ],
    ['deviates', 'Range is defined for GET alone and MUST be ignored otherwise'],
  ),

  'methods.head': {
    ...cases(
      'RFC 9110 §9.1',
      [[is(200), 'conforms', 'general-purpose servers MUST support GET and HEAD']],
      ['deviates', 'general-purpose servers MUST support GET and HEAD'],
    ),
    besideFailure: (value, status) => (value === status ? ['conforms', `HEAD gets what GET gets: ${status}`] : null),
  },
  'methods.head-missing': unspecified('RFC 9110 §9.3.2', 'HEAD gets what GET gets for the same target, whatever that is'),
  'methods.head-length': cases(
    'RFC 9110 §8.6',
    [
      [is('same'), 'conforms', 'HEAD gives the length that GET would'],
      [is('none'), 'unspecified', 'a server MAY leave out fields whose value it only knows once it generates the content (§9.3.2)'],
    ],
    ['deviates', 'Content-Length MUST NOT be sent unless it is what GET would send'],
  ),
  'methods.head-body': cases(
    'RFC 9110 §9.3.2',
    [[is(0), 'conforms', 'a response to HEAD has no content']],
    ['deviates', 'content MUST NOT be sent in the response to HEAD'],
  ),
  'methods.options': cases(
    'RFC 9110 §9.3.7',
    [
      [is(200, 204), 'conforms', 'OPTIONS reports what the target supports'],
      [is(405, 501), 'conforms', 'OPTIONS is optional (§9.1), and the server says that it has none'],
    ],
    ['deviates', 'a method that is not implemented SHOULD get 501, one that is not allowed 405 (§9.1)'],
  ),
  'methods.options-allow': cases(
    'RFC 9110 §9.3.7',
    [
      [
        is('none'),
        'unspecified',
        'a successful response to OPTIONS SHOULD list optional features; Allow is the usual way, not the only one',
      ],
    ],
    ['conforms', 'Allow names the methods'],
  ),
  'methods.trace': unspecified('RFC 9110 §9.3.8', 'a server need not support TRACE'),
  'methods.options-star': unspecified('RFC 9110 §9.3.7', '"*" asks about the server in general; the answer is up to the server'),
  'methods.post': cases(
    'RFC 9110 §9.1',
    [
      [is(405), 'conforms', 'a method that the target does not allow SHOULD get 405'],
      [is(501), 'conforms', 'a method that the server does not implement SHOULD get 501'],
      [
        (value) => typeof value === 'number' && (value < 400 || OF_THE_TARGET.includes(value)),
        'unspecified',
        'the target decides what POST does (§9.3.3)',
      ],
    ],
    ['deviates', 'a method that the target does not allow SHOULD get 405, one that the server does not implement 501'],
  ),
  'methods.post-allow': cases(
    'RFC 9110 §15.5.6',
    [[is('none'), 'deviates', 'a 405 MUST have Allow']],
    ['conforms', 'a 405 MUST have Allow'],
  ),
  'methods.unknown': cases(
    'RFC 9110 §9.1',
    [[is(501), 'conforms', 'a method that is not recognized SHOULD get 501']],
    ['deviates', 'a method that is not recognized SHOULD get 501'],
  ),

  'versions.http10': cases(
    'RFC 9112 §9.3',
    [[is('closes'), 'conforms', 'without keep-alive an HTTP/1.0 connection ends with the response']],
    ['deviates', 'without keep-alive an HTTP/1.0 connection ends with the response'],
  ),
  'versions.http10-answered-as': cases(
    'RFC 9110 §6.2',
    [
      [is('1.1'), 'conforms', 'a server SHOULD answer with the highest version of that major version that it conforms to'],
      [is('1.0'), 'unspecified', 'a server whose highest version is 1.1 SHOULD say so; one that supports only 1.0 cannot'],
    ],
    ['deviates', 'the answer to HTTP/1.0 has the major version 1'],
  ),
  'versions.http10-keep-alive': cases('RFC 9112 §9.3', [], ['conforms', 'a server may honour keep-alive of HTTP/1.0, and need not']),
  'versions.connection-close': cases(
    'RFC 9112 §9.6',
    [[is('closes'), 'conforms', 'a server that receives close MUST close after its response']],
    ['deviates', 'a server that receives close MUST close after its response'],
  ),
  'versions.close-announced': cases(
    'RFC 9112 §9.6',
    [[is('yes'), 'conforms', 'the last response of a connection SHOULD say close']],
    ['deviates', 'the last response of a connection SHOULD say close'],
  ),
  'versions.missing-host': must400('an HTTP/1.1 request without Host'),
  'versions.two-hosts': must400('a request with more than one Host line'),
  'versions.bare-lf': unspecified('RFC 9112 §2.2', 'a recipient MAY accept a single LF as the end of a line, and need not'),
  'versions.absolute-form': {
    ...cases(
      'RFC 9112 §3.2.2',
      [[is(200), 'conforms', 'a server MUST accept the absolute form']],
      ['deviates', 'a server MUST accept the absolute form, though only proxies are sent it today'],
    ),
    besideFailure: (value, status) => (value === status ? ['conforms', `the absolute form gets what the path gets: ${status}`] : null),
  },

  'coding.gzip': unspecified('RFC 9110 §12.5.3', 'a server may code the content, or send it as it is'),
  'coding.range': unspecified(
    'RFC 9110 §14.1.2',
    'a server may send a part of the coded content, a part of the plain content, or the whole',
  ),
  'coding.gzip-refused': cases(
    'RFC 9110 §12.4.2',
    [[matches(/\bgzip\b/), 'deviates', 'a quality of 0 means that gzip is not acceptable']],
    ['conforms', 'gzip, which is not acceptable, is not used'],
  ),
  'coding.identity-refused': unspecified(
    'RFC 9110 §12.5.3',
    'a server that can not send what is acceptable may send the content as it is, or refuse with 406 or 415',
  ),
  'coding.vary': cases(
    'RFC 9110 §12.5.5',
    [[matches(/(^|,\s*)(accept-encoding|\*)(\s*,|$)/), 'conforms', 'Vary names Accept-Encoding, which chose the coding']],
    ['deviates', 'a response that Accept-Encoding chose SHOULD say so in Vary'],
  ),
  'coding.etag': cases(
    'RFC 9110 §8.8.3',
    [
      [is('same strong'), 'deviates', 'a strong ETag stands for one sequence of bytes: two codings MUST NOT share one'],
      [is('same weak'), 'conforms', 'a weak ETag may stand for both codings'],
    ],
    ['conforms', 'the codings do not share a strong ETag'],
  ),
  'coding.revalidates': mustBe304('RFC 9110 §13.1.2', 'the validator is the one that the server sent itself'),

  'bodies.length': bodyRead,
  'bodies.chunked': bodyRead,
  'bodies.get': bodyRead,
  'bodies.slow': bodyRead,
  'bodies.early': unspecified('RFC 9112 §9.5', 'a server may answer before it has the whole body'),
  'bodies.large': cases(
    'RFC 9112 §9.6',
    [[is('read', 'closes'), 'conforms', 'the client can read the answer before the connection ends']],
    ['unspecified', 'a server that resets at once risks its answer; the RFC describes how to avoid that, without a MUST'],
  ),
  'bodies.expect': cases(
    'RFC 9110 §10.1.1',
    [
      [is('100'), 'conforms', '100 asks for the body'],
      [matches(/^[2-5]\d\d$/), 'conforms', 'a final status may come in place of a 100'],
    ],
    ['deviates', 'a server MUST answer with 100 or a final status, and not wait for the body'],
  ),
  'bodies.expect-too-large': cases(
    'RFC 9110 §10.1.1',
    [
      [is('100'), 'conforms', '100 asks for the body'],
      [matches(/next not answered$/), 'deviates', 'a final status in place of a 100 SHOULD say whether the connection is closed'],
      [matches(/^[2-5]\d\d, /), 'conforms', 'a final status may come in place of a 100'],
    ],
    ['deviates', 'a server MUST answer with 100 or a final status, and not wait for the body'],
  ),
  'bodies.expect-http10': cases(
    'RFC 9110 §15.2',
    [
      [is('final'), 'conforms', 'an expectation of HTTP/1.0 is ignored'],
      [is(null), 'unspecified', 'no answer came'],
    ],
    ['deviates', 'a server MUST NOT send a 1xx response to HTTP/1.0'],
  ),
  'bodies.close': cases(
    'RFC 9112 §9.6',
    [
      [is('whole'), 'conforms', 'the response is sent to its end before the connection is closed'],
      [matches(/^cut/), 'deviates', 'the response ends before its framing says so'],
    ],
    ['unspecified', 'it was not finished when the client left'],
  ),

  'parsers.length': bodyRead,
  'parsers.chunked': bodyRead,
  'parsers.length-beyond-chunks': bothFields,
  'parsers.length-within-chunks': bothFields,
  'parsers.coding-tab': bothFields,
  'parsers.lengths-equal': repeatedLength,
  'parsers.length-list': repeatedLength,
  'parsers.lengths-differ': mustRefuse('RFC 9112 §6.3', 'a request with different Content-Length values'),
  'parsers.length-plus': invalidLength,
  'parsers.length-minus': invalidLength,
  'parsers.length-hex': invalidLength,
  'parsers.coding-unknown': mustRefuse('RFC 9112 §6.3', 'a request whose Transfer-Encoding does not end with chunked'),
  'parsers.coding-not-last': mustRefuse('RFC 9112 §6.3', 'a request whose Transfer-Encoding does not end with chunked'),
  'parsers.coding-unknown-alone': mustRefuse('RFC 9112 §6.3', 'a request whose Transfer-Encoding does not end with chunked'),
  'parsers.coding-space': mustRefuseIt('RFC 9112 §5.1', 'a request with whitespace before a colon'),
  'parsers.coding-http10': mustClose('RFC 9112 §6.1', 'a request of HTTP/1.0 with Transfer-Encoding'),
  'parsers.chunk-overflow': mustRefuse('RFC 9112 §7.1', 'a chunk size that is too large for the server'),
  'parsers.chunk-lf': chunkLine,
  'parsers.chunk-lf-skipped': chunkLine,
  'parsers.bare-cr': mayAccept(
    'RFC 9112 §2.2',
    ['unspecified', 'CR alone is invalid, or replaced by a space, which the packets do not show'],
    [[is('end of the line'), 'deviates', 'CR alone MUST NOT be taken for the end of a line']],
  ),
  'parsers.folded': mayAccept(
    'RFC 9112 §5.2',
    ['conforms', 'a server may join folded lines with a space'],
    [[is('field of its own'), 'deviates', 'a folded line MUST be refused or joined to the line before it']],
  ),
  'parsers.bare-lf': unspecified('RFC 9112 §2.2', 'a recipient MAY accept a single LF as the end of a line, and need not'),
  'parsers.space-colon': mustRefuseIt('RFC 9112 §5.1', 'a request with whitespace before a colon'),
  'parsers.nul': mayAccept('RFC 9110 §5.5', ['unspecified', 'NUL is refused, or replaced by a space, which the packets do not show']),
  'parsers.empty-line': cases(
    'RFC 9112 §2.2',
    [[is('accepted'), 'conforms', 'a server SHOULD ignore an empty line before a request line']],
    ['deviates', 'a server SHOULD ignore an empty line before a request line'],
  ),
  'parsers.absolute-form': cases(
    'RFC 9112 §3.2.2',
    [[is('accepted'), 'conforms', 'the target counts, and Host MUST be ignored']],
    ['unspecified', 'a server may know no such host'],
  ),
  'parsers.two-hosts': mustRefuseIt('RFC 9112 §3.2', 'a request with more than one Host line'),
  'parsers.no-host': mustRefuseIt('RFC 9112 §3.2', 'an HTTP/1.1 request without Host'),
  'idle.restarts': timer,
  'idle.partial-body-s': unspecified('RFC 9110 §15.5.9', 'no RFC says how long a server waits for a request'),
  'idle.partial-body-answer': unspecified('RFC 9110 §15.5.9', 'a server may answer before it has read the body, or close without a 408'),

  'limits.head': unspecified('RFC 9110 §5.4', 'no RFC says how large a request head may be'),
  'limits.head-refusal': fourXx,
  'limits.line': cases(
    'RFC 9112 §3',
    [[is(0), 'deviates', 'it is RECOMMENDED to take request lines of 8000 octets at least']],
    ['conforms', 'request lines of 8000 octets are taken'],
  ),
  'limits.line-refusal': cases(
    'RFC 9112 §3',
    [
      [is('none'), 'unspecified', 'no request line was refused'],
      [is('414'), 'conforms', 'a target longer than a server takes MUST get 414'],
      [matches(/^4/), 'conforms', 'a head that is larger than a server takes MUST get a 4xx'],
    ],
    ['deviates', 'a target longer than a server takes MUST get 414'],
  ),
  'limits.fields': unspecified('RFC 9110 §5.4', 'no RFC says how many field lines a request may have'),
  'limits.fields-refusal': fourXx,

  'shutdown.idle': cases(
    'RFC 9112 §9.5',
    [
      [is('FIN'), 'conforms', 'a connection SHOULD be closed gracefully'],
      [is('RST'), 'deviates', 'a connection SHOULD be closed gracefully'],
    ],
    ['unspecified', 'no RFC says when a server that is stopped has to close'],
  ),
  'shutdown.idle-s': unspecified('RFC 9112 §9.5', 'no RFC says when a server that is stopped has to close'),
  'shutdown.process-s': unspecified('RFC 9112 §9.5', 'no RFC says when the process of a server that is stopped has to end'),
  'shutdown.next-request': cases(
    'RFC 9112 §9.6',
    [[is('answered, with close'), 'conforms', 'the last response of a connection SHOULD say close']],
    ['unspecified', 'a server may close an idle connection at any time, also while a request is on its way'],
  ),
  'shutdown.half-head': unspecified('RFC 9112 §9.5', 'a server may close a connection at any time'),
  'shutdown.half-body': unspecified('RFC 9112 §9.6', 'no RFC says what a server that is stopped does with a request under way'),
  'shutdown.silent': unspecified('RFC 9112 §9.5', 'a server may close a connection at any time'),
  'shutdown.new-connection': unspecified('RFC 9112 §9.5', 'no RFC says when a server that is stopped takes no more connections'),
  'shutdown.busy': unspecified('RFC 9112 §9.6', 'no RFC says what a server that is stopped does with a response under way'),

  'trap.unsolicited-response': cases(
    'RFC 9112 §9.2',
    [[is('none'), 'conforms', 'every response answers a request']],
    ['unspecified', 'a client MUST NOT take it as the answer to a later request'],
  ),
  'trap.duplicate-date': cases(
    'RFC 9110 §5.3',
    [[is('no'), 'conforms', 'there is one Date']],
    ['deviates', 'a sender MUST NOT repeat a field that is not a list'],
  ),
};

/** `206 bytes 0-(N-1)/N`. */
function isWhole(value: ValueJson): boolean {
  const [, last, length] = /^206 bytes 0-(\d+)\/(\d+)$/.exec(String(value)) ?? [];
  return last !== undefined && Number(last) === Number(length) - 1;
}

/** `206 bytes A-(N-1)/N`. */
function isToEnd(value: ValueJson): boolean {
  const [, last, length] = /^206 bytes \d+-(\d+)\/(\d+)$/.exec(String(value)) ?? [];
  return last !== undefined && Number(last) === Number(length) - 1;
}

/** Shorter than ten bytes: all of them. */
function isShort(value: ValueJson): boolean {
  return isWhole(value) && /\/[1-9]$/.test(String(value));
}

function isFirstTen(value: ValueJson): boolean {
  return isShort(value) || /^206 bytes 0-9\/(\d+|\*)$/.test(String(value));
}

function isLastTen(value: ValueJson): boolean {
  const [, first, last, length] = /^206 bytes (\d+)-(\d+)\/(\d+)$/.exec(String(value)) ?? [];
  return isShort(value) || (first !== undefined && Number(last) === Number(length) - 1 && Number(last) - Number(first) === 9);
}

/** Statuses with which a target that accepts POST refuses this one. */
const OF_THE_TARGET: readonly number[] = [400, 401, 402, 403, 409, 411, 412, 413, 415, 417, 422, 428, 429];
