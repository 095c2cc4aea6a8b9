/**
 * Connections to servers whose exchanges are not handed out, from their SYN to both FINs (RFC 9293 §3.5, §3.6): what `tcp/connection-tracker.ts` notes of
 * handshake and close, where nothing else is to be said of them.
 */
import {
  ACK_FRAME,
  ACK_NS,
  CLIENT,
  CLIENT_ADDRESS,
  CLIENT_PORT,
  CLOSED,
  CLOSING,
  END_NS,
  EXCHANGES,
  FIN_FRAME,
  FIN_NS,
  FOLLOWED,
  FOLLOWED_MAX,
  FRAMES,
  IDLE,
  INITIAL_SEQ,
  IP_VERSION,
  LAST_ACK,
  LAST_ACK_NS,
  LAST_FRAME,
  LISTED_ADDRESS,
  LISTED_AS,
  LISTED_EXCHANGES,
  LISTED_IP_VERSION,
  LISTED_PORT,
  MAX_SEQ_TO_BE_ACKED,
  NEXT_SEQ,
  NEXT_SEQ_NS,
  NUMBERS_BYTES,
  OFFERED_MSS,
  OFFERED_SCALE,
  SACK_PERMITTED,
  SERVER,
  SERVER_ADDRESS,
  SERVER_BYTES,
  SERVER_PORT,
  SERVERS_AT,
  STATE,
  STREAM,
  SYN_ACK_FRAME,
  SYN_ACK_NS,
  SYN_FRAME,
  SYN_NS,
  SYN_RECEIVED,
  SYN_SENT,
  WINDOW,
  WINDOW_SCALE,
} from '../layout';
import * as connections from './connections';
import * as options from './options';
import * as segment from './segment';
import * as sequence from './sequence';

/** Connections so far: the next one has this number. */
export let streams: u32 = 0;
/** The segment at hand is the second side's FIN. */
export let bothClosed: bool = false;

export function begin(count: u32): void {
  streams = count;
}

/** Takes a segment with other flags than ACK alone. */
export function take(frame: u32, timeNs: f64): bool {
  if (segment.payloadEnd > segment.payload || segment.window === 0) return false;
  if (segment.flags === segment.SYN) return syn(frame, timeNs);
  if (segment.flags === (segment.SYN | segment.ACK)) return synAck(frame, timeNs);
  return segment.flags === (segment.FIN | segment.ACK) && fin(frame, timeNs);
}

function syn(frame: u32, timeNs: f64): bool {
  const server = serverOf();
  if (server === 0 || segment.ack !== 0 || !isInitial() || connections.mayBeTracked() || connections.find()) return false;
  if (connections.inUse >= <u32>FOLLOWED_MAX) return false;
  const connection = connections.allocate();
  memory.fill(connection, 0, NUMBERS_BYTES);
  const addressBytes: usize = segment.version === 4 ? 4 : 16;
  memory.copy(connection + CLIENT_ADDRESS, segment.source, addressBytes);
  memory.copy(connection + SERVER_ADDRESS, segment.destination, addressBytes);
  store<u16>(connection, segment.sourcePort, CLIENT_PORT);
  store<u16>(connection, segment.destinationPort, SERVER_PORT);
  store<u32>(connection, segment.version, IP_VERSION);
  store<u32>(connection, load<u32>(server, LISTED_EXCHANGES), EXCHANGES);
  store<u32>(connection, <u32>server, LISTED_AS);
  store<u32>(connection, streams++, STREAM);
  store<u32>(connection, 1, FOLLOWED);
  store<u32>(connection, frame, SYN_FRAME);
  store<f64>(connection, timeNs, SYN_NS);
  synchronize(connection, connection + CLIENT, timeNs, frame);
  const scale = options.windowScale;
  store<i32>(connection + CLIENT, scale < 0 ? sequence.SCALE_UNUSED : scale, WINDOW_SCALE);
  store<i32>(connection + SERVER, scale < 0 ? sequence.SCALE_UNUSED : sequence.SCALE_UNKNOWN, WINDOW_SCALE);
  store<i32>(connection + SERVER, -1, WINDOW);
  store<i32>(connection + SERVER, -1, OFFERED_MSS);
  store<i32>(connection + SERVER, -1, OFFERED_SCALE);
  store<u32>(connection, SYN_SENT, STATE);
  connections.insert(connection);
  return true;
}

function synAck(frame: u32, timeNs: f64): bool {
  if (!connections.find() || connections.fromClient) return false;
  const connection = connections.found;
  const client = connection + CLIENT;
  if (load<u32>(connection, STATE) !== SYN_SENT || segment.ack !== load<i32>(client, NEXT_SEQ) || !isInitial()) return false;
  if (timeNs < load<f64>(connection, END_NS)) return false;
  const server = connection + SERVER;
  synchronize(connection, server, timeNs, frame);
  // Windows are scaled where both SYNs offer it (RFC 7323 §2.2).
  const isScaled = options.windowScale >= 0 && load<i32>(client, WINDOW_SCALE) !== sequence.SCALE_UNUSED;
  store<i32>(server, isScaled ? options.windowScale : sequence.SCALE_UNUSED, WINDOW_SCALE);
  if (options.windowScale < 0) store<i32>(client, sequence.SCALE_UNUSED, WINDOW_SCALE);
  store<u32>(connection, frame, SYN_ACK_FRAME);
  store<f64>(connection, timeNs, SYN_ACK_NS);
  store<u32>(connection, SYN_RECEIVED, STATE);
  return true;
}

/** Whether the connection that was found is still in its handshake. */
export function isOpening(): bool {
  const state = load<u32>(connections.found, STATE);
  return state === SYN_SENT || state === SYN_RECEIVED;
}

/** Takes the ACK that ends the handshake. */
export function acknowledge(frame: u32, timeNs: f64): bool {
  const connection = connections.found;
  if (load<u32>(connection, STATE) !== SYN_RECEIVED || !connections.fromClient) return false;
  if (segment.payloadEnd > segment.payload || segment.window === 0) return false;
  if (segment.seq !== load<i32>(connections.own, NEXT_SEQ) || segment.ack !== load<i32>(connections.other, NEXT_SEQ)) return false;
  // A clock that went back; and one that stood still, of which no round trip can be told.
  if (timeNs < load<f64>(connection, END_NS) || timeNs === load<f64>(connection, SYN_NS)) return false;
  sequence.commit(frame, timeNs);
  store<u32>(connection, frame, ACK_FRAME);
  store<f64>(connection, timeNs, ACK_NS);
  store<u32>(connection, IDLE, STATE);
  return true;
}

/** A side's first FIN, between two exchanges. */
function fin(frame: u32, timeNs: f64): bool {
  if (!connections.find()) return false;
  const connection = connections.found;
  const own = connections.own;
  const state = load<u32>(connection, STATE);
  if (load<u32>(connection, FOLLOWED) === 0 || (state !== IDLE && state !== CLOSING) || load<u32>(own, FIN_FRAME) !== 0) return false;
  if (!sequence.isNext(timeNs) || segment.seq === -1) return false;
  sequence.commit(frame, timeNs, 1);
  store<u32>(own, frame, FIN_FRAME);
  store<f64>(own, timeNs, FIN_NS);
  bothClosed = state === CLOSING;
  store<u32>(connection, bothClosed ? CLOSED : CLOSING, STATE);
  return true;
}

/** A stored number of 0 means none yet (`tcp/sequence-analysis.ts`): the number behind that of the SYN at hand may not be 0. */
function isInitial(): bool {
  return segment.seq !== -1;
}

/** Takes the SYN of one side into account, and reads its options. */
function synchronize(connection: usize, side: usize, timeNs: f64, frame: u32): void {
  options.read(segment.options, segment.payload);
  const next = segment.seq + 1;
  store<i32>(side, segment.seq, INITIAL_SEQ);
  store<i32>(side, next, NEXT_SEQ);
  store<f64>(side, timeNs, NEXT_SEQ_NS);
  store<i32>(side, next, MAX_SEQ_TO_BE_ACKED);
  store<i32>(side, segment.ack, LAST_ACK);
  store<f64>(side, timeNs, LAST_ACK_NS);
  store<u32>(side, segment.window, WINDOW);
  store<u32>(side, 1, FRAMES);
  store<i32>(side, options.maximumSegmentSize, OFFERED_MSS);
  store<i32>(side, options.windowScale, OFFERED_SCALE);
  store<u32>(side, options.sackPermitted ? 1 : 0, SACK_PERMITTED);
  store<u32>(connection, frame, LAST_FRAME);
  store<f64>(connection, timeNs, END_NS);
}

/** The server that the segment at hand goes to, if it is one whose exchanges are not handed out; else 0. */
function serverOf(): usize {
  for (let server: usize = SERVERS_AT; load<u32>(server, LISTED_IP_VERSION) !== 0; server += SERVER_BYTES) {
    if (
      load<u16>(server, LISTED_PORT) === segment.destinationPort &&
      load<u32>(server, LISTED_IP_VERSION) === segment.version &&
      connections.isAddress(server + LISTED_ADDRESS, segment.destination)
    )
      return server;
  }
  return 0;
}
