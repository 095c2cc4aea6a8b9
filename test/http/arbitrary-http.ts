import fc from 'fast-check';
import type { HeaderField } from '../../harness/model.ts';
import type { Step } from './stream-driver.ts';

/** A message as it stands on the wire, and what is to be read of it. */
export interface Sample {
  raw: string;
  startLine: string;
  headers: HeaderField[];
  trailers: HeaderField[];
  framing: 'none' | 'content-length' | 'chunked' | 'close';
  body: string;
  /** What follows the head on the wire. */
  wire: string;
}

export interface RequestSample extends Sample {
  method: string;
  target: string;
}

export interface ResponseSample extends Sample {
  status: number;
}

export interface ExchangeSample {
  request: RequestSample;
  interim: ResponseSample[];
  response: ResponseSample;
}

const TOKEN = [..."!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];
const VISIBLE = [...'!"#$%&\'()*+,-./0123456789:;<=>?@ABCxyz[\\]^_`{|}~\x80\xe9\xff'];
const name = fc.array(fc.constantFrom(...TOKEN), { minLength: 1, maxLength: 12 }).map((c) => `X-${c.join('')}`);
const value = fc.array(fc.constantFrom(...VISIBLE, ' ', '\t'), { maxLength: 24 }).map((c) => c.join('').replace(/^[ \t]+|[ \t]+$/g, ''));
const fields: fc.Arbitrary<HeaderField[]> = fc.array(fc.tuple(name, value), { maxLength: 4 });
const blanks = fc.constantFrom('', ' ', '\t', '  ');
/** Bodies that look like messages are the telling ones. */
const body = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc.constant('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'),
  fc.constant('\r\n\r\n0\r\n\r\n'),
  fc.constant('GET / HTTP/1.1\r\nHost: b\r\n\r\n'),
);

interface Coded {
  framing: Sample['framing'];
  framingField: HeaderField | null;
  body: string;
  wire: string;
  trailers: HeaderField[];
}

const NOTHING: Coded = { framing: 'none', framingField: null, body: '', wire: '', trailers: [] };
const counted = (text: string): Coded => ({
  framing: 'content-length',
  framingField: ['Content-Length', String(text.length)],
  body: text,
  wire: text,
  trailers: [],
});

const extension = fc.constantFrom('', ';a', ';a=b', ';a="b;c"');
const chunked: fc.Arbitrary<Coded> = fc
  .record({ parts: fc.array(fc.tuple(body, extension, fc.boolean()), { maxLength: 4 }), last: extension, trailers: fields })
  .map(({ parts, last, trailers }) => {
    const chunks = parts.filter(([text]) => text !== '');
    const lines = chunks.map(([text, ext, capital]) => {
      const size = text.length.toString(16);
      return `${capital ? `0${size.toUpperCase()}` : size}${ext}\r\n${text}\r\n`;
    });
    const section = trailers.map(([n, v]) => `${n}: ${v}\r\n`).join('');
    return {
      framing: 'chunked',
      framingField: ['Transfer-Encoding', 'chunked'],
      body: chunks.map(([text]) => text).join(''),
      wire: `${lines.join('')}0${last}\r\n${section}\r\n`,
      trailers,
    };
  });

function sample(startLine: string, headers: HeaderField[], blank: string, coded: Coded): Sample {
  const all = coded.framingField === null ? headers : [...headers, coded.framingField];
  const head = `${startLine}\r\n${all.map(([n, v]) => `${n}:${blank}${v}\r\n`).join('')}\r\n`;
  return {
    raw: head + coded.wire,
    startLine,
    headers: all,
    trailers: coded.trailers,
    framing: coded.framing,
    body: coded.body,
    wire: coded.wire,
  };
}

export const requestSample: fc.Arbitrary<RequestSample> = fc
  .record({
    method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS'),
    path: fc.array(fc.constantFrom(...'abc019/?=&%20.-_~'), { maxLength: 12 }).map((c) => `/${c.join('')}`),
    headers: fields,
    blank: blanks,
    coded: fc.oneof(
      { weight: 2, arbitrary: fc.constant(NOTHING) },
      { weight: 1, arbitrary: body.map(counted) },
      { weight: 1, arbitrary: chunked },
    ),
  })
  .map(({ method, path, headers, blank, coded }) => ({
    ...sample(`${method} ${path} HTTP/1.1`, [['Host', 'a'], ...headers], blank, coded),
    method,
    target: path,
  }));

/** A final response to `method`. */
function responseSample(method: string): fc.Arbitrary<ResponseSample> {
  return fc
    .record({
      status: fc.constantFrom(200, 204, 206, 304, 404, 500),
      reason: fc.constantFrom('OK', '', 'Not so good', '\xe9t\xe9'),
      headers: fields,
      blank: blanks,
      coded: fc.oneof(body.map(counted), chunked),
    })
    .map(({ status, reason, headers, blank, coded }) => {
      const none = method === 'HEAD' || status === 204 || status === 304;
      // RFC 9110 §8.6: what has no body may still say how long it would be (but a 204 may not).
      const kept: Coded = none ? { ...NOTHING, framingField: status === 204 ? null : coded.framingField } : coded;
      return { ...sample(`HTTP/1.1 ${status} ${reason}`, headers, blank, kept), status };
    });
}

const interimSample: fc.Arbitrary<ResponseSample> = fc
  .record({ status: fc.constantFrom(100, 102, 103), headers: fields, blank: blanks })
  .map(({ status, headers, blank }) => ({ ...sample(`HTTP/1.1 ${status} X`, headers, blank, NOTHING), status }));

export const exchangeSample: fc.Arbitrary<ExchangeSample> = requestSample.chain((request) =>
  fc.record({
    request: fc.constant(request),
    interim: fc.array(interimSample, { maxLength: 2 }),
    response: responseSample(request.method),
  }),
);

/** Cuts a side's bytes into segments, at places that `cuts` (0 to 1) name. */
export function segments(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((cut) => Math.floor(cut * text.length)))].sort((a, b) => a - b);
  const parts: string[] = [];
  let from = 0;
  for (const place of [...places, text.length]) {
    if (place > from) parts.push(text.slice(from, place));
    from = Math.max(from, place);
  }
  return parts;
}

export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 });

/** Client segments, then server segments. */
export const steps = (client: string[], server: string[]): Step[] => [
  ...client.map((text) => ['client', text] as const),
  ...server.map((text) => ['server', text] as const),
];
