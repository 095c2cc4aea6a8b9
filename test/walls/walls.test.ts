import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { importsOf, readImports, sourceFiles } from './imports.ts';
import { circles, illegalImports, roomOf } from './rules.ts';
import { CIRCLES, ROOMS } from './walls.ts';

const ROOT = path.join(import.meta.dirname, '../..');
const files = sourceFiles(ROOT, ['harness', 'servers', 'clients']);
const imports = new Map(files.map((file) => [file, readImports(ROOT, file)]));

describe('the walls', () => {
  it('let no import through that the table does not allow', () => {
    expect(files.length).toBeGreaterThan(300);
    expect(files.flatMap((file) => illegalImports(file, imports.get(file) ?? [], ROOMS))).toEqual([]);
  });

  it('have no circle between files but those that are declared', () => {
    const between = new Map([...imports].map(([file, list]) => [file, list.flatMap((one) => one.file ?? [])]));
    expect(circles(between).map((circle) => circle.join(' '))).toEqual(CIRCLES.map(({ files }) => [...files].sort().join(' ')));
  });

  it('have no room that is not there', () => {
    expect(Object.keys(ROOMS).filter((room) => !existsSync(path.join(ROOT, room)))).toEqual([]);
  });

  it('leave test/ out of the product', () => {
    const reaching = files.filter((file) => (imports.get(file) ?? []).some((one) => one.file?.startsWith('test/')));
    expect(reaching).toEqual([]);
  });
});

describe('an illegal import that is planted', () => {
  const planted: [string, string, string][] = [
    ['harness/tcp/stream-sink.ts', "import type { RunMeta } from '../results/assemble.ts';", 'harness/results/assemble.ts'],
    ['harness/wire/tcp.ts', "export * from '../tcp/assembler.ts';", 'harness/tcp/assembler.ts'],
    ['harness/capture-file/pcap-reader.ts', "const lab = await import('../lab/lane.ts');", 'harness/lab/lane.ts'],
    ['harness/capture-file/pcap-reader.ts', "new URL('../lab/lane.ts', import.meta.url);", 'harness/lab/lane.ts'],
    ['harness/observe/close.ts', "type Cell = import('../compare/run-result.ts').ObservedCell;", 'harness/compare/run-result.ts'],
    ['harness/report/csv.ts', "import { runCells } from '../lab/run.ts';", 'harness/lab/run.ts'],
    ['harness/lab/run.ts', "import { observations } from '../observe/index.ts';", 'harness/observe/index.ts'],
    ['harness/results/merge.ts', "import { EXIT } from '../commands/exit.ts';", 'harness/commands/exit.ts'],
    ['servers/express.ts', "import { decodeFile } from '../harness/decode/decode-capture.ts';", 'harness/decode/decode-capture.ts'],
    ['harness/model.ts', "import type { Room } from '../test/walls/walls.ts';", 'test/walls/walls.ts'],
  ];
  it.each(planted)('in %s is named: %s', (file, line, imported) => {
    expect(illegalImports(file, importsOf(file, line), ROOMS).join()).toContain(`${file} imports ${imported}: `);
  });

  it('of a module that starts processes is named in a pure room', () => {
    const source = "import { spawn } from 'node:child_process';";
    expect(illegalImports('harness/decode/x.ts', importsOf('harness/decode/x.ts', source), ROOMS)).toEqual([
      'harness/decode/x.ts is pure, and imports node:child_process',
    ]);
    expect(illegalImports('harness/lab/x.ts', importsOf('harness/lab/x.ts', source), ROOMS)).toEqual([]);
  });

  it('of a file that stands in no room is named', () => {
    expect(illegalImports('harness/loose.ts', [], ROOMS)).toEqual(['harness/loose.ts stands in no room of test/walls/walls.ts']);
  });
});

describe('circles', () => {
  it('are found through any number of files, and a file that imports itself is one', () => {
    const tree = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['a']],
      ['d', []],
      ['e', ['e']],
      ['f', ['a', 'elsewhere']],
    ]);
    expect(circles(tree)).toEqual([['a', 'b', 'c'], ['e']]);
  });
});

describe('roomOf', () => {
  it('is the innermost room', () => {
    expect(roomOf('harness/report/html/page/matrix.ts', ROOMS)).toBe('harness/report/html/page');
    expect(roomOf('harness/reports.ts', ROOMS)).toBeNull();
  });
});
