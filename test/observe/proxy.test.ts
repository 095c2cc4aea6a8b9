import { describe, expect, it } from 'vitest';
import type { CellHeader } from '../../harness/capture-file/cell-comments.ts';
import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { Evidence } from '../../harness/model.ts';
import { proxy } from '../../harness/observe/proxy.ts';
import { EPOCH_NS, pcap } from '../packets/captures.ts';
import { type Conversation, conversation } from '../packets/conversation.ts';

const header = { server: 'nginx-proxy>express', client: 'probe', scenario: 'range', origin: 'http://127.0.0.1:8080' } as CellHeader;

/** The evidence of a chain: its client asks port 8080, its proxy asks port 8081. */
async function chain(...hops: Conversation[]): Promise<Evidence> {
  const packets = hops.flatMap((one) => one.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
  const { capture, connections } = await decodeFile(pcap(packets), { ports: [8080, 8081] });
  return toEvidence({ ...capture, sectionComments: [`wirematrix ${JSON.stringify(header)}`] }, connections);
}

const shown = (evidence: Evidence, name: string) => proxy.find(({ id }) => id === `proxy.${name}`)?.observe(evidence)?.value;

const hop = (serverPort: number, atMs: number) =>
  conversation({ serverPort, clientPort: 40_000 + serverPort + atMs, startNs: EPOCH_NS + BigInt(atMs * 1e6) }).handshake();

/** Client and proxy, each with a request and a response of its own. */
function visit({ asks, passes, answers, gives }: { asks: string; passes: string; answers: string; gives: string }) {
  const front = hop(8080, 0).data('client', asks).ack('server').wait(10).data('server', gives).ack('client');
  const behind = hop(8081, 1).data('client', passes).ack('server').data('server', answers).ack('client').fin('server');
  return chain(front, behind);
}

const plain = {
  asks: 'GET /a HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive\r\nX-Mark: 1\r\n\r\n',
  passes: 'GET /a HTTP/1.0\r\nHost: backend\r\nConnection: close\r\nX-Forwarded-For: 127.0.0.1\r\n\r\n',
  answers: 'HTTP/1.1 200 OK\r\nServer: one\r\nETag: "a"\r\n\r\nhello',
  gives: 'HTTP/1.1 200 OK\r\nServer: two\r\nVia: 1.1 proxy\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
};

describe('a chain', () => {
  it('has two hops, and its connections are those of the client', async () => {
    const evidence = await visit(plain);
    expect(evidence.connections.map(({ server }) => server.port)).toEqual([8080]);
    expect(evidence.behind?.map(({ server }) => server.port)).toEqual([8081]);
    expect(evidence.exchanges).toHaveLength(1);
  });

  it('shows what the proxy changes', async () => {
    const evidence = await visit(plain);
    expect(shown(evidence, 'added-request-fields')).toBe('x-forwarded-for');
    expect(shown(evidence, 'removed-request-fields')).toBe('x-mark');
    expect(shown(evidence, 'changed-request-fields')).toBe('connection, host');
    expect(shown(evidence, 'added-response-fields')).toBe('transfer-encoding, via');
    expect(shown(evidence, 'removed-response-fields')).toBe('etag');
    expect(shown(evidence, 'changed-response-fields')).toBe('server');
    expect(shown(evidence, 'request-version')).toBe('1.0');
    expect(shown(evidence, 'upstream-reuse')).toBe(1);
    expect(shown(evidence, 'upstream-closed-by')).toBe('server');
    expect(shown(evidence, 'response-framing')).toBe('close > chunked');
    expect(shown(evidence, 'answered-itself')).toBe(0);
    expect(shown(evidence, 'repeated')).toBe(0);
    // Nobody asked for a part, or under a condition.
    expect(shown(evidence, 'ranges')).toBeUndefined();
    expect(shown(evidence, 'conditions')).toBeUndefined();
  });

  it('names frames on both hops', async () => {
    const evidence = await visit(plain);
    const frames = proxy.find(({ id }) => id === 'proxy.added-request-fields')?.observe(evidence)?.frames ?? [];
    const ports = frames.map(
      (frame) =>
        [...evidence.connections, ...(evidence.behind ?? [])].find((one) =>
          one.exchanges.some(({ request }) => request?.frames[0] === frame),
        )?.server.port,
    );
    expect(ports).toEqual([8080, 8081]);
  });

  it('shows a condition that the proxy answers by itself', async () => {
    const asks = 'GET /a HTTP/1.1\r\nHost: a.test\r\nIf-None-Match: "a"\r\n\r\n';
    const evidence = await chain(
      hop(8080, 0).data('client', asks).ack('server').data('server', 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'),
    );
    expect(shown(evidence, 'conditions')).toBe('kept back');
    expect(shown(evidence, 'answered-itself')).toBe(1);
    expect(shown(evidence, 'added-request-fields')).toBeUndefined();
  });

  it('shows a range that is passed on', async () => {
    const ask = 'GET /a HTTP/1.1\r\nHost: a.test\r\nRange: bytes=0-1\r\n\r\n';
    const part = 'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/5\r\nContent-Length: 2\r\n\r\nhe';
    const evidence = await visit({ asks: ask, passes: ask, answers: part, gives: part });
    expect(shown(evidence, 'ranges')).toBe('passed on');
    expect(shown(evidence, 'response-framing')).toBe('kept');
    expect(shown(evidence, 'added-response-fields')).toBe('none');
  });
});

it('has no value for a server alone', async () => {
  const evidence = await visit(plain);
  const { behind: _, ...alone } = evidence;
  expect(proxy.flatMap((observation) => observation.observe(alone) ?? [])).toEqual([]);
});
