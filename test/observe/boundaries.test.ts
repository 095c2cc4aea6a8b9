/** Each threshold of the observations, at its boundary and just beyond. */
import { describe, expect, it } from 'vitest';
import { diffKind } from '../../harness/compare/diff.ts';
import type { ValueJson } from '../../harness/model.ts';
import { close } from '../../harness/observe/close.ts';
import { causeOfClose } from '../../harness/observe/close-cause.ts';
import { connections } from '../../harness/observe/connections.ts';
import { observations } from '../../harness/observe/index.ts';
import { pipelining } from '../../harness/observe/pipelining.ts';
import { shutdown } from '../../harness/observe/shutdown.ts';
import { FRAMES_SHOWN, frameList } from '../../harness/observe/step.ts';
import { tcpKeepalive } from '../../harness/observe/tcp-keepalive.ts';
import { isAtNamedTime, isAtOnce } from '../../harness/observe/timers.ts';
import { traps } from '../../harness/observe/traps.ts';
import { versions } from '../../harness/observe/versions.ts';
import { type ConnectionInput, evidence, show } from './evidence-builder.ts';
import { judgeById } from './judge-by-id.ts';

describe('a tolerance', () => {
  it.each<[string, ValueJson, ValueJson, ValueJson]>([
    ['idle.used-s', 100, 85, 84.9],
    ['idle.used-s', 0.1, 0.15, 0.151],
    ['close.idle-ms', 1_000, 850, 849],
    ['close.idle-ms', 3, 53, 53.5],
    ['keepalive.advertised-s', 5, 5, 5.01],
    ['framing.largest-segment', 2_000, 1_000, 999],
    ['load.bytes', 10_000, 9_900, 9_899],
    ['load.overhead-bytes', 1_000, 950, 949],
    ['load.ms', 2_000, 1_000, 999],
    ['load.ms', 10, 110, 110.5],
    ['tcp.keepalive-probes', 400, 300, 299],
    ['tcp.keepalive-probes', 1, 2, 3],
  ])('of %s: %s equals %s and differs from %s', (id, value, equal, different) => {
    const observation = observations.find((one) => one.id === id)!;
    const of = (one: ValueJson) => ({ value: one, frames: [1] });
    expect(diffKind(of(value), of(equal), observation)).toBe('equal');
    expect(diffKind(of(value), of(different), observation)).toBe('differs');
  });
});

describe('a close', () => {
  it('comes at once below 250 ms', () => {
    expect([249.999, 250].map(isAtOnce)).toEqual([true, false]);
  });

  it('is at the named time from half a second before it to 1.6 s after it', () => {
    expect([4.49, 4.5, 6.6, 6.61].map((idleS) => isAtNamedTime(idleS, 5))).toEqual([false, true, true, false]);
  });

  const closed = (idleMs: number) =>
    evidence({
      scenario: 'versions.http10',
      connections: [{ requests: [{ frame: 4, atMs: 0, responseMs: 0 }], synMs: 0, close: { by: 'server', frame: 9, atMs: idleMs } }],
    });

  it.each([
    [249, 'after-response', 'closes'],
    [250, 'unadvertised-timer', 'keeps'],
  ])('%s ms after the response: %s, the server %s', (idleMs, cause, persistence) => {
    const visit = closed(idleMs);
    expect(causeOfClose(visit.connections[0]!, visit)?.cause).toBe(cause);
    expect(show(versions, 'versions.http10', visit)?.value).toBe(persistence);
  });

  it.each([
    [399, [], 'after-response'],
    [400, [], 'error-response'],
    [399, [['Connection', 'close']] as const, 'connection-close'],
    [400, [['Connection', 'close']] as const, 'error-response'],
  ])('after a response of status %s with %j: %s', (status, headers, cause) => {
    const requests = [{ frame: 4, atMs: 0, responseMs: 0, response: { status, headers: [...headers] } }];
    // The second connection shows that this server does not announce a close in every response.
    const visit = evidence({
      connections: [
        { requests, synMs: 0, close: { by: 'server', frame: 9, atMs: 1 } },
        { syn: 40, requests: [{ frame: 43 }] },
      ],
    });
    expect(causeOfClose(visit.connections[0]!, visit)?.cause).toBe(cause);
  });

  const two = (idles: [number, number], hows: ['FIN' | 'RST', 'FIN' | 'RST'] = ['FIN', 'FIN']) =>
    evidence({
      connections: idles.map((idleMs, index) => ({
        syn: 1 + index * 10,
        synMs: 0,
        requests: [{ frame: 4 + index * 10, atMs: 0, responseMs: 0 }],
        close: { by: 'server' as const, how: hows[index]!, frame: 40 + index, atMs: idleMs },
      })),
    });

  it('has its spread in the note from more than 50 ms on', () => {
    expect(show(close, 'close.idle-ms', two([5_000, 5_050]))?.note).toBeUndefined();
    expect(show(close, 'close.idle-ms', two([5_000, 5_051]))?.note).toBe('between 5000 and 5051 ms on 2 connections');
  });

  it('by FIN and RST equally often takes the earlier one', () => {
    expect(show(close, 'close.how', two([1, 2], ['FIN', 'RST']))).toMatchObject({ value: 'FIN', note: '1 by FIN, 1 by RST' });
    expect(show(close, 'close.how', two([1, 2], ['RST', 'FIN']))?.value).toBe('RST');
  });
});

describe('the last step begins with its first frame', () => {
  const steps = [
    { id: 'first-visit', frame: 1 },
    { id: 'close', frame: 100 },
  ];
  const at = (...inputs: ConnectionInput[]) => evidence({ scenario: 'close', steps, connections: inputs });
  const closedAt = (frame: number): ConnectionInput => ({ syn: 1, requests: [{ frame: 10 }], close: { by: 'client', frame, atMs: frame } });

  it('for a close', () => {
    expect(show(close, 'close.first', at(closedAt(100)))?.value).toBe('client');
    expect(show(close, 'close.first', at(closedAt(99)))).toBeNull();
  });

  it('for a handshake', () => {
    expect(show(connections, 'connections.opened', at({ syn: 98 }))?.value).toBe(1);
    expect(show(connections, 'connections.opened', at({ syn: 97 }))?.value).toBe(0);
  });

  it('for what is open at one time', () => {
    expect(show(connections, 'connections.max-concurrent', at({ syn: 4 }, closedAt(101)))?.value).toBe(2);
    expect(show(connections, 'connections.max-concurrent', at({ syn: 4 }, closedAt(100)))?.value).toBe(1);
  });

  it('for keep-alive probes', () => {
    const probed = at({ syn: 1, requests: [{ frame: 10 }], probes: { side: 'client', frames: [99, 100], timesMs: [99, 100] } });
    expect(show(tcpKeepalive, 'tcp.keepalive-probes', probed)).toMatchObject({ value: 1, frames: [100] });
  });
});

describe('a stop of the server', () => {
  const busy = (response: object, closeFrame?: number) =>
    show(
      shutdown,
      'shutdown.busy',
      evidence({
        scenario: 'shutdown-busy',
        steps: [
          { id: 'shutdown-busy.request', frame: 1 },
          { id: 'shutdown-busy', frame: 20 },
        ],
        connections: [
          {
            requests: [{ frame: 4, response }],
            ...(closeFrame ? { close: { by: 'server' as const, frame: closeFrame, atMs: closeFrame } } : {}),
          },
        ],
      }),
    );

  it('leaves it open whether the server or the kernel sent a body of less than 128 KiB', () => {
    expect(busy({ frames: [5, 39], bodyBytes: 131_071 })?.note).toMatch(/the kernel may have held/);
    expect(busy({ frames: [5, 39], bodyBytes: 131_072 })?.note).toBe('131072 bytes of the body came');
  });

  it('comes before anything in the same frame', () => {
    expect(busy({ frames: [5, 20] })?.value).toBe('completed');
    expect(busy({ frames: [5, 19] })).toBeNull();
    expect(busy({ frames: [5, 18], complete: false }, 20)?.value).toBe('cut by FIN');
    expect(busy({ frames: [5, 18], complete: false }, 19)).toBeNull();
  });
});

it('a plain answer with content is 200 or 203', () => {
  const judged = (status: number) => judgeById('conditional.star', { value: 304 }, { status, changes: false })?.verdict;
  expect([199, 200, 203, 204, 300].map(judged)).toEqual(['unspecified', 'conforms', 'conforms', 'unspecified', 'unspecified']);
});

it('a POST that gets less than 400 is for the target to say', () => {
  expect([399, 404].map((status) => judgeById('methods.post', { value: status })?.verdict)).toEqual(['unspecified', 'deviates']);
});

it('two targets are enough to see the order of pipelined answers', () => {
  const answered = (types: string[]) =>
    evidence({
      scenario: 'pipelining',
      steps: [{ id: 'pipelining.answered', frame: 1 }],
      connections: [
        {
          requests: ['/', '/style.css', '/logo.png'].map((target, index) => ({
            frame: 4,
            target,
            responseFrame: 5 + index,
            response: types[index] === undefined ? null : { headers: [['Content-Type', types[index]] as const] },
          })),
        },
      ],
    });
  expect(show(pipelining, 'pipelining.order', answered(['text/html', 'text/css']))?.value).toBe('kept');
  expect(show(pipelining, 'pipelining.order', answered(['text/html']))).toBeNull();
});

it('a SYN-ACK that was sent twice is a repeated one', () => {
  const visit = evidence({ connections: [{ requests: [{ frame: 4 }] }] });
  Object.assign(visit.connections[0]!.handshake!, { synAcks: 2, lastSynAckFrame: 9 });
  expect(show(traps, 'trap.synack-retransmitted', visit)).toEqual({ value: 'yes', frames: [2, 9], note: '1 sent again' });
});

it('a value names its 32 lowest frames', () => {
  const frames = Array.from({ length: 40 }, (_, index) => 40 - index);
  expect(FRAMES_SHOWN).toBe(32);
  expect(frameList(frames)).toEqual(Array.from({ length: 32 }, (_, index) => index + 1));
  expect(frameList(frames.slice(-32))).toHaveLength(32);
});
