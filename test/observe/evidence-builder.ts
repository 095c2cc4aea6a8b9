/** Makes evidence by hand: only what a test is about is given, the rest is plain. Times in milliseconds. */
import type {
  Connection,
  Evidence,
  Exchange,
  FirstClose,
  HeaderField,
  Observation,
  ObservedValue,
  RequestMessage,
  ResponseMessage,
  Side,
  SideStats,
  StepMark,
} from '../../harness/model.ts';

const NS = 1e6;

const sideStats = (): SideStats => ({
  initialSequenceNumber: 0,
  mss: null,
  windowScale: null,
  sackPermitted: true,
  frames: 3,
  segments: 0,
  payloadBytes: 0,
  largestSegment: 0,
  retransmissions: 0,
  retransmissionFrames: [],
  duplicatePackets: 0,
  zeroWindowProbes: 0,
  outOfOrder: 0,
  duplicateAcks: 0,
  zeroWindows: 0,
  missingBytes: 0,
  keepAliveProbeFrames: [],
  keepAliveProbeTimesNs: [],
  keepAliveAckFrames: [],
  finFrame: null,
  finNs: null,
  rstFrame: null,
  rstNs: null,
  lastPayloadFrame: null,
  lastPayloadNs: null,
});

export interface RequestInput {
  frame: number;
  atMs?: number;
  target?: string;
  method?: string;
  step?: string;
  headers?: HeaderField[];
  /** `null`: no response came. */
  response?: Partial<ResponseMessage> | null;
  responseFrame?: number;
  responseMs?: number;
}

export interface ConnectionInput {
  /** Frame of the SYN; SYN-ACK and ACK follow. `null`: no handshake in the capture. */
  syn?: number;
  synMs?: number;
  handshakeMs?: number;
  requests?: RequestInput[];
  close?: { by: Side; how?: FirstClose['how']; frame: number; atMs: number };
  probes?: { side: Side; frames: number[]; timesMs: number[] };
  missing?: Partial<Record<Side, number>>;
  midStream?: boolean;
}

const message = (frame: number, atMs: number) => ({
  version: '1.1',
  headers: [] as HeaderField[],
  trailers: [],
  framing: 'none' as const,
  headFrames: [frame, frame] as const,
  frames: [frame, frame] as const,
  headBytes: 100,
  bodyBytes: 0,
  bodyWireBytes: 0,
  offset: 0,
  startNs: atMs * NS,
  headEndNs: atMs * NS,
  endNs: atMs * NS,
  headSegments: 1,
  headEndsWithBody: false,
  segmentSizes: [100],
  segmentFrames: [frame],
  largestSegment: 100,
  complete: true,
  problems: [],
});

function exchangeOf(stream: number, index: number, input: RequestInput): Exchange {
  const { frame, atMs = frame, target = '/', method = 'GET', step = null } = input;
  const request: RequestMessage = {
    ...message(frame, atMs),
    startLine: `${method} ${target} HTTP/1.1`,
    method,
    target,
    bodyStartNs: null,
    headers: input.headers ?? [],
  };
  const responseFrame = input.responseFrame ?? frame + 1;
  const response: ResponseMessage | null =
    input.response === null
      ? null
      : {
          ...message(responseFrame, input.responseMs ?? atMs + 1),
          startLine: 'HTTP/1.1 200 OK',
          status: 200,
          reason: 'OK',
          framing: 'content-length',
          bodyBytes: 10,
          bodyWireBytes: 10,
          ...input.response,
        };
  return { stream, index, step, request, response, interim: [] };
}

function connectionOf(stream: number, input: ConnectionInput): Connection {
  const syn = input.syn ?? 1;
  const synMs = input.synMs ?? syn;
  const exchanges = (input.requests ?? []).map((request, index) => exchangeOf(stream, index, request));
  const sides = { client: sideStats(), server: sideStats() };
  for (const { request, response } of exchanges) {
    if (request) Object.assign(sides.client, { lastPayloadFrame: request.frames[1], lastPayloadNs: request.endNs });
    if (response) Object.assign(sides.server, { lastPayloadFrame: response.frames[1], lastPayloadNs: response.endNs });
  }
  sides.client.payloadBytes = exchanges.length * 100;
  if (input.probes) {
    sides[input.probes.side].keepAliveProbeFrames = input.probes.frames;
    sides[input.probes.side].keepAliveProbeTimesNs = input.probes.timesMs.map((time) => time * NS);
  }
  for (const side of ['client', 'server'] as const) sides[side].missingBytes = input.missing?.[side] ?? 0;
  const lastByteNs = Math.max(synMs * NS, sides.client.lastPayloadNs ?? 0, sides.server.lastPayloadNs ?? 0);
  const firstClose = input.close && {
    by: input.close.by,
    how: input.close.how ?? ('FIN' as const),
    frame: input.close.frame,
    timeNs: input.close.atMs * NS,
    idleMs: input.close.atMs - lastByteNs / NS,
    acknowledged: null,
  };
  if (firstClose)
    Object.assign(
      sides[firstClose.by],
      firstClose.how === 'FIN'
        ? { finFrame: firstClose.frame, finNs: firstClose.timeNs }
        : { rstFrame: firstClose.frame, rstNs: firstClose.timeNs },
    );
  const handshakeNs = (input.handshakeMs ?? 0.1) * NS;
  return {
    stream,
    client: { address: '127.0.0.1', port: 40_000 + stream },
    server: { address: '127.0.0.1', port: 8080 },
    firstFrame: syn,
    lastFrame: input.close?.frame ?? syn + 2,
    startNs: synMs * NS,
    endNs: (input.close?.atMs ?? synMs) * NS,
    frameCount: 3,
    handshake: input.midStream
      ? null
      : {
          synFrame: syn,
          synAckFrame: syn + 1,
          ackFrame: syn + 2,
          synNs: synMs * NS,
          synAckNs: synMs * NS + handshakeNs / 2,
          ackNs: synMs * NS + handshakeNs,
          synAcks: 1,
        },
    rttNs: handshakeNs,
    protocol: exchanges.length > 0 ? ('http/1' as const) : ('none' as const),
    protocolFrame: null,
    keepAliveRace: null,
    outOfTimeOrder: 0,
    synNumberRepeated: null,
    midStream: input.midStream ?? false,
    completeness: 15,
    zeekState: 'S1',
    sides,
    firstClose: firstClose ?? null,
    timeWait: null,
    portReused: false,
    waits: [],
    exchangeCount: exchanges.length,
    exchanges,
  };
}

export interface EvidenceInput {
  scenario?: string;
  /** Frame and time of each step's beginning; default: one step that bears the scenario's id. */
  steps?: { id: string; frame: number; atMs?: number }[];
  connections: ConnectionInput[];
  endMs?: number;
}

export function evidence({ scenario = 'first-visit', steps, connections: inputs, endMs = 10_000 }: EvidenceInput): Evidence {
  const connections = inputs.map((input, stream) => connectionOf(stream, input));
  const marks: StepMark[] = (steps ?? [{ id: scenario, frame: 1 }]).map(({ id, frame, atMs }) => ({
    id,
    frame,
    timeNs: (atMs ?? frame) * NS,
  }));
  const exchanges = connections.flatMap((connection) => connection.exchanges);
  for (const exchange of exchanges)
    exchange.step ??= marks.findLast((mark) => mark.frame <= (exchange.request?.frames[0] ?? 0))?.id ?? null;
  exchanges.sort((a, b) => (a.request?.frames[0] ?? 0) - (b.request?.frames[0] ?? 0));
  return {
    cell: { server: 'some-server', client: 'chromium', scenario },
    capture: {
      baseEpochNs: 0n,
      linkTypes: [1],
      frames: 1_000,
      undecoded: {},
      received: null,
      dropped: null,
      endNs: endMs * NS,
      sectionComments: [],
      hasEnd: true,
      frameComments: [],
    },
    steps: marks,
    connections,
    exchanges,
  };
}

/** The value of one observation of a group, by its id. */
export function show(group: readonly Observation[], id: string, from: Evidence): ObservedValue | null {
  const observation = group.find((one) => one.id === id);
  if (!observation) throw new Error(`no observation ${id} in this group`);
  return observation.observe(from);
}
