import { describe, expect, it } from 'vitest';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import { CLOCK_SKEW_NS, type ProxiedPair, proxiedPairs } from '../../harness/observe/proxied.ts';
import { EPOCH_NS, pcap } from '../packets/captures.ts';
import { type Conversation, conversation } from '../packets/conversation.ts';
import { FLAG } from '../packets/layers.ts';

const CLIENT = '10.0.0.1';
const OTHER_CLIENT = '10.0.0.9';
const PROXY = '10.0.0.2';
const SERVER = '10.0.0.3';
const STEP_MS = 0.01;

/** A connection that begins at `startMs`; each packet comes a hundredth of a millisecond after the one before. */
function between(clientAddress: string, serverAddress: string, startMs: number, clientPort = 40_000, serverPort = 80): Conversation {
  const startNs = EPOCH_NS + BigInt(Math.round(startMs * 1e6));
  const options = { mss: 1460, windowScale: 7, sackPermitted: true };
  return conversation({ clientAddress, serverAddress, clientPort, serverPort, startNs, stepNs: 10_000n, options });
}

const get = (target: string, ...fields: string[]): string =>
  `GET ${target} HTTP/1.1\r\n${['Host: a.test', ...fields].map((field) => `${field}\r\n`).join('')}\r\n`;
const answer = (status: number, body = 'hello'): string => `HTTP/1.1 ${status} X\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** Asks at 0.03 ms after `startMs`; the answer comes `ms` later. */
const asks = (talk: Conversation, request: string, ms: number, response: string): Conversation =>
  talk
    .handshake()
    .data('client', request)
    .wait(ms - STEP_MS)
    .data('server', response);

async function pairsIn(...talks: Conversation[]): Promise<ProxiedPair[]> {
  const packets = talks.flatMap((talk) => talk.packets).sort((a, b) => Number(a.timeNs - b.timeNs));
  const { connections } = await decodeFile(pcap(packets));
  return proxiedPairs(connections);
}

const streams = (pairs: readonly ProxiedPair[]): [number, number][] =>
  pairs.map(({ clientSide, upstreamSide }) => [clientSide.stream, upstreamSide.stream]);

describe('both sides of a proxy', () => {
  it('are joined where a request is forwarded while its client waits', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 20, answer(200)),
      asks(between(PROXY, SERVER, 5), get('/a', 'X-Forwarded-For: 10.0.0.1'), 5, answer(200)),
    );
    expect(pairs).toEqual([
      {
        clientSide: {
          stream: 0,
          exchange: 0,
          client: { address: CLIENT, port: 40_000 },
          server: { address: PROXY, port: 80 },
          method: 'GET',
          target: '/a',
          status: 200,
          frames: [4, 10],
        },
        upstreamSide: expect.objectContaining({
          stream: 1,
          exchange: 0,
          server: { address: SERVER, port: 80 },
          status: 200,
          frames: [8, 9],
        }),
        outcome: 'answered',
        outcomeFrames: [9, 9],
        outcomeMs: 5,
        confidence: 'probably',
        because: [
          'the same GET /a follows 5 ms later and while it waits',
          'it comes from the address that the client asked',
          'it names the client, 10.0.0.1',
          'it names the same host, a.test',
          'both were answered 200 with 5 bytes',
        ],
      },
    ]);
  });

  it('lead from a 502 to a request that went to a connection which the server had closed', async () => {
    const upstream = asks(between(PROXY, SERVER, -6000), get('/old'), 1, answer(200))
      .wait(5000)
      .fin('server')
      .wait(1003);
    upstream.segment('client', { flags: FLAG.ack | FLAG.psh, ack: upstream.next.server - 1, payload: Buffer.from(get('/a')) });
    upstream.segment('server', { flags: FLAG.rst, seq: upstream.next.server, ack: 0, window: 0 });
    const [pair] = await pairsIn(upstream, asks(between(CLIENT, PROXY, 0), get('/a'), 20, answer(502)));
    expect(pair).toMatchObject({
      outcome: 'race',
      confidence: 'probably',
      clientSide: { status: 502 },
      upstreamSide: { exchange: 1, status: null },
    });
    expect(pair?.outcomeFrames).toEqual([6, 11, 12]);
  });

  it('lead to a race where FIN and request crossed', async () => {
    const upstream = between(PROXY, SERVER, 5).handshake().data('client', get('/a'));
    upstream.segment('server', { flags: FLAG.fin | FLAG.ack, ack: 1001 });
    upstream.next.server++;
    upstream.segment('server', { flags: FLAG.rst, ack: 0 });
    expect(await pairsIn(asks(between(CLIENT, PROXY, 0), get('/a'), 20, answer(502)), upstream)).toMatchObject([{ outcome: 'race' }]);
  });

  const failing = (end: (talk: Conversation) => Conversation, clientStatus = 502) =>
    pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 2000, answer(clientStatus)),
      end(between(PROXY, SERVER, 5).handshake().data('client', get('/a'))),
    );

  it.each([
    ['closed', failing((talk) => talk.wait(3).close('server')), 3.01],
    ['reset', failing((talk) => talk.rst('server')), STEP_MS],
    ['given-up', failing((talk) => talk.wait(1000).close('client'), 504), 1000.01],
    ['answer-cut', failing((talk) => talk.data('server', answer(200).slice(0, -2)).close('server')), 0.02],
    ['open', failing((talk) => talk.ack('server')), null],
  ])('tell what became of the request: %s', async (outcome, pairs, outcomeMs) => {
    expect(await pairs).toMatchObject([{ outcome, outcomeMs, confidence: 'probably' }]);
  });

  it('tell that no connection was to be had', async () => {
    const client = () => asks(between(CLIENT, PROXY, 0), get('/a'), 2000, answer(502));
    expect(await pairsIn(client(), between(PROXY, SERVER, 5).syn().rst('server'))).toMatchObject([
      {
        outcome: 'refused',
        upstreamSide: { exchange: null, server: { address: SERVER } },
        outcomeFrames: [5, 6],
        outcomeMs: STEP_MS,
        confidence: 'probably',
      },
    ]);
    expect(await pairsIn(client(), between(PROXY, SERVER, 5).syn())).toMatchObject([{ outcome: 'unreachable', outcomeMs: null }]);
    // Somebody else was refused.
    expect(await pairsIn(client(), between(OTHER_CLIENT, SERVER, 5).syn().rst('server'))).toEqual([]);
    // Two servers were tried at the same time: which, nobody can tell.
    const two = await pairsIn(client(), between(PROXY, SERVER, 5).syn().rst('server'), between(PROXY, '10.0.0.4', 6).syn().rst('server'));
    expect(two).toMatchObject([
      { outcome: 'refused', confidence: 'possibly', because: expect.arrayContaining(['1 other connections fit as well']) },
    ]);
  });

  it('have another upstream side for each that failed', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 50, answer(200)),
      between(PROXY, SERVER, 5).handshake().data('client', get('/a')).rst('server'),
      asks(between(PROXY, '10.0.0.4', 10), get('/a'), 5, answer(200)),
      // Not forwarded: the one before was answered.
      asks(between(PROXY, '10.0.0.5', 20), get('/a'), 5, answer(200)),
    );
    expect(streams(pairs)).toEqual([
      [0, 1],
      [0, 2],
    ]);
    expect(pairs.map(({ outcome }) => outcome)).toEqual(['reset', 'answered']);
  });

  it('are joined link by link through two proxies', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 50, answer(200)),
      asks(between(PROXY, SERVER, 5), get('/a'), 40, answer(200)),
      asks(between(SERVER, '10.0.0.4', 10), get('/a'), 20, answer(200)),
    );
    expect(streams(pairs)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('know the absolute form that a forward proxy is asked in', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('http://a.test/a?b'), 50, answer(200)),
      asks(between(PROXY, SERVER, 5), get('/a?b', 'Via: 1.1 squid'), 5, answer(200)),
    );
    expect(pairs).toMatchObject([{ confidence: 'probably', because: expect.arrayContaining(['a proxy has put itself into its Via']) }]);
  });

  it('follow the messages where several wait for the same target', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 50, answer(200)),
      asks(between(OTHER_CLIENT, PROXY, 1), get('/a'), 50, answer(200)),
      asks(between(PROXY, SERVER, 5, 40_001), get('/a', 'X-Forwarded-For: 10.0.0.9'), 5, answer(200)),
      asks(between(PROXY, SERVER, 6, 40_002), get('/a', 'Forwarded: proto=http;for="10.0.0.1:4711"'), 5, answer(200)),
    );
    expect(streams(pairs)).toEqual([
      [1, 2],
      [0, 3],
    ]);
    expect(pairs.every(({ confidence }) => confidence === 'probably')).toBe(true);
  });

  it('say so where others fit as well', async () => {
    const pairs = await pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 50, answer(200)),
      asks(between(OTHER_CLIENT, PROXY, 1), get('/a'), 50, answer(200)),
      asks(between(PROXY, SERVER, 5), get('/a'), 5, answer(200)),
    );
    expect(pairs).toMatchObject([{ confidence: 'possibly', because: expect.arrayContaining(['1 other requests fit as well']) }]);
  });

  it('are not made of one client that asks two servers', async () => {
    expect(
      await pairsIn(
        asks(between(CLIENT, PROXY, 0), get('/favicon.ico'), 50, answer(404)),
        asks(between(CLIENT, SERVER, 5), get('/favicon.ico'), 5, answer(404)),
      ),
    ).toEqual([]);
    // Nothing but a strong tie tells them apart on one machine.
    const local = (fields: string[], status: number) =>
      pairsIn(
        asks(between(CLIENT, CLIENT, 0, 40_000, 8080), get('/a', 'User-Agent: x'), 50, answer(200)),
        asks(between(CLIENT, CLIENT, 5, 40_001, 9000), get('/a', 'User-Agent: x', ...fields), 5, answer(status)),
      );
    expect(await local([], 404)).toMatchObject([{ confidence: 'possibly' }]);
    expect(await local([], 200)).toMatchObject([{ confidence: 'probably' }]);
    expect(await local(['X-Forwarded-For: 10.0.0.1'], 404)).toMatchObject([{ confidence: 'probably' }]);
  });

  /** The client's head ends at 0.03, its answer comes at 20.03; the upstream's request and answer come at these times. */
  const timed = (requestMs: number, answerMs: number) =>
    pairsIn(
      asks(between(CLIENT, PROXY, 0), get('/a'), 20, answer(200)),
      asks(between(PROXY, SERVER, requestMs - 3 * STEP_MS), get('/a'), answerMs - requestMs, answer(200)),
    );
  const skewMs = CLOCK_SKEW_NS / 1e6;

  it.each([
    ['a request of a clock that is as early as may be', timed(0.04, 10), 1],
    ['an answer that comes as late as two clocks may tell it', timed(5, 20.03 + skewMs), 1],
    ['an answer that comes later', timed(5, 20.04 + skewMs), 0],
    ['a request when the client has its answer', timed(20.04, 30), 0],
    ['a request that is as late as may be', timed(20.03, 20.5), 1],
  ])('have bounds in time: %s', async (_, pairs, count) => {
    expect(await pairs).toHaveLength(count);
  });
});
