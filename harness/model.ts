/**
 * The types that all layers share. Imports nothing, so that every layer, `servers/` and `clients/` may import it.
 *
 * Times are nanoseconds since the capture's first frame (a JavaScript number is exact for the first 104 days); `CaptureInfo.baseEpochNs` is
 * the time of that first frame. Frame numbers count from 1, as Wireshark's do.
 */

// ------------------------------------------------------------------------------------------------------------------ words

/** The languages of the reports. */
export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** Words for each language, all in one shape, so that a language without one of them does not compile. Looked up as `catalogue[language]`. */
export type Catalogue<Words> = Readonly<Record<Language, Words>>;

export const isLanguage = (text: string): text is Language => LANGUAGES.some((language) => language === text);

// ---------------------------------------------------------------------------------------------------------------- capture

/** DLT_/LINKTYPE_ value of the capture file or interface (tcpdump.org/linktypes.html). */
export type LinkType = number;

/** What a capture file says of itself, and what was read from it. */
export interface CaptureInfo {
  /** Nanoseconds since the epoch of the first frame: add a `timeNs` to get wall-clock time. */
  baseEpochNs: bigint;
  linkTypes: LinkType[];
  frames: number;
  /** Number of frames that could not be decoded, or were cut by the snap length, by reason. */
  undecoded: Record<string, number>;
  /** Number of frames of protocols that carry no TCP (ARP, UDP and so on), by protocol: they are left aside. Absent where there are none. */
  otherProtocols?: Record<string, number>;
  /** Frames received and dropped by the interface statistics block; `null` where the file has none. */
  received: number | null;
  dropped: number | null;
  /** The end of the capture (pcapng ISB `isb_endtime`); the time of its last frame where the file has no such field. */
  endNs: number;
  /** Whether the file has its end, the interface statistics: a capture that was cut short has none, and some programs write none. */
  hasEnd: boolean;
  /** Comments of the section header, written by the lane that made the capture. */
  sectionComments: string[];
  /** Comments of packets, with the frame of each. */
  frameComments: { frame: number; timeNs: number; text: string }[];
}

// ------------------------------------------------------------------------------------------------------------------- TCP

/** Client: the end that sent the SYN (or that sends requests, where the start was not captured). */
export type Side = 'client' | 'server';

/** One end of a TCP connection. */
export interface Endpoint {
  address: string;
  port: number;
}

/** What one side of a connection has sent. */
export interface SideStats {
  /** Initial sequence number as on the wire; `null` where the SYN was not captured. */
  initialSequenceNumber: number | null;
  mss: number | null;
  /** Shift count of the window scale option (RFC 7323); `null` where it was not offered. */
  windowScale: number | null;
  sackPermitted: boolean;
  frames: number;
  /** Frames that carried payload (first transmissions and retransmissions alike). */
  segments: number;
  /** Payload bytes, each counted once. */
  payloadBytes: number;
  largestSegment: number;
  /** Segments sent again. Packets that were captured twice are not among them, nor are segments that the capture stores after their acknowledgement. */
  retransmissions: number;
  /** The first `FRAMES_KEPT` frames of `retransmissions`. */
  retransmissionFrames: number[];
  outOfOrder: number;
  duplicateAcks: number;
  /** Packets that were captured twice: not sent again. `editcap -d` removes them from the file. */
  duplicatePackets: number;
  zeroWindows: number;
  /** The first `FRAMES_KEPT` frames of `zeroWindows`. Absent where there are none. */
  zeroWindowFrames?: number[];
  /** Probes sent because the peer's window was 0 (RFC 9293 §3.8.6.1). */
  zeroWindowProbes: number;
  /** Payload bytes that the peer acknowledged and that are not in the capture. */
  missingBytes: number;
  /** Payload bytes, and 1 for the FIN, that the peer had not acknowledged when the capture ended. Absent where there are none, and where nothing of the peer was captured. */
  unacknowledged?: number;
  /** Frames that were TCP keep-alive probes (RFC 9293 §3.8.4), by Wireshark's rule, while the peer's window was open; at most `FRAMES_KEPT`. */
  keepAliveProbeFrames: number[];
  keepAliveProbeTimesNs: number[];
  keepAliveAckFrames: number[];
  finFrame: number | null;
  finNs: number | null;
  rstFrame: number | null;
  rstNs: number | null;
  lastPayloadFrame: number | null;
  lastPayloadNs: number | null;
}

/** Length limit of the lists of frames in a connection or a message; the counts beside them go on. */
export const FRAMES_KEPT = 256;

/** The first FIN or RST of a connection. */
export interface FirstClose {
  by: Side;
  how: 'FIN' | 'RST';
  frame: number;
  timeNs: number;
  /**
   * Milliseconds from the connection's last payload byte (from the end of its handshake, where there was none) to this frame. Where it crossed a request: from
   * the last byte before that. `null` where the capture can't show it: no payload and no handshake, bytes missing before it, or a protocol that is not read.
   */
  idleMs: number | null;
  /** Of a RST: the side that it comes from went on with new data, so that something between the two sent it. Absent elsewhere. */
  isForged?: true;
  /** How many bytes of the peer's stream this frame acknowledges; `null` where it acknowledges nothing, or nothing of the peer is known. */
  acknowledged: number | null;
}

/** What a connection carries: HTTP/1.x, something that is not read (named by its first bytes), or no payload at all. */
export type Protocol = 'http/1' | 'http/2' | 'tls' | 'other' | 'none';

/** A request that was sent after the server's close, or crossed it: the close acknowledges none of it (RFC 9112 §9.5). Frames. */
export interface KeepAliveRace {
  close: number;
  request: number;
  /** The RST that answers the request; `null` where none was captured. */
  reset: number | null;
}

/** One TCP connection, from SYN to its last frame. */
export interface Connection {
  /** The number of the connection, equal to Wireshark's `tcp.stream`. */
  stream: number;
  client: Endpoint;
  server: Endpoint;
  firstFrame: number;
  lastFrame: number;
  startNs: number;
  endNs: number;
  frameCount: number;
  /** `null` where no whole three-way handshake was captured. */
  handshake: {
    synFrame: number;
    synAckFrame: number;
    ackFrame: number;
    synNs: number;
    synAckNs: number;
    ackNs: number;
    synAcks: number;
    /** The last SYN-ACK, where several were sent: one was lost, or the server defers accept (TCP_DEFER_ACCEPT of tcp(7)). */
    lastSynAckFrame?: number;
  } | null;
  /** From the last SYN to the first ACK after it, as Wireshark's `tcp.analysis.initial_rtt`; `null` where the handshake was not captured. */
  rttNs: number | null;
  protocol: Protocol;
  /** The first frame that shows a protocol other than HTTP/1.x; `null` where there is none. */
  protocolFrame: number | null;
  /** What the server's own first bytes certainly show, where that is not HTTP/1.x. */
  serverSpeaks?: Exclude<Protocol, 'http/1' | 'none'>;
  /** Why it is not known what it carries (`other`): the snap length left no byte of its payload; the capture begins after its first bytes. */
  unknownProtocol?: 'cut' | 'mid-stream';
  /** True where the capture begins in the middle of the connection. */
  midStream: boolean;
  /** Wireshark's `tcp.completeness`: 1 SYN, 2 SYN-ACK, 4 ACK, 8 data, 16 FIN, 32 RST. */
  completeness: number;
  /** Zeek's `conn_state`: S0 S1 SF REJ S2 S3 RSTO RSTR RSTOS0 RSTRH SH SHR OTH. */
  zeekState: string;
  sides: Record<Side, SideStats>;
  /** The first FIN or RST of either side. */
  firstClose: FirstClose | null;
  keepAliveRace: KeepAliveRace | null;
  /** Frames whose time is before that of the connection's frame before them. */
  outOfTimeOrder: number;
  /** The first frame whose data begin with the sequence number of the SYN, one byte early, as captures made by hand have it; `null` where there is none. */
  synNumberRepeated: number | null;
  /** The side that enters TIME_WAIT: it sent the first FIN and the close went through without a RST. */
  timeWait: Side | null;
  /** A second SYN on the same 4-tuple made the next connection. */
  portReused: boolean;
  /** Times in which a side could not send, in their order; at most `FRAMES_KEPT`. */
  waits: TcpWait[];
  exchangeCount: number;
  /**
   * The exchanges, in the order of their requests; at most `EXCHANGES_KEPT`, the last one always among them. `exchangeCount` is the number
   * of all.
   */
  exchanges: Exchange[];
  /** What a proxy wrote before the client's first byte by the PROXY protocol. Absent where nothing of the kind was captured. */
  proxyHeader?: ProxyHeader;
}

/** The PROXY protocol's header (haproxy.org, proxy-protocol.txt). */
export interface ProxyHeader {
  version: 1 | 2;
  /** Bytes of the header: the client's own stream begins after them. */
  length: number;
  /** Of the connection that is forwarded; `null` where the header names none (`UNKNOWN`, `LOCAL`, a Unix socket). */
  source: Endpoint | null;
  destination: Endpoint | null;
}

/** A time in which a side could not send, with its cause as the packets show it. */
export interface TcpWait {
  /**
   * `delayed-ack`: a small segment was held (Nagle's algorithm, RFC 9293 §3.7.4) until the ACK of the one before it came, which the other side delayed
   * (RFC 1122 §4.2.3.2). `zero-window`: the other side advertised no room. `retransmission-timeout`: nothing came back, and it sent again when its timer had
   * run out (RFC 6298).
   */
  kind: 'delayed-ack' | 'zero-window' | 'retransmission-timeout';
  /** Who waited to send. */
  side: Side;
  fromNs: number;
  /** The end of the connection, where a window did not open again. */
  untilNs: number;
  /** The segment before, its ACK, the segment that was held; the window of zero and the one that opened it; the segment and each time that it was sent again. */
  frames: number[];
}

/** Length limit of `Connection.exchanges`. */
export const EXCHANGES_KEPT = 10_000;

/** One frame of a connection, as the ladder diagram shows it. Recorded only on request. */
export interface FrameRecord {
  frame: number;
  stream: number;
  timeNs: number;
  from: Side;
  /** TCP flag bits as in the header: 1 FIN, 2 SYN, 4 RST, 8 PSH, 16 ACK, 32 URG. */
  flags: number;
  /** Relative to the initial sequence number, as Wireshark shows it. */
  seq: number;
  ack: number;
  payload: number;
  window: number;
  analysis: FrameAnalysis[];
  /** The receiver can't have accepted it: a RST outside the window, or a segment of an earlier connection (RFC 9293 §3.5.3, §3.10.7). */
  notAcceptable?: true;
  /** A packet that was captured before, captured again. */
  capturedTwice?: true;
}

/** Wireshark's `tcp.analysis.*` names, without the prefix. */
export type FrameAnalysis =
  | 'retransmission'
  | 'fast_retransmission'
  | 'spurious_retransmission'
  | 'out_of_order'
  | 'lost_segment'
  | 'ack_lost_segment'
  | 'keep_alive'
  | 'keep_alive_ack'
  | 'duplicate_ack'
  | 'window_update'
  | 'zero_window'
  | 'zero_window_probe'
  | 'zero_window_probe_ack'
  | 'window_full'
  | 'reused_ports';

// ------------------------------------------------------------------------------------------------------------------ HTTP

/** Header fields as on the wire: order, case and value kept. */
export type HeaderField = readonly [name: string, value: string];

/** RFC 9112 §6.3: how the end of the body is found. `tunnel`: what follows is no longer HTTP (101, CONNECT). */
export type BodyFraming = 'none' | 'content-length' | 'chunked' | 'close' | 'tunnel';

/** Kinds of `MessageProblem`. */
export type MessageProblemKind =
  | 'bare-lf'
  | 'obs-fold'
  | 'whitespace-before-colon'
  | 'invalid-header-name'
  | 'invalid-header-value'
  | 'invalid-start-line'
  | 'duplicate-content-length'
  | 'conflicting-content-length'
  | 'invalid-content-length'
  | 'transfer-encoding-with-content-length'
  | 'transfer-encoding-not-chunked'
  | 'transfer-encoding-in-http10'
  | 'chunked-twice'
  | 'content-length-not-allowed'
  | 'transfer-encoding-not-allowed'
  | 'junk-before-start-line'
  | 'body-not-sent'
  | 'invalid-chunk-size'
  | 'invalid-chunk-line'
  | 'missing-chunk-crlf'
  | 'missing-last-chunk'
  | 'missing-end-of-chunks'
  | 'missing-host'
  | 'duplicate-host'
  | 'head-too-large'
  | 'gap-in-head'
  | 'gap-in-body'
  | 'truncated'
  | 'data-after-close'
  | 'unsolicited-response'
  | 'request-not-read'
  | 'duplicate-date';

/** A violation of RFC 9112 in a message, or a part of it that the capture lacks. */
export interface MessageProblem {
  kind: MessageProblemKind;
  detail: string;
  frame: number;
}

/** One HTTP/1.x message. */
export interface Message {
  /** As on the wire; for a request `GET / HTTP/1.1`. */
  startLine: string;
  /** `1.0` or `1.1`: whatever follows `HTTP/`. */
  version: string;
  headers: HeaderField[];
  trailers: HeaderField[];
  framing: BodyFraming;
  /** First and last frame of the head, of the whole message. */
  headFrames: readonly [number, number];
  frames: readonly [number, number];
  /** Bytes from the start line to the empty line, both included. */
  headBytes: number;
  /** Content bytes seen: chunk framing not counted, transfer coding removed. */
  bodyBytes: number;
  /**
   * A response's content, without its transfer coding: as much as came. `null`: it is longer than what is kept (`ContentLimits`), or bytes of it are not in
   * the capture. Absent where the decoder was not asked to keep any, and where the message can have none.
   */
  content?: Uint8Array | null;
  /** Bytes on the wire after the head: chunk framing and trailers included. */
  bodyWireBytes: number;
  /** Offset of the first byte of the head in the stream of its side. */
  offset: number;
  startNs: number;
  headEndNs: number;
  endNs: number;
  /** Number of TCP segments that carry (part of) the head; true where the last of them carries body bytes too. */
  headSegments: number;
  headEndsWithBody: boolean;
  /** Payload lengths of the segments that carry this message, in stream order; at most `FRAMES_KEPT`. */
  segmentSizes: number[];
  /** The same segments' frames. */
  segmentFrames: number[];
  /** Payload length of the largest of all its segments. */
  largestSegment: number;
  /** False where the connection or the capture ended first, or bytes are missing. */
  complete: boolean;
  problems: MessageProblem[];
}

/** A request. */
export interface RequestMessage extends Message {
  method: string;
  target: string;
  /** When the first byte of the body came, where it came after the segment that ends the head; else `null`. */
  bodyStartNs: number | null;
}

/** A response. */
export interface ResponseMessage extends Message {
  status: number;
  reason: string;
}

/** One HTTP request with its response(s), on a connection. */
export interface Exchange {
  stream: number;
  /** Position on its connection, from 0. */
  index: number;
  /** The scenario's step in which the request's first byte was sent; `null` in a capture without step marks. */
  step: string | null;
  /** `null` for a response without a request (a 408 on an idle connection, for example). */
  request: RequestMessage | null;
  /** `null` where none arrived before the connection or the capture ended. */
  response: ResponseMessage | null;
  /** Set where there is no response because the bytes that may hold it are not in the capture. */
  isResponseMissing?: boolean;
  /** 1xx responses before the final one (RFC 9110 §15.2). A 101 is not among them: it is the response. */
  interim: ResponseMessage[];
}

// -------------------------------------------------------------------------------------------------------- cells and values

/** Whether it is the real program, a model of a server, or an emulated browser. */
export type Provenance = 'real' | 'model' | 'emulated';

/** Why something can't run here, and the one command that changes that. */
export interface Skipped {
  reason: string;
  remedy: string;
}

/** Whether a server or a client can run here: the version that is installed, or why it can't. */
export type Availability = { version: string } | { skipped: Skipped };

/** A step of a scenario, by the marks in the capture. */
export interface StepMark {
  id: string;
  /** First frame at or after the beginning of the step. */
  frame: number;
  timeNs: number;
}

/** The order to stop that the lane gave to the server, and the end of its process, as comments of the capture record them. */
export interface ServerStop {
  signal: string;
  /** When the signal was sent. */
  timeNs: number;
  /** The first frame after it; one beyond the last, where none came. */
  frame: number;
  /** The end of the process; `null` where it still ran when the capture ended. */
  end: { code: number | null; signal: string | null; timeNs: number; frame: number } | null;
}

/** Everything that an observation may use: what the packets of one cell show, and nothing else. */
export interface Evidence {
  cell: CellIdentity;
  capture: CaptureInfo;
  steps: StepMark[];
  /** Absent where the server was not asked to stop, or the capture does not record when. */
  stop?: ServerStop;
  connections: Connection[];
  /** All kept exchanges of these connections, in the order of the first frames of their requests. */
  exchanges: Exchange[];
  /** Of a chain: the connections of the proxy to its server. `connections` are then those of the client to the proxy. */
  behind?: Connection[];
}

/** Properties of the link that a cell's packets cross. */
export interface Link {
  /** Kilobits per second, both ways together. */
  rateKbit?: number;
  /** One-way delay in milliseconds: half a round trip. */
  delayMs?: number;
  /** Largest IP packet in bytes: 1,500 on Ethernet. */
  mtu?: number;
  /**
   * Size in bytes of the bursts that a link with a rate passes, and of its queue: packets beyond it are dropped. The default is large, as
   * in routers.
   */
  bufferBytes?: number;
}

/** The ids of a cell: one server, one client, one scenario. */
export interface CellIdentity {
  server: string;
  client: string;
  scenario: string;
}

/** The value of an observation, as `run.json` stores it. */
export type ValueJson = string | number | boolean | null;

/** An observed value and the frames that show it. */
export interface ObservedValue {
  value: ValueJson;
  frames: number[];
  /** Seconds for which the connection was watched, where the value means "still open at the end". Files name it `window-s` (`writtenValue`). */
  windowS?: number;
  /** A short explanation, where the value alone would mislead. */
  note?: string;
  /** What the RFCs require of this value, if anything. Added by those who list values, never by an observation. */
  conformance?: Conformance;
  /** How it varied where the cell was run several times. Added by those who list values. */
  spread?: Spread;
}

/** How a value varied between the runs of one cell. Without bounds and values: it was the same each time. */
export interface Spread {
  /** Runs that were observed, the one that gave the value included. */
  runs: number;
  /** Of numbers that varied. */
  min?: number;
  max?: number;
  /** Of times that varied. */
  median?: number;
  /** Of all but times, where they varied: each value with the number of runs that showed it, the most frequent first. */
  values?: { value: ValueJson; times: number }[];
  /** Runs that showed no such value. */
  absent?: number;
}

/** Whether a value is what an RFC requires. */
export interface Conformance {
  verdict: 'conforms' | 'deviates' | 'unspecified';
  /** `RFC 9110 §13.1.2`. */
  section: string;
  /** One sentence. */
  because: string;
}

/**
 * What an observation returns. `null`: this evidence can't show it; the cell then has no such value. `closesByVersion`: the response
 * announces the close of its connection by being HTTP/1.0, not by an option; only the rules of the RFCs look at it, and no file has it.
 */
export type Observed = (ObservedValue & { closesByVersion?: true }) | null;

/** Two values within the tolerance count as equal. For times, the larger of the two bounds applies. */
export type Tolerance = { kind: 'exact' } | { kind: 'relative'; ratio: number; absolute: number };

/** A value that is read from the evidence of a cell. */
export interface Observation {
  /** `group.name`; stable. */
  id: string;
  title: string;
  unit: 's' | 'ms' | 'bytes' | 'count' | null;
  definition: string;
  /** The section of the RFC that defines it, or the tool whose definition it follows; `null` where neither exists. */
  spec: string | null;
  tolerance: Tolerance;
  /** The scenario that asks for this value: of several cells that have it, that one shows it. `null`: no scenario in particular. */
  scenario: string | null;
  /** The value where nothing of the kind was found (a trap's `no`): a cell with another value shows it better. */
  notFound: ValueJson | undefined;
  /**
   * Which plain answer the RFC's rule on this value needs: `success`, a 2xx to a plain GET of the same target; `steady-success`, such an answer
   * whose validators also stay the same from one answer to the next; `any`, none in particular.
   */
  judgedBeside: 'any' | 'success' | 'steady-success';
  /** Why the value varies from one run to the next although nothing has changed: what goes on side by side decides it. `null`: it does not. */
  race: string | null;
  /** Whether `null` means that no answer came, so that there is nothing to judge. */
  nullIsNoAnswer: boolean;
  observe(evidence: Evidence): Observed;
}

/** The id of the user's own server in results and paths. */
export const OWN_SERVER = 'yours';

/** `server/client/scenario`: names a cell in messages and maps. */
export const cellId = ({ server, client, scenario }: CellIdentity): string => `${server}/${client}/${scenario}`;

/** Between the ids of a proxy and of the server behind it: `nginx-proxy>express` is a chain. */
export const CHAIN_SIGN = '>';

/** The same in paths, where `>` stands for nothing on any system. */
export const cellPath = (cell: CellIdentity): string => cellId(cell).replaceAll(CHAIN_SIGN, '+');
