/** The states of RFC 9293 §3.3.2 that both ends of a connection go through, as far as the frames of a capture tell. */
import type { FrameRecord, Side } from '../model.ts';

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

export const otherSide = (side: Side): Side => (side === 'client' ? 'server' : 'client');

/**
 * Follows both ends frame by frame. A frame is taken to arrive: on the way between two ends of one machine nothing is lost, and elsewhere
 * the capture can't tell. The time that ends TIME-WAIT is no frame's, so that state stays.
 */
export class TcpStateTracker {
  #states: Record<Side, TcpState>;
  /** Sequence number behind the FIN of each side; its acknowledgement is at least that. */
  readonly #behindFin: Record<Side, number | null> = { client: null, server: null };

  /** @param midStream the capture begins behind the handshake */
  constructor(midStream: boolean) {
    this.#states = midStream ? { client: 'ESTABLISHED', server: 'ESTABLISHED' } : { client: 'CLOSED', server: 'LISTEN' };
  }

  get states(): TcpStates {
    return { ...this.#states };
  }

  /** @returns the states behind this frame */
  next({ from, flags, seq, ack, payload }: Pick<FrameRecord, 'from' | 'flags' | 'seq' | 'ack' | 'payload'>): TcpStates {
    const to = otherSide(from);
    if (flags & RST) {
      // A RST that answers the SYN leaves a listener listening; any other ends both.
      this.#states = { client: 'CLOSED', server: this.#states.server === 'LISTEN' ? 'LISTEN' : 'CLOSED' };
      return this.states;
    }
    if (flags & SYN) this.#synchronise(flags);
    else if (flags & ACK) this.#acknowledge(from, to, ack);
    if (flags & FIN && this.#behindFin[from] === null) {
      this.#behindFin[from] = seq + payload + 1;
      this.#finish(from, to, ack);
    }
    return this.states;
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
    const behindFin = this.#behindFin[to];
    if (behindFin === null || ack < behindFin) return;
    const state = this.#states[to];
    if (state === 'FIN-WAIT-1') this.#states[to] = 'FIN-WAIT-2';
    else if (state === 'CLOSING') this.#states[to] = 'TIME-WAIT';
    else if (state === 'LAST-ACK') this.#states[to] = 'CLOSED';
  }

  #finish(from: Side, to: Side, ack: number): void {
    const sender = this.#states[from];
    const otherFin = this.#behindFin[to];
    if (sender === 'ESTABLISHED' || sender === 'SYN-RECEIVED') this.#states[from] = 'FIN-WAIT-1';
    // A FIN that doesn't acknowledge the other side's was on its way at the same time.
    else if (sender === 'CLOSE-WAIT') this.#states[from] = otherFin !== null && ack < otherFin ? 'CLOSING' : 'LAST-ACK';
    const receiver = this.#states[to];
    if (receiver === 'ESTABLISHED') this.#states[to] = 'CLOSE-WAIT';
    else if (receiver === 'FIN-WAIT-1') this.#states[to] = 'CLOSING';
    else if (receiver === 'FIN-WAIT-2') this.#states[to] = 'TIME-WAIT';
  }
}
