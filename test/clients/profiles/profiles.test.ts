import { describe, expect, test } from 'vitest';
import { type ClientProfile, defineProfile, policy } from '../../../clients/profile.ts';
import { chromium } from '../../../clients/profiles/chromium.ts';
import { chromiumOneConnection } from '../../../clients/profiles/chromium-one-connection.ts';
import { edge } from '../../../clients/profiles/edge.ts';
import { firefox } from '../../../clients/profiles/firefox.ts';
import { ie11 } from '../../../clients/profiles/ie11.ts';

/** The limits and time-outs that a browser's source or documentation gives: each profile names it as the policy's `source`. */
const figures = ({ connections, cache, requests, media }: ClientProfile) => ({
  perHost: connections.perHost.value,
  usedIdleMs: connections.usedIdleMs.value,
  unusedIdleMs: connections.unusedIdleMs.value,
  keepAliveIdleS: connections.tcpKeepAlive.value?.idleS ?? null,
  backupAfterMs: connections.backupAfterMs.value,
  imagesBeforeHeadIsDone: requests.tightMode.value?.limit ?? null,
  heuristic: cache.heuristic.value,
  seekAlignment: media.seek.value?.alignment ?? null,
});

describe('the figures of a profile are those of its sources', () => {
  const ofChromium = {
    perHost: 6,
    usedIdleMs: 300_000,
    unusedIdleMs: 60_000,
    keepAliveIdleS: 45,
    backupAfterMs: null,
    imagesBeforeHeadIsDone: 4,
    heuristic: { fraction: 0.1, capS: null },
    seekAlignment: 32_768,
  };
  const cases: [ClientProfile, ReturnType<typeof figures>][] = [
    [chromium, ofChromium],
    [edge, ofChromium],
    [chromiumOneConnection, { ...ofChromium, perHost: 1 }],
    [
      firefox,
      {
        perHost: 6,
        usedIdleMs: 115_000,
        unusedIdleMs: 5_000,
        keepAliveIdleS: 10,
        backupAfterMs: 250,
        imagesBeforeHeadIsDone: null,
        heuristic: { fraction: 0.1, capS: 604_800 },
        seekAlignment: null,
      },
    ],
    [
      ie11,
      {
        perHost: 6,
        usedIdleMs: 60_000,
        unusedIdleMs: 60_000,
        keepAliveIdleS: null,
        backupAfterMs: null,
        imagesBeforeHeadIsDone: null,
        heuristic: { fraction: 0.1, capS: null },
        seekAlignment: 65_536,
      },
    ],
  ];
  test.each(cases)('$id', (profile, expected) => {
    expect(figures(profile)).toEqual(expected);
  });
});

describe('a profile is refused', () => {
  const withSockets = (sockets: number) =>
    defineProfile({
      ...chromium,
      connections: {
        ...chromium.connections,
        navigation: policy({ ...chromium.connections.navigation.value, later: { afterMs: 1, sockets } }, 'test'),
      },
    });

  test('where a navigation wants more sockets than a host may have', () => {
    expect(() => withSockets(6)).not.toThrow();
    expect(() => withSockets(7)).toThrow('more sockets');
  });

  test('where a kind of request has no Host', () => {
    const kinds = { ...chromium.requests.kinds.value, font: { ...chromium.requests.kinds.value.font, head: ['Accept: */*'] } };
    const requests = { ...chromium.requests, kinds: policy(kinds, 'test') };
    expect(() => defineProfile({ ...chromium, requests })).toThrow('"Host: {host}"');
  });
});
