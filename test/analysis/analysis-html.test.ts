/** `analyze --html`: what the page holds of a capture, its bounds, and what it may replace. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LANES, openPage } from '../../harness/analysis/analysis-html.ts';
import { analyze } from '../../harness/analysis/analyze.ts';
import { readCapture } from '../../harness/capture-file/read-capture.ts';
import { CAPTURE_PAGE_MARK } from '../../harness/report/html/capture-page.ts';
import {
  ARROW_KINDS,
  type CaptureOverview,
  type CellDetail,
  isArrow,
  type PageFinding,
  type PageIndex,
} from '../../harness/report/html/page-format.ts';
import { EPOCH_NS, type Packet, pcap } from '../packets/captures.ts';
import { type Conversation, conversation, REQUEST, RESPONSE } from '../packets/conversation.ts';
import { HARM } from '../report/made-run.ts';
import { dataOf, packedBytesOf, packedDataOf } from '../report/page-blocks.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-page-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Page {
  html: string;
  capture: CaptureOverview;
  strings: string[];
  detail(stream: number): CellDetail | null;
  written: string;
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
const file = (name: string): string => path.join(dir, name);

const TEXT = { title: 'T', seen: 'S.', consequence: 'C.', remedy: 'R.' };

const FINDING: PageFinding = {
  id: 'a.b',
  severity: 'fault',
  level: null,
  spec: null,
  server: '',
  where: [],
  words: { en: TEXT, zh: TEXT },
};

/** @param findings in place of its own @param packed how the file is written @param before the page is made */
async function pageOf(
  packets: readonly Packet[],
  port?: number[],
  findings?: readonly PageFinding[],
  packed: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes,
  before: (source: string) => void = () => {},
): Promise<Page> {
  const [source, out] = [file('capture.pcap'), file('page.html')];
  writeFileSync(source, packed(pcap([...packets].sort((a, b) => Number(a.timeNs - b.timeNs)))));
  rmSync(out, { force: true });
  const page = openPage(out, source);
  const sink = {
    frame: page.frame.bind(page),
    exchange: page.exchange.bind(page),
    connection: page.connection.bind(page),
    end: (...[capture, servers, own]: Parameters<typeof page.end>) => {
      before(source);
      return page.end(capture, servers, findings ?? own);
    },
  };
  await analyze(source, { port, page: sink }, nowhere());
  const html = readFileSync(out, 'utf8');
  return {
    html,
    capture: packedDataOf<PageIndex>(html, 'index').capture!,
    strings: packedDataOf<string[]>(html, 'strings'),
    detail: (stream) => dataOf<CellDetail>(html, `connection-${stream}`),
    written: page.written,
  };
}

/** Connections one after the other, a port each. */
const many = (count: number, talk: (one: Conversation, at: number) => Conversation, stepMs = 1): Packet[] =>
  Array.from({ length: count }, (_, at) =>
    talk(conversation({ clientPort: 10_000 + at, startNs: EPOCH_NS + BigInt(at) * BigInt(stepMs * 1e6), stepNs: 1_000n }), at),
  ).flatMap(({ packets }) => packets);

const visit = (one: Conversation): Conversation => one.handshake().data('client', REQUEST).data('server', RESPONSE).close('client');

describe('the page of a capture', () => {
  it('has a lane, a ladder and the heads of each connection', async () => {
    const { capture, detail, strings, written, html } = await pageOf(many(3, visit));
    expect(capture).toMatchObject({ file: 'capture.pcap', frames: 24, connections: 3, exchanges: 3, linkTypes: [1], detailed: [0, 1, 2] });
    const [stream, client, server, , , exchanges, midStream, marks, bars] = capture.lanes[1]!;
    expect([stream, strings[client], strings[server], exchanges, midStream]).toEqual([1, '127.0.0.1:10001', '127.0.0.1:8080', 1, 0]);
    expect(marks.map(([kind, from, , frame]) => [kind, from, frame])).toEqual([
      [0, 0, 9],
      [1, 0, 14],
      [1, 1, 15],
    ]);
    expect(bars).toHaveLength(1);
    expect([strings[bars![0]![0]], bars![0]![1], bars![0]!.slice(-2)]).toEqual(['GET /', 200, [12, 13]]);
    expect(detail(1)?.ladders).toHaveLength(1);
    expect(detail(1)?.exchanges[0]).toMatchObject({ status: 200, frames: [12, 12, 13, 13] });
    expect(capture.servers.map(({ name, connections }) => [name, connections])).toEqual([['127.0.0.1:8080', 3]]);
    expect(html.startsWith(CAPTURE_PAGE_MARK)).toBe(true);
    expect(written).toBe(`the page is in ${file('page.html')}`);
  });

  it('keeps the first connections and counts the others', async () => {
    // The first one lasts longest, so that it ends after the page has its fill.
    const long = conversation({ clientPort: 9_999, stepNs: 1_000n })
      .handshake()
      .wait(60_000)
      .data('client', REQUEST)
      .data('server', RESPONSE);
    const { capture, written, detail } = await pageOf([...long.packets, ...many(LANES + 40, (one) => visit(one.wait(1)))]);
    expect(capture.lanes.map(([stream]) => stream)).toEqual(Array.from({ length: LANES }, (_, at) => at));
    expect(capture).toMatchObject({ connections: LANES + 41, exchanges: LANES + 41 });
    expect(detail(0)?.ladders[0]?.[7].length).toBeGreaterThan(4);
    expect(written).toContain(`the first 1,000 of 1,041 connections`);
  });

  it('leaves out connections of other ports, and holds nothing of them', async () => {
    const { capture } = await pageOf(many(4, visit), [1]);
    expect(capture).toMatchObject({ connections: 0, exchanges: 0, lanes: [], detailed: [] });
  });

  it('stays small where heads are large, and first keeps what findings name', async () => {
    const large = (at: number): string =>
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 6 }, (_, field) => `X-${field}: ${String(at * 10 + field).repeat(2_000)}\r\n`).join('')}Content-Length: 0\r\n\r\n`;
    const packets = many(600, (one, at) =>
      one
        .handshake()
        .data('client', REQUEST)
        .data('server', large(at + 1)),
    );
    const finding: PageFinding = { ...FINDING, where: [{ cell: null, stream: 590, frames: [1] }] };
    const { html, capture, detail } = await pageOf(packets, undefined, [finding]);
    expect(html.length).toBeLessThan(8e6);
    expect(capture.lanes).toHaveLength(600);
    expect(capture.detailed.length).toBeLessThan(400);
    expect(capture.detailed.slice(0, 3)).toEqual([0, 1, 2]);
    expect(capture.detailed.at(-1)).toBe(590);
    expect(detail(590)?.exchanges).toHaveLength(1);
    expect(detail(599)).toBeNull();
    expect(capture.findings).toEqual([finding]);
  });

  it('draws the beginning and the end of a long connection', async () => {
    const talk = conversation({ stepNs: 1_000n }).handshake();
    for (let at = 0; at < 4_000; at++) talk.data('client', `GET /${at} HTTP/1.1\r\nHost: a\r\n\r\n`).data('server', RESPONSE);
    const { capture, detail, strings } = await pageOf(talk.close('server').packets);
    const [, , , , , exchanges, , , bars] = capture.lanes[0]!;
    expect([exchanges, bars?.length]).toEqual([4_000, 500]);
    const events = detail(0)!.ladders[0]![7];
    const words = JSON.stringify(events).replace(/\d+/g, (ref) => strings[Number(ref)] ?? ref);
    expect(words).toContain('GET /3999');
    expect(events.filter(([type]) => type === 6)).toHaveLength(1);
    expect(detail(0)?.exchanges).toHaveLength(60);
  });

  it('counts the requests that a ladder leaves out, also those whose heads were not kept', async () => {
    const talk = conversation({ stepNs: 1_000n }).handshake();
    for (let at = 0; at < 150; at++) talk.data('client', `GET /${at} HTTP/1.1\r\nHost: a\r\n\r\n`).data('server', RESPONSE);
    const { detail, strings } = await pageOf(talk.close('server').packets);
    const events = detail(0)!.ladders[0]![7];
    const leftOut = events.find(([type]) => type === 6)!;
    const words = leftOut.at(-1) as [key: number, arrows: number, exchanges: number];
    const drawn = events.filter((event) => isArrow(event) && ARROW_KINDS[event[6]] === 'request');
    expect(words[2]).toBe(150 - drawn.length);
    const unnamed = events.filter((event) => isArrow(event) && ARROW_KINDS[event[6]] === 'data');
    expect(unnamed).toEqual([]);
    expect(strings).toContain('GET /149');
  });

  it('shows what a hostile server sent as text', async () => {
    const answer = `HTTP/1.1 200 ${HARM.endOfScript}\r\nServer: ${HARM.markup}\r\nX: ${HARM.bidi}${HARM.terminal}\r\nContent-Length: 0\r\n\r\n`;
    const target = `/${HARM.markup.replaceAll(' ', '')}${HARM.formula}`;
    const talk = conversation().handshake().data('client', `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const { html } = await pageOf(talk.data('server', Buffer.from(answer, 'utf8')).packets);
    expect(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.exec(html)).toBeNull();
    const tags = [...html.matchAll(/<(\/?[a-z!][\w-]*)/gi)].map((match) => match[1]?.toLowerCase());
    // The index, the strings, one connection, its packets, the page's script.
    expect(tags.filter((tag) => tag === 'script')).toHaveLength(5);
    expect(tags.filter((tag) => tag === '/script')).toHaveLength(5);
    expect(tags).not.toContain('img');
    expect(html.match(/<!--/g)).toHaveLength(1);
  });
});

/** The packets that a page holds of a connection: number in the capture, bytes held and on the wire. */
async function packetsIn(html: string, stream: number): Promise<{ frame: number; held: number; original: number; text: string }[]> {
  const { capture, packets } = packedDataOf<PageIndex>(html, 'index');
  const place = capture!.detailed.indexOf(stream);
  const [block, start, end] = packets[place] ?? [0, 0, 0];
  let frame = 0;
  const frames = capture!.packetFrames[place]!.map((step) => (frame += step));
  const held: Awaited<ReturnType<typeof packetsIn>> = [];
  if (end === 0) return held;
  await readCapture(packedBytesOf(html, `packets-${block}`).subarray(start, end), (packet) => {
    const { bytes, originalLength } = packet;
    const text = Buffer.from(bytes.subarray(packet.start, packet.end)).toString('latin1');
    held.push({ frame: frames[held.length]!, held: packet.end - packet.start, original: originalLength, text });
  });
  expect(held).toHaveLength(frames.length);
  return held;
}

describe('the packets of a connection in the page', () => {
  const large = `HTTP/1.1 200 OK\r\nContent-Length: 1200\r\n\r\n${'x'.repeat(1200)}`;
  const seek = (one: Conversation): Conversation => one.handshake().data('client', REQUEST).data('server', large).close('client');

  it('have the numbers of the capture, heads whole, and little of the bodies', async () => {
    const { html, capture } = await pageOf(many(3, seek));
    const packets = await packetsIn(html, 1);
    expect(packets.map(({ frame }) => frame)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    const [request, response] = packets.slice(3);
    expect(request?.held).toBe(request?.original);
    expect(request?.text).toContain(REQUEST);
    expect(response?.original).toBe(54 + large.length);
    expect(response?.held).toBe(54 + large.length - 1200 + 32);
    expect(capture.packetFrames.map((steps) => steps.length)).toEqual([8, 8, 8]);
  });

  it('are held of a compressed capture too, and of connections that overlap', async () => {
    const both = [...many(2, seek, 0)].sort((a, b) => Number(a.timeNs - b.timeNs));
    const { html } = await pageOf(both, undefined, undefined, gzipSync);
    const frames = [...(await packetsIn(html, 0)), ...(await packetsIn(html, 1))].map(({ frame }) => frame);
    expect([...frames].sort((a, b) => a - b)).toEqual(both.map((_, at) => at + 1));
  });

  it('are left out where the capture can not be read again', async () => {
    const packets = many(1, seek);
    const { html, detail } = await pageOf(packets, undefined, undefined, undefined, (source) => rmSync(source));
    expect(detail(0)?.ladders).toHaveLength(1);
    expect(await packetsIn(html, 0)).toEqual([]);
  });

  it('leave the page small, those of connections that findings name first', async () => {
    // Heads that gzip can not make smaller.
    const noise = (at: number): string => createHash('sha512').update(String(at)).digest('base64');
    const heads = (at: number): string =>
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 60 }, (_, field) => `X-${field}: ${noise(at * 100 + field)}\r\n`).join('')}Content-Length: 0\r\n\r\n`;
    const packets = many(900, (one, at) => one.handshake().data('client', REQUEST).data('server', heads(at)));
    const finding: PageFinding = { ...FINDING, where: [{ cell: null, stream: 800, frames: [1] }] };
    const { html, capture } = await pageOf(packets, undefined, [finding]);
    expect(html.length).toBeLessThan(8e6);
    const held = capture.packetFrames.flatMap((steps, place) => (steps.length > 0 ? [capture.detailed[place]] : []));
    expect(held.length).toBeGreaterThan(50);
    expect(held.length).toBeLessThan(capture.detailed.length);
    expect(held).toContain(800);
  });
});

describe('the file of the page', () => {
  it('replaces a page of its own and nothing else', () => {
    const [own, other, short] = [file('own.html'), file('other.html'), file('short.html')];
    writeFileSync(own, `${CAPTURE_PAGE_MARK}…`);
    writeFileSync(other, '<!doctype html>\n<html>mine');
    writeFileSync(short, '<!doc');
    expect(() => openPage(own, 'a.pcap')).not.toThrow();
    for (const taken of [other, short])
      expect(() => openPage(taken, 'a.pcap')).toThrow(/is not a page of analyze: remove it, or name another file/);
    expect(() => openPage(dir, 'a.pcap')).toThrow(/is a folder: name a file in it/);
    expect(() => openPage('-', 'a.pcap')).toThrow(/needs the name of a file/);
    expect(statSync(other).size).toBe(26);
  });
});
