/** The states of RFC 9293 §3.3.2 that both ends of a connection go through, as far as the frames of a capture show them. */
import type { FrameRecord, Side } from '../model.ts';

/** In the order of RFC 9293. */
export const TCP_STATES = [
  'CLOSED',
  'LISTEN',
  'SYN-SENT',
  'SYN-RECEIVED',
  'ESTABLISHED',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'CLOSE-WAIT',
  'CLOSING',
  'LAST-ACK',
  'TIME-WAIT',
] as const;
export type TcpState = (typeof TCP_STATES)[number];

export type TcpStates = Readonly<Record<Side, TcpState>>;

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** The peer of a side. */
export const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/**
 * Follows both ends frame by frame. Every frame is assumed to arrive: between two ends on one machine nothing is lost, and elsewhere the
 * capture can't show a loss. No frame marks the end of TIME-WAIT, so that state stays.
 */
export class TcpStateTracker {
  #states: Record<Side, TcpState>;
  /** The sequence number after each side's FIN: an acknowledgement of the FIN is at least that. */
  readonly #afterFin: Record<Side, number | null> = { client: null, server: null };

  /** @param midStream whether the capture begins after the handshake */
  constructor(midStream: boolean) {
    this.#states = midStream ? { client: 'ESTABLISHED', server: 'ESTABLISHED' } : { client: 'CLOSED', server: 'LISTEN' };
  }

  get states(): TcpStates {
    return { ...this.#states };
  }

  /** @returns the states after this frame */
  next({ from, flags, seq, ack, payload }: Pick<FrameRecord, 'from' | 'flags' | 'seq' | 'ack' | 'payload'>): TcpStates {
    const to = otherSide(from);
    if (flags & RST) {
      // A RST that answers the SYN leaves a listener listening; any other ends both.
      this.#states = { client: 'CLOSED', server: this.#states.server === 'LISTEN' ? 'LISTEN' : 'CLOSED' };
      return this.states;
    }
    if (flags & SYN) this.#synchronise(flags);
    else if (flags & ACK) this.#acknowledge(from, to, ack);
    if (flags & FIN && this.#afterFin[from] === null) {
      this.#afterFin[from] = seq + payload + 1;
      this.#finish(from, to, ack);
    }
    return this.states;
  }

  /** FIN-WAIT-2 of a side has ended without a frame: its end of the connection is gone. */
  expire(side: Side): void {
    this.#states[side] = 'CLOSED';
  }

  #synchronise(flags: number): void {
    const { client, server } = this.#states;
    if (flags & ACK) {
      if (client === 'SYN-SENT') this.#states.client = 'ESTABLISHED';
    } else if (client === 'CLOSED') {
      this.#states.client = 'SYN-SENT';
      if (server === 'LISTEN') this.#states.server = 'SYN-RECEIVED';
    }
  }

  #acknowledge(from: Side, to: Side, ack: number): void {
    if (this.#states[to] === 'SYN-RECEIVED' && from === 'client') this.#states[to] = 'ESTABLISHED';
    const afterFin = this.#afterFin[to];
    if (afterFin === null || ack < afterFin) return;
    const state = this.#states[to];
    if (state === 'FIN-WAIT-1') this.#states[to] = 'FIN-WAIT-2';
    else if (state === 'CLOSING') this.#states[to] = 'TIME-WAIT';
    else if (state === 'LAST-ACK') this.#states[to] = 'CLOSED';
  }

  #finish(from: Side, to: Side, ack: number): void {
    const sender = this.#states[from];
    const otherFin = this.#afterFin[to];
    if (sender === 'ESTABLISHED' || sender === 'SYN-RECEIVED') this.#states[from] = 'FIN-WAIT-1';
    // A FIN that doesn't acknowledge the other side's FIN was sent at the same time as that.
    else if (sender === 'CLOSE-WAIT') this.#states[from] = otherFin !== null && ack < otherFin ? 'CLOSING' : 'LAST-ACK';
    const receiver = this.#states[to];
    if (receiver === 'ESTABLISHED') this.#states[to] = 'CLOSE-WAIT';
    else if (receiver === 'FIN-WAIT-1') this.#states[to] = 'CLOSING';
    else if (receiver === 'FIN-WAIT-2') this.#states[to] = 'TIME-WAIT';
  }
}
