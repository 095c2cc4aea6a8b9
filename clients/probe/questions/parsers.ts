import { defineQuestion, type Question, type QuestionRequest, type RequestParts, request } from '../question.ts';

/** Longest wait for the first response; a server that reads the request as unfinished never answers. */
const ANSWER_MS = 1_000;
/** Longest wait for the next one, which is there at once where there is one. */
const NEXT_MS = 700;
/** For one more, behind a response that did not say that it is the last. */
const MORE_MS = 200;

/** The request behind each. It asks for the close, so that its response is known as the last one. */
const second = request('GET', { target: '{second}', headers: ['Connection: close'] });

/** Asks a request with another one behind it, in one write. How many responses come shows where the server found the end of the first. */
const ask = (id: string, title: string, spec: string, first: QuestionRequest): Question =>
  defineQuestion({
    id: `parsers.${id}`,
    title,
    spec,
    turns: [
      { send: [first, second], responses: 1, timeoutMs: ANSWER_MS },
      { send: [], responses: 2, timeoutMs: NEXT_MS, ifAnswered: true },
      { send: [], responses: 3, timeoutMs: MORE_MS, ifAnswered: true },
    ],
  });

const post = (headers: readonly string[], body: string, version: '1.0' | '1.1' = '1.1') => request('POST', { headers, body, version });
const get = (parts: RequestParts = {}) => request('GET', parts);

const LENGTH = 'Content-Length: {length}';
const CHUNKED = 'Transfer-Encoding: chunked';
/** A chunk that is a request itself: it is answered where the coding is not read. */
const chunk = '{hidden-hex}\r\n{hidden}\r\n0\r\n\r\n';
/** Two of them, so that more responses come by their Content-Length, whatever the rest is taken for. */
const twoInChunk = '{hidden-twice-hex}\r\n{hidden}{hidden}\r\n0\r\n\r\n';
/** No chunk, then a request: by its Content-Length it is part of the body, by the chunks it follows the body. */
const endThenRequest = '0\r\n\r\n{hidden}';
/** Both fields, so that the number of responses tells which of them counts. */
const either = (line: string) => post([LENGTH, line], endThenRequest);

/** Requests that one parser reads otherwise than the next, as request smuggling needs them. */
export const parsers = [
  // The others are judged beside these two.
  ask('length', 'a body by Content-Length', 'RFC 9112 §6.3', post([LENGTH], '{hidden}')),
  ask('chunked', 'a body in chunks', 'RFC 9112 §7.1', post([CHUNKED], chunk)),

  ask('length-beyond-chunks', 'Content-Length longer than the chunks', 'RFC 9112 §6.3', either(CHUNKED)),
  ask('length-within-chunks', 'Content-Length shorter than the chunks', 'RFC 9112 §6.3', post(['Content-Length: 6', CHUNKED], twoInChunk)),
  ask('lengths-equal', 'Content-Length twice', 'RFC 9112 §6.3', post([LENGTH, LENGTH], '{hidden}')),
  ask('lengths-differ', 'two different Content-Length lines', 'RFC 9112 §6.3', post([LENGTH, 'Content-Length: 0'], '{hidden}')),
  ask('length-list', 'Content-Length with a list', 'RFC 9110 §8.6', post([`${LENGTH}, {length}`], '{hidden}')),
  ask('length-plus', 'Content-Length with a plus sign', 'RFC 9110 §8.6', post(['Content-Length: +{length}'], '{hidden}')),
  ask('length-minus', 'Content-Length with a minus sign', 'RFC 9110 §8.6', post(['Content-Length: -{length}'], '{hidden}')),
  ask('length-hex', 'Content-Length in hexadecimal', 'RFC 9110 §8.6', post(['Content-Length: 0x{hidden-hex}'], '{hidden}')),

  ask('coding-unknown', 'Transfer-Encoding: xchunked', 'RFC 9112 §6.1', either('Transfer-Encoding: xchunked')),
  ask('coding-not-last', 'Transfer-Encoding: chunked, identity', 'RFC 9112 §6.3', either('Transfer-Encoding: chunked, identity')),
  // A server that refuses both fields together may still take this one.
  ask(
    'coding-unknown-alone',
    'Transfer-Encoding: xchunked without a length',
    'RFC 9112 §6.1',
    post(['Transfer-Encoding: xchunked'], chunk),
  ),
  ask('coding-tab', 'Transfer-Encoding with a tab before chunked', 'RFC 9112 §5.1', either('Transfer-Encoding:\tchunked')),
  ask('coding-space', 'a space before the colon of Transfer-Encoding', 'RFC 9112 §5.1', either('Transfer-Encoding : chunked')),
  ask(
    'coding-http10',
    'Transfer-Encoding in HTTP/1.0',
    'RFC 9112 §6.1',
    post(['Connection: keep-alive', LENGTH, CHUNKED], endThenRequest, '1.0'),
  ),
  ask('chunk-overflow', 'a chunk size of more than 64 bits', 'RFC 9112 §7.1', post([CHUNKED], '10000000000000002\r\nxx\r\n0\r\n\r\n')),
  // Read one way the body ends with its chunk of two bytes; read the other way it is broken.
  ask('chunk-lf', 'LF in a chunk extension, as the end of its line', 'RFC 9112 §7.1.1', post([CHUNKED], '2;\nxx\r\n0\r\n\r\n')),
  ask('chunk-lf-skipped', 'LF in a chunk extension, as a part of it', 'RFC 9112 §7.1.1', post([CHUNKED], '2;\nab\r\nyy\r\n0\r\n\r\n')),

  ask('bare-cr', 'CR alone in a field line', 'RFC 9112 §2.2', either('X-Wirematrix: a\rTransfer-Encoding: chunked')),
  ask('folded', 'a folded field line', 'RFC 9112 §5.2', either('X-Wirematrix: a\r\n Transfer-Encoding: chunked')),
  ask('bare-lf', 'lines that end in LF alone', 'RFC 9112 §2.2', get({ lineEnd: '\n' })),
  ask('space-colon', 'a space before a colon', 'RFC 9112 §5.1', get({ headers: ['X-Wirematrix : a'] })),
  ask('nul', 'NUL in a field value', 'RFC 9110 §5.5', get({ headers: ['X-Wirematrix: a\0b'] })),
  ask('empty-line', 'an empty line before the request', 'RFC 9112 §2.2', { ...get(), text: `\r\n${get().text}` }),
  ask(
    'absolute-form',
    'the absolute form with another Host',
    'RFC 9112 §3.2.2',
    get({ target: 'http://{host}{page}', host: 'Host: wirematrix' }),
  ),
  ask('two-hosts', 'two Host lines', 'RFC 9112 §3.2', get({ headers: ['Host: wirematrix'] })),
  ask('no-host', 'no Host', 'RFC 9112 §3.2', get({ host: null })),
];
