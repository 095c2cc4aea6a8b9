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
];
