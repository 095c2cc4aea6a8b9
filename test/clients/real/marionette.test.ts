import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MessageReader } from '../../../clients/real/marionette.ts';

const encode = (message: unknown): Buffer => {
  const text = JSON.stringify(message);
  return Buffer.from(`${Buffer.byteLength(text)}:${text}`);
};

describe('messages of Marionette', () => {
  test('are read whatever pieces they come in', () => {
    const pieces = fc.array(fc.nat({ max: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(fc.jsonValue(), { maxLength: 6 }), pieces, (sent, cuts) => {
        const messages = sent.map((message) => JSON.parse(JSON.stringify(message)));
        const bytes = Buffer.concat(messages.map(encode));
        const reader = new MessageReader();
        const read: unknown[] = [];
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          read.push(...reader.push(bytes.subarray(at, at + length)));
          at += length;
        }
        expect(read).toEqual(messages);
      }),
    );
  });

  test('have their length in bytes, not in characters', () => {
    expect(new MessageReader().push(encode({ text: '网络' }))).toEqual([{ text: '网络' }]);
  });

  test.each(['HTTP/1.1 400', ':[]', '99999999999:'])('are not %j', (text) => {
    expect(() => new MessageReader().push(Buffer.from(text))).toThrow('not a message of Marionette');
  });
});
