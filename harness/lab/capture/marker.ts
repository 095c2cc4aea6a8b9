/**
 * How a capture on the loopback interface finds out that it has captured everything sent so far: it sends itself a datagram with a random
 * token and waits until that is captured. These datagrams are removed from the packets.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import type { CapturedPacket } from '../../capture-file/captured-packet.ts';

/** Sends marks, UDP packets to itself, through a capture. A mark that comes out shows that every packet before it did too. */
export interface LoopbackMarker {
  /** UDP port that a capture filter has to let through. */
  port: number;
  /** Marks sent until now: each is one packet in the backend's counters. */
  readonly sent: number;
  /** Whether a mark can arrive: the loopback interface is up. */
  canArrive(): boolean;
  /** The packets without the marks. */
  take(packets: CapturedPacket[]): CapturedPacket[];
  /** Sends a mark that nobody waits for. */
  send(): void;
  /** Sends a mark; resolves with true when `take` has met it, with false where it did not within `timeoutMs` or before `close`. */
  roundTrip(timeoutMs: number): Promise<boolean>;
  /** Any number of times. */
  close(): void;
}

const ADDRESS = '127.0.0.1';
const TOKEN_BYTES = 20;
/** A full ring may lose a mark too, so that it is sent again. Milliseconds. */
const SEND_AGAIN_MS = 200;

/** Opens the socket for marks on the loopback interface of this network namespace. @throws where it can't be bound */
export async function createLoopbackMarker(): Promise<LoopbackMarker> {
  const socket = createSocket('udp4');
  socket.bind(0, ADDRESS);
  await once(socket, 'listening');
  socket.unref();
  // Where the interface is down, the mark can't be sent, and so it does not arrive.
  socket.on('error', () => {});
  const { port } = socket.address();
  // It sends to itself, so that no "port unreachable" is sent back.
  const token = randomBytes(TOKEN_BYTES);
  let sent = 0;
  let met = 0;
  let closed = false;
  let wake: (() => void) | null = null;

  const numberOf = ({ bytes }: CapturedPacket): number => {
    const at = bytes.length - TOKEN_BYTES - 4;
    // The link layer, an IPv4 header and a UDP header stand before it.
    if (at < 28 || at > 64 || Buffer.compare(bytes.subarray(at, at + TOKEN_BYTES), token) !== 0) return 0;
    return new DataView(bytes.buffer, bytes.byteOffset + at + TOKEN_BYTES, 4).getUint32(0);
  };
  const send = (): void => {
    sent++;
    const number = Buffer.alloc(4);
    number.writeUInt32BE(sent);
    socket.send(Buffer.concat([token, number]), port, ADDRESS);
  };

  return {
    port,
    get sent() {
      return sent;
    },
    // The kernel names the addresses of interfaces that are up alone, and takes what is sent to others without an error.
    canArrive: () =>
      Object.values(networkInterfaces())
        .flat()
        .some((one) => one?.address === ADDRESS),
    take(packets) {
      const others = packets.filter((packet) => {
        const number = numberOf(packet);
        if (number > met) met = number;
        return number === 0;
      });
      if (others.length < packets.length) wake?.();
      return others;
    },
    send,
    async roundTrip(timeoutMs) {
      if (closed) return false;
      const first = sent + 1;
      send();
      const again = setInterval(send, SEND_AGAIN_MS);
      let late: NodeJS.Timeout | undefined;
      try {
        return await new Promise<boolean>((resolve) => {
          wake = () => {
            if (met >= first || closed) resolve(met >= first);
          };
          late = setTimeout(() => resolve(false), timeoutMs);
        });
      } finally {
        wake = null;
        clearInterval(again);
        clearTimeout(late);
      }
    },
    close() {
      if (closed) return;
      closed = true;
      wake?.();
      socket.close();
    },
  };
}
