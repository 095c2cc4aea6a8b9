import { describe, expect, it } from 'vitest';
import { parseServerComment, parseStepComment, type ServerEvent, serverComment } from '../../harness/capture-file/cell-comments.ts';

describe('what happens to the server', () => {
  it.each<[ServerEvent, string]>([
    [{ what: 'asked-to-stop', signal: 'SIGTERM' }, 'wirematrix server asked to stop by SIGTERM at 17'],
    [{ what: 'ended', code: 0, signal: null }, 'wirematrix server ended with code 0 at 17'],
    [{ what: 'ended', code: null, signal: 'SIGKILL' }, 'wirematrix server ended by SIGKILL at 17'],
  ])('is a comment that is read back: %o', (event, comment) => {
    expect(serverComment(event, 17n)).toBe(comment);
    expect(parseServerComment(comment)).toEqual({ event, epochNs: 17n });
    expect(parseStepComment(comment)).toBeNull();
  });

  it.each([
    'wirematrix step server',
    'wirematrix server ended',
    'wirematrix server asked to stop with code 1 at 5',
    'wirematrix server ended by X at 1',
  ])('is not read from "%s"', (comment) => {
    expect(parseServerComment(comment)).toBeNull();
  });
});
