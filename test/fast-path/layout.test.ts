import { expect, it } from 'vitest';
import * as at from '../../harness/fast-path/layout.ts';

/** Fields that are numbers of 64 bits: times, and counts of bytes that may go beyond 32 bits. */
const NUMBERS = ['PAYLOAD_BYTES', 'MESSAGE_OFFSET', 'BODY_BYTES', 'BODY_WIRE_BYTES', 'REMAINING'];

const NO_PLACE = /_MAX$|^(?:IDLE|ASKED|ANSWER\w+|CHUNK_(?:SIZE|DATA\w*)|FRAMING_\w+|MORE_BYTES|NOT_PLAIN|EXCHANGE)$/;

it('places each number at a multiple of its size, also within each connection', () => {
  for (const [name, place] of Object.entries(at)) {
    if (NO_PLACE.test(name)) continue;
    const isNumber = name.endsWith('_NS') || NUMBERS.includes(name);
    const isPort = name.endsWith('_PORT');
    expect([name, place % (isNumber ? 8 : isPort ? 2 : 4)]).toEqual([name, 0]);
  }
  for (const base of [at.RAN_AT, at.CONNECTIONS_AT, at.CONNECTION_BYTES, at.CLIENT, at.SERVER]) expect(base % 8).toBe(0);
});
