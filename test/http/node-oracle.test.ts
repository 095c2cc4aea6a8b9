/** Node's own HTTP parser reads the same bytes: what it takes for valid has to be read here as it reads it. */
import { createServer, request as httpRequest } from 'node:http';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { HeaderField, Message } from '../../harness/model.ts';
import { exchangeSample, requestSample } from './arbitrary-http.ts';
import { drive } from './stream-driver.ts';

// The runs are many and the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

interface Read {
  start: string;
  headers: HeaderField[];
  trailers: HeaderField[];
  bodyBytes: number;
}

const pairs = (raw: readonly string[]): HeaderField[] => {
  const fields: HeaderField[] = [];
  for (let i = 0; i < raw.length; i += 2) fields.push([raw[i]!, raw[i + 1]!]);
  return fields;
};

const ours = (message: Message, start: string): Read => ({
  start,
  headers: message.headers,
  trailers: message.trailers,
  bodyBytes: message.bodyBytes,
});

/** A connection in memory: `raw` comes in, what is written is dropped. */
function wire(raw: string, half: boolean): Duplex {
  const stream = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });
  stream.push(Buffer.from(raw, 'latin1'));
  if (half) stream.push(null);
  return stream;
}

/** The requests that node:http reads from a connection that carries `raw`. */
function readRequests(raw: string, count: number): Promise<Read[]> {
  const server = createServer({ insecureHTTPParser: false, joinDuplicateHeaders: false });
  return new Promise((resolve, reject) => {
    const found: Read[] = [];
    server.on('request', (req, res) => {
      let bodyBytes = 0;
      req.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
      req.on('end', () => {
        found.push({
          start: `${req.method} ${req.url} HTTP/${req.httpVersion}`,
          headers: pairs(req.rawHeaders),
          trailers: pairs(req.rawTrailers),
          bodyBytes,
        });
        res.end();
        if (found.length === count) resolve(found);
      });
    });
    server.on('clientError', reject);
    server.emit('connection', wire(raw, false));
  });
}

/** The response that node:http reads from `raw` as the answer to `method`; interim ones too. */
function readResponse(method: string, raw: string): Promise<{ response: Read; interim: number[] }> {
  return new Promise((resolve, reject) => {
    const interim: number[] = [];
    const req = httpRequest({ method, host: 'a', createConnection: () => wire(raw, true) as never });
    req.on('continue', () => interim.push(100));
    req.on('information', ({ statusCode }) => statusCode !== 100 && interim.push(statusCode));
    req.on('error', reject);
    req.on('response', (res) => {
      let bodyBytes = 0;
      res.on('data', (chunk: Buffer) => (bodyBytes += chunk.length));
      res.on('error', reject);
      res.on('end', () =>
        resolve({
          response: {
            start: `HTTP/${res.httpVersion} ${res.statusCode} ${res.statusMessage}`,
            headers: pairs(res.rawHeaders),
            trailers: pairs(res.rawTrailers),
            bodyBytes,
          },
          interim,
        }),
      );
    });
    req.end();
  });
}

test('pipelined requests', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(requestSample, { minLength: 1, maxLength: 4 }), async (samples) => {
      const raw = samples.map((sample) => sample.raw).join('');
      const expected = await readRequests(raw, samples.length);
      const { exchanges } = drive(['client', raw]);
      expect(exchanges.map(({ request }) => ours(request!, `${request!.method} ${request!.target} HTTP/${request!.version}`))).toEqual(
        expected,
      );
    }),
    { numRuns: 75 },
  );
});

test('responses with their interim ones', async () => {
  await fc.assert(
    fc.asyncProperty(exchangeSample, async ({ request, interim, response }) => {
      const raw = interim.map((sample) => sample.raw).join('') + response.raw;
      const expected = await readResponse(request.method, raw);
      const { exchanges } = drive(['client', request.raw], ['server', raw], ['fin', 'server']);
      const found = exchanges[0]!;
      expect(ours(found.response!, `HTTP/${found.response!.version} ${found.response!.status} ${found.response!.reason}`)).toEqual(
        expected.response,
      );
      expect(found.interim.map(({ status }) => status)).toEqual(expected.interim);
    }),
    { numRuns: 75 },
  );
});

test.each([
  ['a body until close', 'GET', 'HTTP/1.0 200 OK\r\n\r\nabc'],
  ['a body until close, HTTP/1.1', 'GET', 'HTTP/1.1 200 OK\r\nX: y\r\n\r\n'],
  ['no reason', 'GET', 'HTTP/1.1 200\r\nContent-Length: 3\r\n\r\nabc'],
  ['HEAD with chunked', 'HEAD', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['304 with chunked', 'GET', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['gzip, chunked', 'GET', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'],
  ['blank before a value is left out', 'GET', 'HTTP/1.1 200 OK\r\nX:\t \ty\r\nContent-Length: 0\r\n\r\n'],
])('%s', async (_title, method, raw) => {
  const { response } = await readResponse(method, raw);
  const found = drive(['client', `${method} / HTTP/1.1\r\nHost: a\r\n\r\n`], ['server', raw], ['fin', 'server']).exchanges[0]!.response!;
  expect(ours(found, `HTTP/${found.version} ${found.status} ${found.reason}`)).toEqual(response);
  expect(found.complete).toBe(true);
});

test.each([
  ['conflicting-content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
  ['transfer-encoding-with-content-length', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['invalid-content-length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
  ['whitespace-before-colon', 'HTTP/1.1 200 OK\r\nX : y\r\nContent-Length: 0\r\n\r\n'],
  ['invalid-header-name', 'HTTP/1.1 200 OK\r\nX(y): z\r\nContent-Length: 0\r\n\r\n'],
  ['invalid-header-value', 'HTTP/1.1 200 OK\r\nX: \x01\r\nContent-Length: 0\r\n\r\n'],
  ['invalid-chunk-size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
])('what node:http refuses has a name: %s', async (kind, raw) => {
  await expect(readResponse('GET', raw)).rejects.toThrow();
  const { response } = drive(['client', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'], ['server', raw], ['fin', 'server']).exchanges[0]!;
  expect(response?.problems.map((problem) => problem.kind)).toContain(kind);
});
