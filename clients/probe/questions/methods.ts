import { defineQuestion, request } from '../question.ts';

const page = { target: '{text}' };
/** A target that no server has. */
const MISSING = { target: '/wirematrix-not-there' };

/** Methods other than GET. */
export const methods = [
  // HEAD is compared with this one.
  defineQuestion({ id: 'methods.get', title: 'GET', spec: 'RFC 9110 §9.3.1', send: [request('GET', page)] }),
  defineQuestion({ id: 'methods.head', title: 'HEAD', spec: 'RFC 9110 §9.3.2', send: [request('HEAD', page)] }),
  defineQuestion({
    id: 'methods.get-missing',
    title: 'GET for a file that is not there',
    spec: 'RFC 9110 §15.5.5',
    send: [request('GET', MISSING)],
  }),
  defineQuestion({
    id: 'methods.head-missing',
    title: 'HEAD for a file that is not there',
    spec: 'RFC 9110 §9.3.2',
    send: [request('HEAD', MISSING)],
  }),
  defineQuestion({ id: 'methods.options', title: 'OPTIONS', spec: 'RFC 9110 §9.3.7', send: [request('OPTIONS', page)] }),
  defineQuestion({
    id: 'methods.options-star',
    title: 'OPTIONS *',
    spec: 'RFC 9110 §9.3.7',
    send: [request('OPTIONS', { target: '*' })],
  }),
  defineQuestion({
    id: 'methods.post',
    title: 'POST to a static file',
    spec: 'RFC 9110 §15.5.6',
    send: [request('POST', { target: '{post}', headers: ['Content-Type: text/plain', 'Content-Length: 2'], body: 'hi' })],
  }),
  defineQuestion({
    id: 'methods.trace',
    title: 'TRACE with a cookie',
    spec: 'RFC 9110 §9.3.8',
    send: [request('TRACE', { ...page, headers: ['Cookie: wirematrix=secret'] })],
  }),
  defineQuestion({
    id: 'methods.unknown',
    title: 'an unknown method',
    spec: 'RFC 9110 §9.1',
    send: [request('WIREMATRIX', page)],
  }),
];
