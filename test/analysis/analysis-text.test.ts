/** The lines of `analyze` for a person. */
import { describe, expect, it } from 'vitest';
import { FIXTURES, wirematrix } from '../commands/cli.ts';

const linesOf = async (fixture: string): Promise<string[]> =>
  (await wirematrix(['analyze', `${FIXTURES}/packets/${fixture}.pcap`])).stdout.split('\n');

describe('the text of analyze', () => {
  it('counts one thing as one', async () => {
    const text = (await linesOf('http-0.9')).join('\n');
    expect(text).toContain(' 1 exchange, ');
    expect(text).toContain(': 1 connection, 1 exchange\n');
    expect(text).not.toMatch(/\b1 (?:exchanges|connections|bytes|frames|retransmissions)\b|frames (\d+)-\1\b/);
  });

  it('gives HTTP/0.9 no status', async () => {
    expect((await linesOf('http-0.9')).findLast((line) => line.includes('GET '))).toMatch(/ {2}HTTP\/0\.9, \d+ bytes \(close\)/);
  });

  it('names a protocol that is not read, and the frame that shows it', async () => {
    expect((await linesOf('http-2')).join('\n')).toMatch(/; HTTP\/2, not read \(frame 4\)/);
  });

  it('names both frames where the file stores the response before its request', async () => {
    expect((await linesOf('response-stored-first')).findLast((line) => line.includes('GET '))).toMatch(/frames 4-5$/);
  });

  it('hints at data that begin with the number of the SYN', async () => {
    expect((await linesOf('syn-number-repeated')).join('\n')).toContain('the data begin with the number of the SYN (frame 4)');
  });
});
