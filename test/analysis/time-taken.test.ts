import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../harness/analysis/analyze.ts';
import { STALLS_MAX, TimeTaken } from '../../harness/analysis/time-taken.ts';
import { timingLines } from '../../harness/analysis/timing-text.ts';
import { type ExchangeSummary, summaryOf } from '../../harness/http/exchange-summary.ts';
import type { Connection } from '../../harness/model.ts';
import { Timings } from '../../harness/observe/timing.ts';
import { type ConnectionInput, evidence } from '../observe/evidence-builder.ts';
import { pcap } from '../packets/captures.ts';
import { conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';

const SERVER = { address: '127.0.0.1', port: 8080 };

function taken(...inputs: ConnectionInput[]): { timeTaken: TimeTaken; connections: Connection[] } {
  const { connections } = evidence({ connections: inputs });
  const timeTaken = new TimeTaken();
  for (const connection of connections) {
    for (const exchange of connection.exchanges) timeTaken.exchange(summaryOf(exchange), connection.server, connection);
    timeTaken.connection(connection);
  }
  return { timeTaken, connections };
}

const requests = (count: number, from = 4) =>
  Array.from({ length: count }, (_, place) => ({ frame: from + place * 2, atMs: place * 10, responseMs: place * 10 + place + 1 }));

/** A wait of a time-out, of so many milliseconds. */
const waits = (...all: number[]): Connection['waits'] =>
  all.map((ms, place) => ({
    kind: 'retransmission-timeout',
    side: 'server',
    fromNs: place * 1e9,
    untilNs: place * 1e9 + ms * 1e6,
    frames: [place + 1, place + 2],
  }));

describe('the time that a server took', () => {
  it('is told by percentiles of its exchanges, and the longest with its frames', () => {
    const { timeTaken } = taken({ requests: requests(10) });
    expect(timeTaken.ofServer(SERVER)).toMatchObject({
      covers: 10,
      connect: { count: 1, p50Ms: 0.1 },
      firstByte: { count: 10, p50Ms: 5, p90Ms: 9, p99Ms: 10, max: { ms: 10, stream: 0, frames: [22, 23] } },
      stalls: {},
    });
    expect(timeTaken.ofServer({ address: '127.0.0.1', port: 1 })).toBeNull();
  });

  it('is that of the exchanges that it was given, where the server has more', () => {
    const { connections } = evidence({ connections: [{ requests: requests(10) }] });
    const timeTaken = new TimeTaken();
    for (const exchange of connections[0]!.exchanges.slice(0, 4)) timeTaken.exchange(summaryOf(exchange), SERVER, connections[0]!);
    const timing = timeTaken.ofServer(SERVER)!;
    expect(timing).toMatchObject({ covers: 4, firstByte: { count: 4, max: { ms: 4 } } });
    const lines = timingLines([{ ...SERVER, exchanges: 10, timing }], timeTaken.end([]));
    expect(lines[1]).toBe('127.0.0.1:8080: time taken by the first 4 of 10 exchanges');
  });

  it('knows no idle time before an exchange when the one before is not known', () => {
    const { connections } = evidence({ connections: [{ requests: requests(3) }] });
    const [connection] = connections as [Connection];
    const timings = new Timings();
    const [first, second, third] = connection.exchanges.map(summaryOf) as [ExchangeSummary, ExchangeSummary, ExchangeSummary];
    timings.of(first, connection);
    expect(timings.of(third, connection).idle).toBeNull();
    expect(timings.of(second, connection).idle).toBeNull();
    expect(timings.of(third, connection).idle).toMatchObject({ ms: 8 });
  });
});

describe('stalls', () => {
  it('are given the longest first, as many as there is room for; each server counts all of its own', () => {
    const { connections } = evidence({ connections: [{}, {}, {}] });
    const timeTaken = new TimeTaken();
    const lengths = Array.from({ length: 200 }, (_, place) => 200 + place);
    for (const [place, connection] of connections.entries())
      timeTaken.connection({ ...connection, waits: waits(...lengths.map((ms) => ms + place * 1000)) });
    const { stalls } = timeTaken.end([]);
    expect(stalls).toHaveLength(STALLS_MAX);
    expect(stalls.map(({ ms }) => ms)).toEqual(Array.from({ length: 200 }, (_, place) => 2399 - place));
    expect(timeTaken.ofServer(SERVER)).toMatchObject({ covers: 0, stalls: { 'retransmission-timeout': { count: 600 } } });
  });
});

describe('the text', () => {
  it('is a short block of each server, with the stalls of one kind together', () => {
    const { timeTaken, connections } = taken({ requests: requests(2) });
    timeTaken.connection({ ...connections[0]!, exchanges: [], waits: waits(300, 1234.5) });
    const times = timeTaken.end(connections);
    expect(timingLines([{ ...SERVER, exchanges: 2, timing: timeTaken.ofServer(SERVER) }], times)).toEqual([
      '',
      '127.0.0.1:8080: time taken by 2 exchanges',
      '  connecting                   0.1 ms (#0, frames 1, 3)',
      '  waiting for the first byte   p50 1 ms, p90 2 ms, p99 2 ms, longest 2 ms (#0, frames 6, 7)',
      '  all of it                    p50 1 ms, p90 2 ms, p99 2 ms, longest 2 ms (#0, frames 6, 7)',
      '',
      'stalls, the longest first',
      '  #0 127.0.0.1:8080  1235 ms: retransmission time-out, the longest of 2 (frames 2, 3)',
      '    no acknowledgment came for what the server had sent: it sent it again when its timer had run out',
    ]);
  });

  it('is none where nothing was timed', () => {
    expect(timingLines([{ ...SERVER, exchanges: 0, timing: null }], { stalls: [], proxied: [] })).toEqual([]);
  });
});

describe('analyze', () => {
  const written = async (json: boolean, bytes: Uint8Array): Promise<string> => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-time-taken-'));
    const chunks: Buffer[] = [];
    const out = new Writable({
      write(chunk, _encoding, done) {
        chunks.push(chunk);
        done();
      },
    });
    try {
      await writeFile(path.join(folder, 'a.pcap'), bytes);
      await analyze(path.join(folder, 'a.pcap'), { json }, out);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return Buffer.concat(chunks).toString();
  };

  it('tells where the time went, of each exchange and each server, as text and as JSON', async () => {
    const talk = conversation({ options: { mss: 1460 } })
      .handshake()
      .data('client', REQUEST)
      .wait(7)
      .data('server', RESPONSE.slice(0, 38));
    const capture = pcap(talk.wait(40).ack('client').data('server', 'hello').close('client').packets);
    const { exchanges, servers, stalls, proxied } = JSON.parse(await written(true, capture));
    expect(exchanges[0].timing).toMatchObject({
      connect: { ms: 0.2, frames: [1, 3] },
      firstByte: { ms: 7.1, frames: [4, 5] },
      transfer: { ms: 40.2 },
    });
    expect(servers[0].timing).toMatchObject({
      covers: 1,
      firstByte: { p50Ms: 7.1 },
      stalls: { 'delayed-ack': { count: 1, totalMs: 40.2 } },
    });
    expect(stalls).toMatchObject([{ cause: 'delayed-ack', stream: 0, exchange: 0, frames: [5, 6, 7] }]);
    expect(proxied).toEqual([]);
    expect(await written(false, capture)).toMatch(
      /\n127\.0\.0\.1:8080: time taken by 1 exchange\n[\s\S]*\nstalls, the longest first\n {2}#0 127\.0\.0\.1:8080 {2}40\.2 ms: Nagle's algorithm against delayed ACK \(frames 5, 6, 7\)\n/,
    );
  });

  it('covers all exchanges, those too that only the fast path has seen', async () => {
    const talk = conversation({ options: { mss: 1460, windowScale: 7 } }).handshake();
    const body = 'x'.repeat(1000);
    for (let count = 0; count < 6_000; count++)
      talk.data('client', REQUEST).data('server', `HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${body}`).ack('client');
    const capture = pcap(talk.close('client').packets);
    expect(capture.length).toBeGreaterThan(4 * 1024 * 1024);
    const text = await written(false, capture);
    expect(text).toMatch(/time taken by 6000 exchanges\n/);
    expect(JSON.parse(await written(true, capture)).servers[0].timing).toMatchObject({ covers: 6_000, firstByte: { count: 6_000 } });
  });
});
