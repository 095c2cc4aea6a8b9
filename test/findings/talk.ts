/** Makes evidence out of scripted packets: SYN, SYN-ACK and ACK are frames 1 to 3, then each message is a frame. */

import { toEvidence } from '../../harness/decode/cell-evidence.ts';
import { decodeFile } from '../../harness/decode/decode-capture.ts';
import type { LookedAt } from '../../harness/findings/looked-at.ts';
import type { ObservedValue } from '../../harness/model.ts';
import { type Packet, pcap } from '../packets/captures.ts';
import { Conversation, type ConversationGiven } from '../packets/conversation.ts';

export const DATE = 'Tue, 14 Nov 2023 22:13:20 GMT';

/** A request; `headers` with their CRLFs. */
export const ask = (headers = '', target = '/', method = 'GET', version = '1.1'): string =>
  `${method} ${target} HTTP/${version}\r\nHost: a.test\r\n${headers}\r\n`;

export interface AnswerGiven {
  status?: string;
  body?: string;
  /** Default: of the body. */
  length?: number | null;
  date?: boolean;
  type?: boolean;
  version?: string;
}

/** A response; `headers` with their CRLFs. */
export function answer(headers = '', given: AnswerGiven = {}): string {
  const { status = '200 OK', body = 'hello', length = body.length, date = true, type = true, version = '1.1' } = given;
  const lines = [
    `HTTP/${version} ${status}`,
    ...(date ? [`Date: ${DATE}`] : []),
    ...(type ? ['Content-Type: text/plain'] : []),
    ...(length === null ? [] : [`Content-Length: ${length}`]),
  ];
  return `${lines.join('\r\n')}\r\n${headers}\r\n${body}`;
}

/** The evidence of packets. */
export async function looked(packets: readonly Packet[], values?: Record<string, ObservedValue>): Promise<LookedAt> {
  const { capture, connections } = await decodeFile(pcap(packets));
  return { ...toEvidence(capture, connections), ...(values ? { values } : {}) };
}

/** As one step with this id, from its first frame on. */
export async function stepped(id: string, made: Promise<LookedAt>): Promise<LookedAt> {
  const on = await made;
  for (const exchange of on.exchanges) exchange.step = id;
  return { ...on, steps: [{ id, frame: 1, timeNs: 0 }] };
}

type Said = readonly [request: string, response: string | null];

/** A connection with these messages, and what comes after. */
export function talk(
  said: readonly Said[],
  after: (talk: Conversation) => unknown = () => {},
  given: ConversationGiven = {},
): Conversation {
  const conversation = new Conversation(given).handshake();
  for (const [request, response] of said) {
    conversation.data('client', request);
    if (response !== null) conversation.data('server', response);
  }
  after(conversation);
  return conversation;
}

export const spoken = (...said: readonly Said[]): Promise<LookedAt> => looked(talk(said).packets);

/** Several connections, one after the other. */
export const inTurn = (...talks: readonly ((given: ConversationGiven) => Conversation)[]): Promise<LookedAt> =>
  looked(
    talks.flatMap(
      (make, index) => make({ clientPort: 40_000 + index, startNs: 1_700_000_000_000_000_000n + BigInt(index) * 100_000_000n }).packets,
    ),
  );
