import { defineQuestion, request } from '../question.ts';

const ask = (headers: readonly string[]) => [request('GET', { target: '{large}', headers })];
const satisfiable = 'RFC 9110 §14.2';
const ifRange = 'RFC 9110 §13.1.5';

/** Range requests for the audio file, as media players make them. */
export const range = [
  // Not from a 206: some servers leave the ETag out there.
  defineQuestion({
    id: 'range.validators',
    title: 'the validators',
    spec: 'RFC 9110 §8.8',
    send: [request('HEAD', { target: '{large}' })],
    learn: true,
  }),
  // What the bytes of the parts are held against.
  defineQuestion({ id: 'range.whole', title: 'the whole file', spec: null, send: ask([]) }),
  defineQuestion({ id: 'range.from-zero', title: 'bytes=0-', spec: satisfiable, send: ask(['Range: bytes=0-']) }),
  defineQuestion({ id: 'range.first-ten', title: 'bytes=0-9', spec: satisfiable, send: ask(['Range: bytes=0-9']) }),
  defineQuestion({ id: 'range.first-byte', title: 'bytes=0-0', spec: 'RFC 9110 §14.1.2', send: ask(['Range: bytes=0-0']) }),
  defineQuestion({
    id: 'range.end-beyond',
    title: 'the last ten bytes, by an end beyond the file',
    spec: 'RFC 9110 §14.1.2',
    send: ask(['Range: bytes={near-end}-99999999']),
  }),
  defineQuestion({
    id: 'range.suffix-long',
    title: 'a suffix that is longer than the file',
    spec: 'RFC 9110 §14.1.2',
    send: ask(['Range: bytes=-99999999']),
  }),
  defineQuestion({ id: 'range.suffix', title: 'bytes=-10', spec: 'RFC 9110 §14.1.2', send: ask(['Range: bytes=-10']) }),
  defineQuestion({
    id: 'range.beyond',
    title: 'a range beyond the end',
    spec: 'RFC 9110 §15.5.17',
    send: ask(['Range: bytes=99999999-']),
  }),
  defineQuestion({ id: 'range.multi', title: 'two ranges', spec: 'RFC 9110 §15.3.7.2', send: ask(['Range: bytes=0-9,20-29']) }),
  defineQuestion({ id: 'range.malformed', title: 'bytes=abc', spec: satisfiable, send: ask(['Range: bytes=abc']) }),
  defineQuestion({ id: 'range.reversed', title: 'bytes=9-0', spec: 'RFC 9110 §14.1.1', send: ask(['Range: bytes=9-0']) }),
  defineQuestion({ id: 'range.unknown-unit', title: 'an unknown range unit', spec: satisfiable, send: ask(['Range: cards=0-9']) }),
  defineQuestion({
    id: 'range.if-range-stale',
    title: "bytes=0-9 with an If-Range that doesn't match",
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: "wirematrix-other"']),
  }),
  defineQuestion({
    id: 'range.if-range-match',
    title: 'bytes=0-9 with the strong ETag itself in If-Range',
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: {etag-strong}']),
  }),
  defineQuestion({
    id: 'range.if-range-weak',
    title: 'bytes=0-9 with a weak ETag in If-Range',
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: {etag-weak}']),
  }),
  defineQuestion({
    id: 'range.if-range-date',
    title: 'bytes=0-9 with the Last-Modified itself in If-Range',
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: {last-modified}']),
  }),
  defineQuestion({
    id: 'range.if-range-date-stale',
    title: 'bytes=0-9 with an earlier date in If-Range',
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: {last-modified-earlier}']),
  }),
  defineQuestion({
    id: 'range.if-range-date-later',
    title: 'bytes=0-9 with a later date in If-Range',
    spec: ifRange,
    send: ask(['Range: bytes=0-9', 'If-Range: {last-modified-later}']),
  }),
  defineQuestion({
    id: 'range.if-none-match',
    title: 'bytes=0-9 with a condition that says "not modified"',
    spec: 'RFC 9110 §13.2.2',
    send: ask(['Range: bytes=0-9', '{condition}']),
  }),
  defineQuestion({
    id: 'range.head',
    title: 'HEAD with bytes=0-9',
    spec: satisfiable,
    send: [request('HEAD', { target: '{large}', headers: ['Range: bytes=0-9'] })],
  }),
];
