import { describe, expect, it } from 'vitest';
import type { ObservedValue, ValueJson } from '../../harness/model.ts';
import { adviceFor } from '../../harness/report/advice.ts';

const seen = (values: Record<string, ValueJson>, windowS?: number) =>
  adviceFor(
    Object.fromEntries(
      Object.entries(values).map(([id, value]): [string, ObservedValue] => [
        id,
        { value, frames: [1], ...(windowS === undefined ? {} : { 'window-s': windowS }) },
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

  it('tells what caches and players will miss', () => {
    expect(about(seen({ 'cache.etag': 'none', 'cache.last-modified': 'no' }))).toEqual(['cache.etag']);
    expect(about(seen({ 'cache.control': 'none', 'cache.last-modified': 'yes' }))).toEqual(['cache.control']);
    expect(about(seen({ 'range.first-ten': '200' }))).toEqual(['range.first-ten']);
    expect(seen({ 'range.first-ten': '206 bytes 0-9/10', 'cache.etag': 'weak', 'cache.last-modified': 'no' })).toEqual([]);
  });
});
