import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextOutput } from '../../harness/system/text-output.ts';

const collected = async (write: (output: TextOutput) => void): Promise<string> => {
  const stream = new PassThrough({ highWaterMark: 1 << 24 });
  const output = new TextOutput(stream);
  write(output);
  output.flush();
  stream.end();
  return Buffer.concat(await stream.toArray()).toString('utf8');
};

test('what is written comes out, whatever its length and characters', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 100 }),
    fc.string({ unit: 'grapheme-ascii', maxLength: 3000 }),
    fc.integer(),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { maxLength: 80 }), async (parts) => {
      const seen = await collected((output) => {
        for (const part of parts) {
          if (typeof part === 'number') output.number(part);
          else output.write(part);
        }
      });
      expect(seen).toBe(parts.join(''));
    }),
    { numRuns: 200 },
  );
});

test('more than one buffer of it comes out in order', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `${index} ${'x'.repeat(index % 70)} ü\n`);
  const long = '长'.repeat(50_000);
  expect(
    await collected((output) => {
      for (const line of lines) output.write(line);
      output
        .write(long)
        .number(2 ** 31)
        .number(2 ** 31 - 1)
        .number(0);
    }),
  ).toBe(`${lines.join('')}${long}214748364821474836470`);
});
