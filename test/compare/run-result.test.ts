import { describe, expect, it } from 'vitest';
import { cellResult } from '../../harness/compare/cell-result.ts';
import { parseRunResult, runJsonSchema, runResultSchema, writtenRun } from '../../harness/compare/run-result.ts';
import { observations } from '../../harness/observe/index.ts';
import { expectGolden } from '../golden.ts';
import { evidence } from '../observe/evidence-builder.ts';
import { sampleRun } from '../report/sample-run.ts';

describe('the schema of run.json', () => {
  it('takes a whole run, and loses nothing of it', () => {
    const run = sampleRun();
    expect(parseRunResult(JSON.parse(JSON.stringify(writtenRun(run))), 'run.json')).toEqual(run);
  });

  it('takes what a cell gives', () => {
    const from = evidence({
      connections: [{ syn: 1, requests: [{ frame: 10 }, { frame: 20, response: null }], close: { by: 'server', frame: 30, atMs: 30 } }],
    });
    const run = {
      ...sampleRun(),
      cells: [cellResult(from, observations, { capture: 'captures/a.pcapng', captureSha256: '', windowS: 8 })],
    };
    expect(runResultSchema.safeParse(JSON.parse(JSON.stringify(writtenRun(run)))).error).toBeUndefined();
    expect(run.cells[0]?.exchanges.map(({ status, requestFrames, responseFrames }) => ({ status, requestFrames, responseFrames }))).toEqual(
      [
        { status: 200, requestFrames: [10, 10], responseFrames: [11, 11] },
        { status: null, requestFrames: [20, 20], responseFrames: null },
      ],
    );
  });

  it('bounds the list of exchanges, and says so', () => {
    const requests = Array.from({ length: 600 }, (_, index) => ({ frame: 10 + index * 2 }));
    const result = cellResult(evidence({ connections: [{ syn: 1, requests }] }), [], { capture: 'a', captureSha256: '', windowS: 8 });
    expect(result.exchanges).toHaveLength(500);
    expect(result.exchangeCount).toBe(600);
    expect(result.notes).toEqual(['the first 500 of 600 exchanges are listed']);
  });

  it('lists 500 exchanges whole, and says nothing of it', () => {
    const requests = Array.from({ length: 500 }, (_, index) => ({ frame: 10 + index * 2 }));
    const result = cellResult(evidence({ connections: [{ syn: 1, requests }] }), [], { capture: 'a', captureSha256: '', windowS: 8 });
    expect(result.exchanges).toHaveLength(500);
    expect(result.notes).toEqual([]);
  });

  it('takes the window of a value by the name that version 0.2.0 gave it, wherever values stand', () => {
    const run = sampleRun();
    const written = JSON.stringify(writtenRun(run));
    expect(written).toContain('"window-s":');
    expect(parseRunResult(JSON.parse(written.replaceAll('"window-s":', '"windowS":')), 'run.json')).toEqual(run);
  });

  it('says which place of a file does not fit', () => {
    const run = { ...sampleRun(), schemaVersion: 2 };
    expect(() => parseRunResult(run, 'old/run.json')).toThrow(/old\/run\.json is not a run of schema version 1:\n {2}schemaVersion: /);
  });

  it('does not take a cell that is observed and has a reason', () => {
    const run = sampleRun();
    const cells = [{ ...run.cells[0], reason: 'none' }];
    expect(runResultSchema.safeParse({ ...run, cells }).success).toBe(false);
  });

  it('is exported as JSON Schema', () => {
    expectGolden('../../results/run.schema.json', `${JSON.stringify(runJsonSchema(), null, 2)}\n`);
  });
});
