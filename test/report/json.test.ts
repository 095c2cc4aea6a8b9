import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../harness/report/json.ts';
import { sampleRun } from './sample-run.ts';

describe('renderJson', () => {
  it('puts lists of plain values on one line', () => {
    expect(renderJson({ frames: [1, 2], header: ['Host', 'a[b]'], none: [], list: [{ a: 1 }] })).toBe(
      '{\n "frames": [1, 2],\n "header": [\n  "Host",\n  "a[b]"\n ],\n "none": [],\n "list": [\n  {\n   "a": 1\n  }\n ]\n}\n',
    );
  });

  it('is the same data, whatever it is', () => {
    expect(JSON.parse(renderJson(sampleRun()))).toEqual(JSON.parse(JSON.stringify(sampleRun())));
    fc.assert(
      fc.property(fc.jsonValue(), (data) => {
        expect(JSON.parse(renderJson(data))).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });
});
