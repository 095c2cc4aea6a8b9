import { describe, expect, it } from 'vitest';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { adviceFor } from '../../harness/report/advice.ts';

const seen = (values: Record<string, ValueJson>, windowS?: number) =>
  adviceFor(
    Object.fromEntries(
      Object.entries(values).map(([id, value]): [string, ObservedValue] => [
        id,
        { value, frames: [1], ...(windowS === undefined ? {} : { windowS }) },
      ]),
    ),
  );
const about = (advice: { observation: string }[]) => advice.map(({ observation }) => observation);

describe('advice', () => {
  it('names the proxies that keep idle connections longer than the server', () => {
    const [first] = seen({ 'idle.used-s': 75, 'keepalive.advertised-s': 75 });
    expect(first?.text).toContain('Google Cloud');
    expect(first?.text).not.toContain('AWS');
  });

  it('names a proxy that keeps connections exactly as long, and none that gives up before', () => {
    expect(seen({ 'idle.used-s': 60, 'keepalive.advertised-s': 60 })[0]?.text).toContain('AWS');
    expect(seen({ 'idle.used-s': 60.1, 'keepalive.advertised-s': 60 })[0]?.text).not.toContain('AWS');
  });

  it('takes a close for one that comes with the response below 250 ms', () => {
    expect(seen({ 'idle.used-s': 0.249 })[0]?.text).toContain('after each response');
    expect(seen({ 'idle.used-s': 0.25 })[0]?.text).toContain('after 0.25 s');
  });

  it('warns of an advertised time from more than half a second beyond the real one on', () => {
    const advised = (advertised: number) => about(seen({ 'idle.used-s': 5, 'keepalive.advertised-s': advertised }));
    expect(advised(5.5)).toEqual(['idle.used-s']);
    expect(advised(5.51)).toEqual(['idle.used-s', 'idle.used-s']);
  });

  it('calls half a head that is kept a risk from 90 s on, and a limit of requests one from two on', () => {
    expect(seen({ 'idle.partial-head-s': null }, 89.9)).toEqual([]);
    expect(about(seen({ 'idle.partial-head-s': null }, 90))).toEqual(['idle.partial-head-s']);
    expect(seen({ 'keepalive.max-requests': 1 })).toEqual([]);
    expect(about(seen({ 'keepalive.max-requests': 2 }))).toEqual(['keepalive.max-requests']);
  });

  it('says nothing of proxies where the server keeps its connections open', () => {
    expect(seen({ 'idle.used-s': null }, 95)).toEqual([]);
  });

  it('tells a server that closes after each response from one with a short timer', () => {
    expect(seen({ 'idle.used-s': 0.001 })[0]?.text).toContain('after each response');
    expect(seen({ 'idle.used-s': 6 })[0]?.text).toContain('after 6 s');
  });

  it('asks for an advertised time where there is none, and warns where it is longer than the real one', () => {
    expect(about(seen({ 'idle.used-s': 5 }))).toContain('keepalive.advertised-s');
    expect(seen({ 'idle.used-s': 5, 'keepalive.advertised-s': 60 }).at(-1)?.text).toContain('advertises 60 s');
    expect(about(seen({ 'idle.used-s': 6, 'keepalive.advertised-s': 5 }))).toEqual(['idle.used-s']);
  });

  it('warns of half a request head only after a long watch', () => {
    expect(seen({ 'idle.partial-head-s': null }, 8)).toEqual([]);
    expect(about(seen({ 'idle.partial-head-s': null }, 95))).toEqual(['idle.partial-head-s']);
  });

  it('says nothing of validators that nobody needs', () => {
    const without = { 'cache.etag': 'none', 'cache.last-modified': 'no' };
    expect(seen({ ...without, 'cache.control': 'public, max-age=31536000, immutable' })).toEqual([]);
    expect(seen({ ...without, 'cache.control': 'no-store' })).toEqual([]);
    expect(seen({ ...without, 'http.statuses': '302' })).toEqual([]);
    expect(about(seen({ ...without, 'cache.control': 'max-age=0' }))).toEqual(['cache.etag']);
  });

  it('says nothing of invented freshness where there is an Expires', () => {
    const frames = [1];
    const values = { 'cache.last-modified': { value: 'yes', frames }, 'cache.control': { value: 'none', frames, note: 'Expires: x' } };
    expect(adviceFor(values)).toEqual([]);
  });

  it('warns first of what breaks downloads', () => {
    const deviates = { verdict: 'deviates' as const, section: 'x', because: 'y' };
    const values = {
      'idle.used-s': { value: 5, frames: [1] },
      'range.if-range-stale': { value: '206 bytes 0-9/100', frames: [1], conformance: deviates },
      'range.suffix': { value: '206 bytes 90-99/100', frames: [1], conformance: { ...deviates, verdict: 'conforms' as const } },
    };
    expect(about(adviceFor(values))[0]).toBe('range.if-range-stale');
    expect(about(adviceFor(values))).not.toContain('range.suffix');
  });

  it('tells what caches and players will miss', () => {
    expect(about(seen({ 'cache.etag': 'none', 'cache.last-modified': 'no' }))).toEqual(['cache.etag']);
    expect(about(seen({ 'cache.control': 'none', 'cache.last-modified': 'yes' }))).toEqual(['cache.control']);
    expect(about(seen({ 'range.first-ten': '200' }))).toEqual(['range.first-ten']);
    expect(seen({ 'range.first-ten': '206 bytes 0-9/10', 'cache.etag': 'weak', 'cache.last-modified': 'no' })).toEqual([]);
  });
});
