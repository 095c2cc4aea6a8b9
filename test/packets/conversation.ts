/** Scripts TCP conversations: keeps the sequence numbers of both ends and gives the packets in the order they were sent. */
import { EPOCH_NS, type Packet } from './captures.ts';
import { ethernet, FLAG, ipv4, ipv6, type TcpGiven, type TcpOptionsGiven, tcp, text } from './layers.ts';

type End = 'client' | 'server';

const LOOPBACK = '127.0.0.1';

export interface ConversationGiven {
  clientPort?: number;
  /** IPv4 addresses; both are the loopback's where they are not given. */
  clientAddress?: string;
  serverAddress?: string;
  serverPort?: number;
  clientSeq?: number;
  serverSeq?: number;
  ipVersion?: 4 | 6;
  /** Of both SYNs. */
  options?: TcpOptionsGiven;
  window?: number;
  /** Time between two packets. */
  stepNs?: bigint;
  startNs?: bigint;
}

export class Conversation {
  readonly packets: Packet[] = [];
  /** The next sequence number of each end. */
  readonly next: Record<End, number>;
  readonly #given: ConversationGiven;
  #now: bigint;

  constructor(given: ConversationGiven = {}) {
    this.#given = given;
    this.next = { client: given.clientSeq ?? 1000, server: given.serverSeq ?? 5000 };
    this.#now = given.startNs ?? EPOCH_NS;
  }

  /** Lets time pass. */
  wait(ms: number): this {
    this.#now += BigInt(Math.round(ms * 1e6));
    return this;
  }

  /** Any segment, without moving the sequence numbers. `seq` and `ack` default to what is due. */
  segment(from: End, given: TcpGiven = {}): this {
    const { clientPort = 40_000, serverPort = 8080, ipVersion = 4, window = 512 } = this.#given;
    const other: End = from === 'client' ? 'server' : 'client';
    const packet = tcp({
      sourcePort: from === 'client' ? clientPort : serverPort,
      destinationPort: from === 'client' ? serverPort : clientPort,
      seq: this.next[from],
      ack: this.next[other],
      window,
      ...given,
    });
    const { clientAddress = LOOPBACK, serverAddress = LOOPBACK } = this.#given;
    const [source, destination] = from === 'client' ? [clientAddress, serverAddress] : [serverAddress, clientAddress];
    this.packets.push({ timeNs: this.#now, bytes: ethernet(ipVersion === 4 ? ipv4(packet, { source, destination }) : ipv6(packet)) });
    this.#now += this.#given.stepNs ?? 100_000n;
    return this;
  }

  syn(): this {
    this.segment('client', { flags: FLAG.syn, ack: 0, ...this.#options() });
    this.#advance('client', 1);
    return this;
  }

  synAck(): this {
    this.segment('server', { flags: FLAG.syn | FLAG.ack, ...this.#options() });
    this.#advance('server', 1);
    return this;
  }

  ack(from: End): this {
    return this.segment(from, { flags: FLAG.ack });
  }

  handshake(): this {
    return this.syn().synAck().ack('client');
  }

  data(from: End, content: string | Uint8Array): this {
    const payload = typeof content === 'string' ? text(content) : content;
    this.segment(from, { flags: FLAG.ack | FLAG.psh, payload });
    this.#advance(from, payload.length);
    return this;
  }

  fin(from: End): this {
    this.segment(from, { flags: FLAG.fin | FLAG.ack });
    this.#advance(from, 1);
    return this;
  }

  rst(from: End): this {
    return this.segment(from, { flags: FLAG.rst | FLAG.ack });
  }

  /** A whole close that `first` begins. */
  close(first: End): this {
    const other: End = first === 'client' ? 'server' : 'client';
    return this.fin(first).fin(other).ack(first);
  }

  /** Takes packets out (as a capture that lost them) by their place from 0. */
  without(...places: readonly number[]): Packet[] {
    return this.packets.filter((_, index) => !places.includes(index));
  }

  #advance(end: End, count: number): void {
    this.next[end] = (this.next[end] + count) >>> 0;
  }

  #options(): { options?: TcpOptionsGiven } {
    return this.#given.options ? { options: this.#given.options } : {};
  }
}

export const conversation = (given?: ConversationGiven): Conversation => new Conversation(given);

export const REQUEST = 'GET / HTTP/1.1\r\nHost: a.test\r\n\r\n';
export const RESPONSE = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
