import { defineQuestion, type Question, type QuestionRequest, type RequestParts, request } from '../question.ts';

/** A server that does not answer in this time has no answer to what is too large. */
const TIMEOUT_MS = 2_000;
/** Shorter than the longest line that nginx and Apache take, so that the size of the whole head decides. */
const LINE_BYTES = 4_000;

/** Bytes of a whole head: each size is a little below a usual limit (8, 16, 32 KiB and so on; Go's is 1 MiB). */
const HEAD_BYTES: readonly number[] = [8_000, 16_000, 32_000, 64_000, 128_000, 256_000, 512_000, 1_024_000, 2_048_000];
/** Bytes of the request line. RFC 9112 §3 recommends that 8,000 are taken. */
const LINE_SIZES: readonly number[] = [8_000, 16_000, 64_000];
/** Field lines, all short. */
const FIELD_COUNTS: readonly number[] = [90, 190, 990];

/** Field lines of this many bytes together. */
function padding(bytes: number): string[] {
  const lines: string[] = [];
  for (let left = bytes; left > 0; left -= LINE_BYTES) {
    const name = `X-Wirematrix-${lines.length}: `;
    lines.push(name.padEnd(Math.max(name.length + 1, Math.min(left, LINE_BYTES) - 2), 'a'));
  }
  return lines;
}

/** Written where it is asked: all of them together are megabytes, and each lane knows every question. */
const written = (parts: () => RequestParts): QuestionRequest => ({
  method: 'GET',
  get text() {
    return request('GET', parts()).text;
  },
});

const withHead = (bytes: number) => written(() => ({ headers: padding(bytes - 40) }));
const withLine = (bytes: number) => written(() => ({ target: `{padded}${'a'.repeat(bytes - 20)}` }));
const withFields = (count: number) => written(() => ({ headers: Array.from({ length: count }, (_, index) => `X-${index}: a`) }));

const PLAIN = 'limits.plain';

/** Each size is asked only where the one before was not refused. */
const growing = (
  name: string,
  sizes: readonly number[],
  title: (size: number) => string,
  send: (size: number) => Question['send'][number],
) =>
  sizes.map((size, index) =>
    defineQuestion({
      id: `limits.${name}-${size}`,
      title: title(size),
      spec: 'RFC 9110 §5.4',
      send: [send(size)],
      timeoutMs: TIMEOUT_MS,
      onlyAfter: { question: index === 0 ? PLAIN : `limits.${name}-${sizes[index - 1]}`, plain: PLAIN },
    }),
  );

/** How much the server takes in one request head. */
export const limits = [
  // The first request may find a server that has to warm up.
  defineQuestion({ id: PLAIN, title: 'two plain requests, to compare with', spec: 'RFC 9110 §5.4', send: [request('GET')], times: 2 }),
  ...growing('head', HEAD_BYTES, (size) => `a request head of ${size} bytes`, withHead),
  ...growing('line', LINE_SIZES, (size) => `a request line of ${size} bytes`, withLine),
  ...growing('fields', FIELD_COUNTS, (count) => `${count} field lines`, withFields),
];
