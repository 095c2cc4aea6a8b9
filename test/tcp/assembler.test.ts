import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Assembler, distance, type Piece } from '../../harness/tcp/assembler.ts';

const piece = (seq: number, content: string, fin = false): Piece => ({
  seq: seq | 0,
  length: content.length,
  bytes: new Uint8Array(Buffer.from(content)),
  ack: 0,
  hasAck: false,
  fin,
  frame: 1,
  timeNs: 0,
});

const at = (next: number): Assembler => {
  const assembler = new Assembler();
  assembler.start(next | 0);
  return assembler;
};

/** What is held, as `offset from the start: bytes`. */
function held(assembler: Assembler, start: number): string[] {
  const list: string[] = [];
  for (let head = assembler.shift(); head; head = assembler.shift()) {
    list.push(`${distance(head.seq, start)}:${Buffer.from(head.bytes).toString()}${head.fin ? '.' : ''}`);
  }
  return list;
}

describe('the assembler', () => {
  it('keeps pieces in order, however they come', () => {
    const assembler = at(0);
    for (const [seq, content] of [
      [8, 'c'],
      [2, 'a'],
      [5, 'b'],
    ] as const)
      assembler.insert(piece(seq, content));
    expect(held(assembler, 0)).toEqual(['2:a', '5:b', '8:c']);
  });

  it('counts what is new', () => {
    const assembler = at(0);
    expect(assembler.insert(piece(4, 'abcd'))).toBe(4);
    expect(assembler.insert(piece(4, 'abcd'))).toBe(0);
    expect(assembler.insert(piece(6, 'cdef'))).toBe(2);
    expect(assembler.pendingBytes).toBe(6);
  });

  it('leaves out what comes before the next byte', () => {
    const assembler = at(10);
    expect(assembler.insert(piece(5, 'abcde'))).toBe(0);
    expect(assembler.insert(piece(8, 'abcd'))).toBe(2);
    expect(held(assembler, 10)).toEqual(['0:cd']);
  });

  it('lets the first bytes to come win', () => {
    const assembler = at(0);
    assembler.insert(piece(3, 'XX'));
    assembler.insert(piece(1, 'abcdef'));
    expect(held(assembler, 0)).toEqual(['1:ab', '3:XX', '5:ef']);
  });

  it('fills several holes with one piece', () => {
    const assembler = at(0);
    assembler.insert(piece(2, 'B'));
    assembler.insert(piece(4, 'D'));
    expect(assembler.insert(piece(1, 'abcde'))).toBe(3);
    expect(held(assembler, 0)).toEqual(['1:a', '2:B', '3:c', '4:D', '5:e']);
  });

  it('keeps the FIN of a piece whose bytes are old', () => {
    const assembler = at(5);
    assembler.insert(piece(2, 'abc', true));
    expect(held(assembler, 5)).toEqual(['0:.']);
  });

  it('keeps a FIN that comes again with bytes that are held', () => {
    const assembler = at(0);
    assembler.insert(piece(1, 'abc'));
    assembler.insert(piece(2, 'bc', true));
    expect(held(assembler, 0)).toEqual(['1:abc.']);
  });

  it('keeps the FIN of the last part only, when a piece is cut', () => {
    const assembler = at(0);
    assembler.insert(piece(3, 'X'));
    assembler.insert(piece(1, 'abcde', true));
    expect(held(assembler, 0)).toEqual(['1:ab', '3:X', '4:de.']);
  });

  it('counts across the wrap of the sequence numbers', () => {
    const start = 0xfffffffe;
    const assembler = at(start);
    assembler.insert(piece(start + 4, 'cd'));
    assembler.insert(piece(start + 1, 'xab'));
    expect(held(assembler, start | 0)).toEqual(['1:xab', '4:cd']);
  });

  it('skips to a number, cutting what reaches over it', () => {
    const assembler = at(0);
    assembler.insert(piece(2, 'ab'));
    assembler.insert(piece(5, 'cdef'));
    assembler.skipTo(7);
    expect(assembler.next).toBe(7);
    expect(assembler.pendingBytes).toBe(2);
    expect(held(assembler, 0)).toEqual(['7:ef']);
  });

  it('keeps of a piece cut short by the snap length what was captured', () => {
    const assembler = at(0);
    assembler.insert({ ...piece(1, 'ab'), length: 10 });
    assembler.skipTo(2);
    const head = assembler.shift();
    expect([head?.seq, head?.length, Buffer.from(head!.bytes).toString()]).toEqual([2, 9, 'b']);
  });

  it('gives every byte once and the first one to come, whatever is inserted', () => {
    const inserts = fc.array(fc.tuple(fc.nat(60), fc.string({ minLength: 0, maxLength: 20, unit: fc.constantFrom('a', 'b', 'c', 'd') })), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(inserts, fc.constantFrom(0, 0x7ffffff0, 0xfffffff0), (list, start) => {
        const assembler = at(start);
        const expected = new Map<number, string>();
        let count = 0;
        for (const [offset, content] of list) {
          let fresh = 0;
          [...content].forEach((character, index) => {
            if (expected.has(offset + index)) return;
            expected.set(offset + index, character);
            fresh++;
          });
          count += fresh;
          expect(assembler.insert(piece(start + offset, content))).toBe(fresh);
          expect(assembler.pendingBytes).toBe(count);
        }
        const found = new Map<number, string>();
        let last = -1;
        for (let head = assembler.shift(); head; head = assembler.shift()) {
          const offset = distance(head.seq, start | 0);
          expect(offset).toBeGreaterThan(last);
          [...Buffer.from(head.bytes).toString()].forEach((character, index) => {
            last = offset + index;
            found.set(last, character);
          });
        }
        expect([...found].sort((a, b) => a[0] - b[0])).toEqual([...expected].sort((a, b) => a[0] - b[0]));
        expect(assembler.pendingBytes).toBe(0);
      }),
      { numRuns: 500 },
    );
  });
});
