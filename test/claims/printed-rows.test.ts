import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { PRINTED, type PrintedName } from '../../harness/claims/claim.ts';
import { probing } from '../../harness/claims/idle-checks.ts';
import { printedCell, printedCells } from '../../harness/claims/printed/printed-evidence.ts';
import { parseRows, rebuildCapture } from '../../harness/claims/printed/printed-rows.ts';
import type { Connection } from '../../harness/model.ts';
import { expectGolden } from '../golden.ts';

const connectionTo = (connections: Connection[], clientPort: number): Connection => {
  const found = connections.find(({ client }) => client.port === clientPort);
  if (!found) throw new Error(`no connection from port ${clientPort}`);
  return found;
};
const responseOf = (connection: Connection) => {
  const response = connection.exchanges[0]?.response;
  if (!response) throw new Error('no response');
  return response;
};
const cell = async (name: PrintedName) => (await printedCell(name)).evidence;

describe('the rows that the reports print, made packets and decoded', () => {
  it('R0.1: Django writes status line, Date, Server, the rest of the head and the body each in a segment', async () => {
    const { connections, capture } = await cell('django-first-html');
    const { segmentSizes, segmentFrames, headBytes, bodyBytes, complete } = responseOf(connectionTo(connections, 50958));
    expect(segmentSizes).toEqual([17, 37, 39, 150, 1417]);
    expect(segmentFrames).toEqual([74, 76, 78, 80, 82]);
    expect({ total: headBytes + bodyBytes, complete, undecoded: capture.undecoded }).toEqual({
      total: 1660,
      complete: true,
      undecoded: {},
    });
  });

  it('R0.2: 304s of 27 + 37 + 39 + 21 bytes with Content-Length: 0, on parallel connections', async () => {
    const { connections } = await cell('django-revisit-304');
    for (const port of [65376, 65377]) {
      const response = responseOf(connectionTo(connections, port));
      expect(response.segmentSizes).toEqual([27, 37, 39, 21]);
      expect([response.status, response.headBytes, response.bodyBytes]).toEqual([304, 124, 0]);
      expect(response.headers).toContainEqual(['Content-Length', '0']);
    }
    // Of the third only the end is printed.
    expect(connectionTo(connections, 65375).exchanges).toEqual([]);
  });

  it('R0.3: probes every 45 s on a used and on a never used connection, which nobody closes (R0.4)', async () => {
    const facts = await printedCell('django-tcp-keepalive');
    const { used, unused } = probing(facts, { carried: ({ client }) => client.port === 53556 });
    expect(used).toEqual([45]);
    expect(unused).toEqual([45]);
    const { connections } = facts.evidence;
    expect(connections.map(({ firstClose }) => firstClose)).toEqual([null, null]);
    expect(connectionTo(connections, 53556).sides.client.keepAliveProbeFrames).toEqual([697, 1325]);
    expect(connectionTo(connections, 58936).sides.client.keepAliveProbeFrames).toEqual([584, 1217]);
  });

  it('R1.1 and R1.2: two connections at once; head and body apart; the server sends the first FIN', async () => {
    const { connections } = await cell('flask-edge-capture-1');
    const [first, second] = [connectionTo(connections, 56025), connectionTo(connections, 56026)];
    expect((second.handshake!.synNs - first.handshake!.synNs) / 1e6).toBeCloseTo(0.286, 3);
    expect(second.exchanges).toEqual([]);
    const response = responseOf(first);
    expect([response.version, response.headBytes, response.bodyBytes, response.headEndsWithBody]).toEqual(['1.1', 174, 563, false]);
    expect(first.firstClose).toMatchObject({ by: 'server', how: 'FIN', frame: 21 });
    expect((first.firstClose!.timeNs - response.endNs) / 1e6).toBeCloseTo(17.779, 3);
  });

  it("R1.3: the logo in segments of 8192, with a gap where rows are left out; the client's FIN first", async () => {
    const logo = connectionTo((await cell('flask-edge-capture-2')).connections, 64933);
    const response = responseOf(logo);
    expect(response.segmentSizes.slice(0, 3)).toEqual([363, 8192, 8192]);
    expect(response.largestSegment).toBe(8192);
    // What is not printed is exactly 85 segments more.
    expect(logo.sides.server.missingBytes).toBe(85 * 8192);
    expect(response.headers).toContainEqual(['Content-Length', String(782_343 - 363)]);
    expect(logo.firstClose).toMatchObject({ by: 'client', how: 'FIN', frame: 251 });
    expect(logo.firstClose!.idleMs).toBeCloseTo(0.295, 3);
  });

  it("R1.5: other programs' connections are told by their ports; a poll every 5 s, an upgrade, a refused SYN", async () => {
    const { connections, exchanges } = await cell('flask-edge-capture-2');
    const ports = new Set(connections.map(({ server }) => server.port));
    expect([...ports].sort((a, b) => a - b)).toEqual([5000, 10007, 23119, 62129]);
    const polls = exchanges.filter(({ request }) => request?.target.startsWith('/ECAgent')).map(({ request }) => request!.startNs / 1e9);
    expect(polls.slice(1).map((time, index) => Math.round((time - polls[index]!) * 10) / 10)).toEqual([5, 5, 5]);
    expect(exchanges.find(({ response }) => response?.status === 101)?.request?.target).toBe('/download');
    const refused = connectionTo(connections, 64943);
    expect([refused.zeekState, refused.sides.server.rstFrame]).toEqual(['REJ', 256]);
  });

  it('R2.1 and R2.2: HTTP/1.0 304 of 104 bytes and FIN at once; the unused connection is kept by probes at 45 and 90 s', async () => {
    const facts = await printedCell('http-server-edge');
    const { connections } = facts.evidence;
    const [used, unused] = [connectionTo(connections, 50300), connectionTo(connections, 50301)];
    const response = responseOf(used);
    expect([response.version, response.status, response.headBytes]).toEqual(['1.0', 304, 104]);
    expect(used.firstClose).toMatchObject({ by: 'server', how: 'FIN', frame: 1577 });
    expect(used.firstClose!.idleMs).toBeCloseTo(0.13, 2);
    expect(unused.sides.client.keepAliveProbeFrames).toEqual([3049, 4912]);
    expect(probing(facts).unused).toEqual([45, 45]);
  });

  it.each([...PRINTED])('%s: everything that is read of it', async (name) => {
    const { evidence, values } = await printedCell(name);
    const lines = evidence.connections.flatMap((connection) => [
      `${connection.stream} ${connection.client.port} > ${connection.server.port} frames ${connection.firstFrame}-${connection.lastFrame} ${connection.zeekState}${connection.firstClose ? ` ${connection.firstClose.by} ${connection.firstClose.how} in frame ${connection.firstClose.frame}` : ''}`,
      ...connection.exchanges.map(
        ({ request, response }) =>
          `  ${request?.startLine ?? '(no request)'} => ${response ? `${response.startLine}, ${response.headBytes} + ${response.bodyBytes}` : '(no response)'}`,
      ),
    ]);
    const shown = Object.entries(values).map(
      ([id, { value, frames }]) => `${id} = ${JSON.stringify(value)} (${frames.slice(0, 6).join(', ')})`,
    );
    expectGolden(`claims/${name}.txt`, [...lines, '', ...shown, ''].join('\n'));
  });
});

describe('rebuilding', () => {
  it('refuses a line that is no row', () => {
    expect(() => parseRows('frame\ttime_s\tprotocol\tframe_bytes\tinfo\n1\t0.0\tTCP')).toThrow(/not a row/);
  });

  it('keeps the frame numbers and lengths of the rows', () => {
    const rows = parseRows('h\n3\t0.5\tTCP\t44\t50000 > 80 [ACK] Seq=1 Ack=1 Win=100 Len=0\n');
    const file = rebuildCapture(rows, 80);
    const lengths: number[] = [];
    for (let at = 24; at < file.length; at += 16 + lengths.at(-1)!) lengths.push(new DataView(file.buffer).getUint32(at + 8, true));
    expect(lengths).toEqual([32, 32, 44]);
  });
});

describe('a file of rows that is not there', () => {
  it('is an error that names it, not a claim that can not be observed', async () => {
    const root = path.join(import.meta.dirname, 'no-such-package');
    await expect(printedCells(root)).rejects.toThrow(/no-such-package.harness.claims.printed.rows.django-first-html\.tsv/);
  });
});
