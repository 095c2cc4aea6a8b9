import { describe, expect, it } from 'vitest';
import { ConnectionList } from '../../harness/tcp/connection-list.ts';
import { TrackedConnection } from '../../harness/tcp/tracked-connection.ts';

function active(lastFrame: number): TrackedConnection {
  const connection = new TrackedConnection(lastFrame);
  connection.lastFrame = lastFrame;
  return connection;
}

describe('the list of connections', () => {
  it.each([
    [[2, 4, 6], 5],
    [[2, 4, 6], 1],
    [[2, 4, 6], 9],
    [[], 3],
  ])('%j takes back one that was active in frame %i at its place', (frames, frame) => {
    const list = new ConnectionList<TrackedConnection>();
    for (const lastFrame of frames) list.append(active(lastFrame));
    list.insert(active(frame));
    const expected = [...frames, frame].sort((a, b) => a - b);
    expect(list.toArray().map(({ lastFrame }) => lastFrame)).toEqual(expected);
    expect(list.oldest?.lastFrame).toBe(expected[0]);
    expect(list.size).toBe(expected.length);
    list.append(active(99));
    expect(list.toArray().at(-1)?.lastFrame).toBe(99);
  });
});
