import { describe, expect, it } from 'vitest';
import type { HeaderField } from '../../harness/model.ts';
import { cache } from '../../harness/observe/cache.ts';
import { framing } from '../../harness/observe/framing.ts';
import { http } from '../../harness/observe/http.ts';
import { load } from '../../harness/observe/load.ts';
import { revisit } from '../../harness/observe/revisit.ts';
import { evidence, show } from './evidence-builder.ts';

const HTML: HeaderField = ['Content-Type', 'text/html; charset=utf-8'];

const withHeaders = (...headers: HeaderField[]) =>
  evidence({ connections: [{ syn: 1, requests: [{ frame: 10, response: { headers: [HTML, ...headers] } }] }] });

describe('http.* and cache.* speak of the document', () => {
  it.each([
    ['cache.etag', [['ETag', '"abc"']], 'strong'],
    ['cache.etag', [['etag', 'W/"abc"']], 'weak'],
    ['cache.etag', [], 'none'],
    ['cache.last-modified', [['Last-Modified', 'Sat, 01 Jan 2022 00:00:00 GMT']], 'yes'],
    ['cache.last-modified', [], 'no'],
    [
      'cache.control',
      [
        ['Cache-Control', 'public'],
        ['cache-control', 'max-age=0'],
      ],
      'public, max-age=0',
    ],
    ['cache.control', [], 'none'],
    ['http.connection', [['Connection', 'Keep-Alive']], 'keep-alive'],
    ['http.connection', [], 'none'],
    ['http.version', [], '1.1'],
  ] as [string, HeaderField[], string][])('%s of %j', (id, headers, expected) => {
    expect(show([...http, ...cache], id, withHeaders(...headers))).toEqual({ value: expected, frames: [11] });
  });

  it('names an entity tag that is not well formed', () => {
    expect(show(cache, 'cache.etag', withHeaders(['ETag', 'abc']))).toEqual({
      value: 'none',
      frames: [11],
      note: 'not a well-formed entity tag: abc',
    });
  });

  const steps = [
    { id: 'first-visit', frame: 1 },
    { id: 'revisit', frame: 100 },
  ];

  it('takes the 200 of the earlier visit where the revisit got a 304', () => {
    const again = evidence({
      scenario: 'revisit',
      steps,
      connections: [
        {
          syn: 1,
          requests: [
            { frame: 10, response: { headers: [HTML, ['ETag', '"a"']], version: '1.1' } },
            { frame: 110, response: { status: 304, headers: [], framing: 'none' } },
          ],
        },
      ],
    });
    expect(show(cache, 'cache.etag', again)).toEqual({ value: 'strong', frames: [11] });
    expect(show(http, 'http.statuses', again)).toEqual({ value: '304', frames: [111] });
  });

  it('takes the page of an earlier step where the last one only asked for other things', () => {
    const again = evidence({
      scenario: 'revisit',
      steps,
      connections: [
        {
          syn: 1,
          requests: [
            { frame: 10, response: { headers: [HTML, ['ETag', 'W/"a"']] } },
            { frame: 110, target: '/audio.wav', response: { status: 206, headers: [['Content-Type', 'audio/wav']] } },
          ],
        },
      ],
    });
    expect(show(cache, 'cache.etag', again)?.value).toBe('weak');
  });

  it('takes the first answer where nothing was HTML', () => {
    const probe = evidence({ connections: [{ syn: 1, requests: [{ frame: 10, response: { status: 206, version: '1.0' } }] }] });
    expect(show(http, 'http.version', probe)).toEqual({ value: '1.0', frames: [11] });
  });

  it('marks a request without an answer', () => {
    const cut = evidence({ connections: [{ syn: 1, requests: [{ frame: 10 }, { frame: 20, response: null }] }] });
    expect(show(http, 'http.statuses', cut)).toEqual({ value: '200 -', frames: [11, 20] });
  });

  it('is absent where nothing was answered', () => {
    const silent = evidence({ connections: [{ syn: 1, requests: [{ frame: 10, response: null }] }] });
    for (const observation of [...cache, ...framing]) expect(observation.observe(silent)).toBeNull();
  });
});

describe('framing.*', () => {
  it('tells how head and body were written', () => {
    const visit = evidence({
      connections: [
        {
          syn: 1,
          requests: [
            {
              frame: 10,
              response: {
                headers: [HTML],
                headSegments: 1,
                headFrames: [11, 11],
                frames: [11, 13],
                framing: 'chunked',
                headEndsWithBody: true,
              },
            },
            {
              frame: 20,
              target: '/a',
              response: { largestSegment: 9_000, segmentSizes: [100, 9_000], segmentFrames: [21, 22], frames: [21, 22] },
            },
          ],
        },
      ],
    });
    expect(show(framing, 'framing.head-segments', visit)).toEqual({ value: 1, frames: [11] });
    expect(show(framing, 'framing.head-and-body', visit)).toEqual({ value: true, frames: [11] });
    expect(show(framing, 'framing.body', visit)).toEqual({ value: 'chunked', frames: [11, 13] });
    expect(show(framing, 'framing.largest-segment', visit)).toEqual({ value: 9_000, frames: [22] });
  });
});

describe('load.*', () => {
  const visit = evidence({
    connections: [
      {
        syn: 1,
        synMs: 1,
        requests: [{ frame: 10, atMs: 10, responseMs: 12, response: { headBytes: 200, bodyBytes: 50, bodyWireBytes: 60 } }],
      },
      {
        syn: 4,
        synMs: 4,
        requests: [
          {
            frame: 14,
            atMs: 14,
            responseFrame: 30,
            responseMs: 31,
            headers: [['Range', 'bytes=0-']],
            response: { status: 206, endNs: 41e6 },
          },
        ],
      },
    ],
  });

  it('adds up what was sent both ways', () => {
    expect(show(load, 'load.requests', visit)).toEqual({ value: 2, frames: [10, 14] });
    // Two requests of 100, heads of 200 and 100, bodies of 60 and 10 on the wire.
    expect(show(load, 'load.bytes', visit)?.value).toBe(570);
    expect(show(load, 'load.overhead-bytes', visit)?.value).toBe(510);
  });

  it('lasts from the first SYN to the last byte', () => {
    expect(show(load, 'load.ms', visit)).toEqual({ value: 40, frames: [1, 30] });
  });

  it('shows what the media request got', () => {
    expect(show(load, 'load.range-status', visit)).toEqual({ value: 206, frames: [14, 30] });
  });
});

describe('revisit.*', () => {
  const steps = [
    { id: 'first-visit', frame: 1 },
    { id: 'revisit', frame: 100 },
  ];
  const first = [
    { frame: 10, response: { headers: [HTML], bodyBytes: 1_000 } },
    { frame: 20, target: '/a.css', response: { bodyBytes: 300 } },
    { frame: 30, target: '/b.png', response: { bodyBytes: 4_000 } },
    { frame: 40, target: '/missing', response: { status: 404, bodyBytes: 99 } },
  ];

  it('counts the 304s and the bytes that were not sent again', () => {
    const again = evidence({
      scenario: 'revisit',
      steps,
      connections: [
        {
          syn: 1,
          requests: [
            ...first,
            { frame: 110, response: { status: 304, bodyBytes: 0 } },
            { frame: 120, target: '/a.css', response: { bodyBytes: 300 } },
          ],
        },
      ],
    });
    expect(show(revisit, 'revisit.requests', again)).toEqual({ value: 2, frames: [110, 120] });
    expect(show(revisit, 'revisit.not-modified', again)).toEqual({ value: 1, frames: [111] });
    expect(show(revisit, 'revisit.bytes-saved', again)?.value).toBe(5_000);
  });

  it('shows a revisit that came from the cache whole', () => {
    const cached = evidence({ scenario: 'revisit', steps, connections: [{ syn: 1, requests: first }] });
    expect(show(revisit, 'revisit.requests', cached)).toEqual({ value: 0, frames: [] });
    expect(show(revisit, 'revisit.bytes-saved', cached)?.value).toBe(5_300);
    expect(show(load, 'load.requests', cached)?.value).toBe(0);
    expect(show(load, 'load.bytes', cached)).toBeNull();
  });

  it('is absent for a first visit', () => {
    for (const observation of revisit) expect(observation.observe(evidence({ connections: [{ syn: 1, requests: first }] }))).toBeNull();
  });
});
