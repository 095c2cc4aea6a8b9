import { defineQuestion, request } from '../question.ts';

const ask = (headers: readonly string[]) => [request('GET', { target: '{text}', headers })];
const matching = 'RFC 9110 §13.1.2';
const since = 'RFC 9110 §13.1.3';

/** Conditional requests for the stylesheet: a server that has validators for any file has them for this one. */
export const conditional = [
  defineQuestion({ id: 'conditional.validators', title: 'the validators', spec: 'RFC 9110 §8.8', send: ask([]), learn: true }),
  defineQuestion({
    id: 'conditional.if-none-match',
    title: 'If-None-Match with the ETag itself',
    spec: matching,
    send: ask(['If-None-Match: {etag}']),
  }),
  defineQuestion({
    id: 'conditional.weak-compare',
    title: 'If-None-Match with W/ put before the ETag, or taken from it',
    spec: matching,
    send: ask(['If-None-Match: {etag-toggled}']),
  }),
  defineQuestion({
    id: 'conditional.list',
    title: 'If-None-Match with the ETag as the second of two',
    spec: matching,
    send: ask(['If-None-Match: "wirematrix-other", {etag}']),
  }),
  // Without an ETag, too: a server that looks only whether the field is there answers 304.
  defineQuestion({
    id: 'conditional.if-none-match-other',
    title: 'If-None-Match with another ETag',
    spec: matching,
    send: ask(['If-None-Match: "wirematrix-other"']),
  }),
  defineQuestion({ id: 'conditional.star', title: 'If-None-Match: *', spec: matching, send: ask(['If-None-Match: *']) }),
  defineQuestion({
    id: 'conditional.precedence',
    title: "If-None-Match that doesn't match, with If-Modified-Since that does",
    spec: 'RFC 9110 §13.2.2',
    send: ask(['If-None-Match: "wirematrix-other"', 'If-Modified-Since: {last-modified}']),
  }),
  defineQuestion({
    id: 'conditional.if-modified-since',
    title: 'If-Modified-Since with the Last-Modified itself',
    spec: since,
    send: ask(['If-Modified-Since: {last-modified}']),
  }),
  defineQuestion({
    id: 'conditional.if-modified-since-later',
    title: 'If-Modified-Since a day later',
    spec: since,
    send: ask(['If-Modified-Since: {last-modified-later}']),
  }),
  defineQuestion({
    id: 'conditional.if-modified-since-earlier',
    title: 'If-Modified-Since a day earlier',
    spec: since,
    send: ask(['If-Modified-Since: {last-modified-earlier}']),
  }),
  defineQuestion({
    id: 'conditional.with-no-cache',
    title: 'a condition that holds, with Cache-Control: no-cache',
    spec: 'RFC 9111 §5.2.1.4',
    send: ask(['{condition}', 'Cache-Control: no-cache']),
  }),
];
