/** A run's folder made of packets that are written out here: a plain server, one that closes by a timer, and one that means harm. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type CellHeader, sectionComments, stepComment } from '../../harness/capture-file/cell-comments.ts';
import type { RunResult } from '../../harness/compare/run-result.ts';
import { assembleRun, metaFromCaptures } from '../../harness/results/assemble.ts';
import { interfaceStatistics, type Packet, pcapng } from '../packets/captures.ts';
import { type Conversation, conversation } from '../packets/conversation.ts';

/** Each piece would do harm somewhere: in a page, a terminal, a spreadsheet, Markdown, a line of text. */
export const HARM = {
  markup: '<script>window.harmed=1</script><img src=x onerror="window.harmed=2">',
  endOfScript: '</script><script>window.harmed=3</script><!--',
  terminal: '\x1b]0;owned\x07\x1b[2J\x9b31m',
  formula: '=cmd|calc!A1',
  bidi: 'evil\u202egnp.exe',
  nul: 'a\x00b',
  markdown: '[x](javascript:alert(1))|`',
} as const;

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

const answer = (start: string, headers: readonly string[], body: string): string =>
  [start, ...headers, `Content-Length: ${body.length}`, '', body].join('\r\n');

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n`;

const page = (): Conversation =>
  conversation()
    .handshake()
    .wait(1)
    .data('client', get('/'))
    .wait(3)
    .data('server', answer('HTTP/1.1 200 OK', ['Server: plain', 'ETag: "1"', 'Keep-Alive: timeout=5'], 'x'.repeat(900)))
    .ack('client')
    .wait(2)
    .data('client', get('/style.css'))
    .wait(1)
    .data('server', answer('HTTP/1.1 200 OK', ['Server: plain', 'Keep-Alive: timeout=5'], 'y'.repeat(300)))
    .ack('client');

/** The server closes after the six seconds that Node takes for its five. */
export const closing = (): Conversation => page().wait(6_000).close('server');

const open = (): Conversation => page().wait(45_000).segment('client', { flags: 16, seq: 1_000 }).ack('server').wait(45_000);

const hostile = (): Conversation =>
  conversation()
    .handshake()
    .data('client', get(`/${HARM.markup.replaceAll(' ', '%20')}`))
    .data(
      'server',
      latin1(
        answer(
          `HTTP/1.1 200 ${HARM.endOfScript}`,
          [
            `Server: ${HARM.markup}`,
            `ETag: "${HARM.endOfScript}"`,
            `Cache-Control: ${HARM.formula}`,
            `Connection: ${HARM.terminal}`,
            `X-Bidi: ${HARM.bidi}`,
            `X-Nul: ${HARM.nul}`,
            `X-Markdown: ${HARM.markdown}`,
            `Content-Type: ${HARM.markup}`,
            `Location: ${HARM.formula}`,
            `${HARM.markup.replaceAll(' ', '')}: as a name`,
          ],
          'z'.repeat(40),
        ),
      ),
    )
    .data('client', get(HARM.formula))
    .data('server', latin1(answer(`HTTP/1.1 404 ${HARM.terminal}`, [], '')))
    .rst('server');

const header = (server: string, client: string, scenario: string): CellHeader => ({
  server,
  client,
  scenario,
  serverTitle: server === 'evil' ? `Evil ${HARM.bidi}${HARM.markup}` : server,
  serverVersion: '1.0',
  serverProvenance: server === 'imitation' ? 'model' : 'real',
  clientTitle: client === 'chromium' ? 'Chromium' : 'Direct questions',
  clientVersion: '1',
  clientProvenance: 'emulated',
  origin: 'http://127.0.0.1:8080',
  windowMs: 95_000,
  startedAt: '2026-01-02T03:04:05.000Z',
});

function writeCell(dir: string, server: string, client: string, scenario: string, talk: Conversation): void {
  const packets = talk.packets.map((packet, place): Packet => (place === 0 ? { ...packet, comments: [stepComment(scenario)] } : packet));
  const file = path.join(dir, 'captures', server, client, `${scenario}.pcapng`);
  mkdirSync(path.dirname(file), { recursive: true });
  const capture = pcapng(packets, { comments: sectionComments(header(server, client, scenario)) });
  const end = interfaceStatistics(packets.length, 0, packets.at(-1)?.timeNs ?? 0n);
  writeFileSync(file, Buffer.concat([capture, end]));
}

/** The folder is the caller's to remove. */
export async function madeRun(): Promise<{ dir: string; run: RunResult }> {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'wirematrix-report-'));
  for (const [server, talk] of Object.entries({ plain: closing, other: closing, lasting: open, imitation: closing, evil: hostile })) {
    writeCell(dir, server, 'chromium', 'first-visit', talk());
    writeCell(dir, server, 'probe', 'idle-used', talk());
  }
  return { dir, run: (await assembleRun(dir, await metaFromCaptures(dir))).run };
}
