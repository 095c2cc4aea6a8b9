import { defineQuestion, request } from '../question.ts';

const ask = (...headers: string[]) => [request('GET', { target: '{text}', headers })];

/** The same file with and without gzip. */
export const coding = [
  defineQuestion({
    id: 'coding.identity',
    title: 'Accept-Encoding: identity',
    spec: 'RFC 9110 §12.5.3',
    send: ask('Accept-Encoding: identity'),
  }),
  defineQuestion({
    id: 'coding.gzip',
    title: 'Accept-Encoding: gzip',
    spec: 'RFC 9110 §8.4',
    send: ask('Accept-Encoding: gzip'),
    learn: true,
  }),
  defineQuestion({
    id: 'coding.revalidates',
    title: 'a condition with the validator of the gzip response',
    spec: 'RFC 9110 §8.8.3.3',
    send: ask('Accept-Encoding: gzip', '{condition}'),
  }),
  defineQuestion({
    id: 'coding.range',
    title: 'Accept-Encoding: gzip, and the first bytes',
    spec: 'RFC 9110 §14.1.2',
    send: ask('Accept-Encoding: gzip', 'Range: bytes=0-99'),
  }),
  defineQuestion({
    id: 'coding.identity-refused',
    title: 'Accept-Encoding: gzip, identity;q=0',
    spec: 'RFC 9110 §12.5.3',
    send: ask('Accept-Encoding: gzip, identity;q=0'),
  }),
  // The last one: with the first it shows whether the file stayed the same meanwhile.
  defineQuestion({
    id: 'coding.gzip-refused',
    title: 'Accept-Encoding: gzip;q=0',
    spec: 'RFC 9110 §12.4.2',
    send: ask('Accept-Encoding: gzip;q=0'),
  }),
];
