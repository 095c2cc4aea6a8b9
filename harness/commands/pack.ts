import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { ranOnly } from '../claims/index.ts';
import { writtenRun } from '../compare/run-result.ts';
import { loadConfig } from '../config/load.ts';
import { settingsOf } from '../config/settings.ts';
import { toEvidence } from '../decode/cell-evidence.ts';
import { decodeFile } from '../decode/decode-capture.ts';
import { cellId, LANGUAGES } from '../model.ts';
import { packRace } from '../race/judge/pack.ts';
import type { RaceResult } from '../race/judge/pair.ts';
import { RACE_FILE, readRaceIn } from '../race/judge/race-file.ts';
import { VALUES, valueTable } from '../report/csv.ts';
import { escapeTerminal } from '../report/escape.ts';
import { html } from '../report/html.ts';
import { renderJson } from '../report/json.ts';
import { readableMarkdown } from '../report/markdown.ts';
import { raceJson, raceReports } from '../report/race/race-files.ts';
import { renderRaceMatrix } from '../report/race/race-markdown.ts';
import type { ReportFile } from '../report/reporter.ts';
import { reportRun, SECTION_FOUR } from '../report/section-four-files.ts';
import { writeChosen } from '../report/write-reports.ts';
import { fileInside } from '../results/inside.ts';
import { PACKED, packCaptures, writePacked } from '../results/pack.ts';
import { RUN_FILE } from '../results/read-run.ts';
import { readRemadeRun } from '../results/remake.ts';
import { openRunFolder, writeInto } from '../results/run-folder.ts';
import { writeAtomically } from '../system/files.ts';
import { print } from '../system/terminal.ts';
import type { AddCommand } from './command.ts';
import { exitCodeOfRun } from './exit.ts';
import { sayLeftOut } from './left-out.ts';
import { config, out, runFolder } from './options.ts';
import { sayOwn } from './own.ts';
import { say } from './say.ts';

/** Makes a run small enough to be kept in a repository, as the reference results are. */
export const addPack: AddCommand = (program) => {
  program
    .command('pack')
    .description('a run or a race small enough for a repository: JSON packed, and the captures that the claims or examples rest on, cut')
    .addArgument(runFolder())
    .addOption(out('results/packed'))
    .addOption(config())
    .action(async (dir, options) => {
      const race = await readRaceIn(dir);
      if (race !== null) return packRaceOf(dir, race, options.out);
      const { own } = settingsOf(undefined, {}, await loadConfig(options.config));
      const assembled = await readRemadeRun(dir, own);
      const exitOfOwn = sayOwn(assembled);
      const exitOfLeftOut = sayLeftOut(dir, assembled.leftOut);
      for (const cell of assembled.run.cells) if (cell.state === 'failed') say(`not packed: ${cellId(cell)}: ${cell.reason}`);
      const folder = await openRunFolder(options.out, { mode: 'add' });
      await writeInto(folder, async () => {
        const packed = await packCaptures(dir, assembled, folder);
        await writePacked(folder, `${RUN_FILE}${PACKED}`, renderJson(writtenRun(assembled.run)));
        await writePacked(folder, `${VALUES}${PACKED}`, valueTable(assembled.run));
        await writeChosen(folder, assembled, [readableMarkdown, html], (cell) => ({
          capture: packed.get(cellId(cell)) ?? null,
          har: null,
        }));
        if (ranOnly(assembled.judged, assembled.facts).length === 0) return;
        const linkOf = (cell: string): string | null => {
          const file = packed.get(cell);
          return file === undefined ? null : path.join(options.out, file);
        };
        for (const [language, name] of [
          ['en', SECTION_FOUR],
          ['zh', SECTION_FOUR.replace('.md', '.zh.md')],
        ] as const)
          await reportRun({ ...assembled, dir, folder, language, which: 'all', linkOf, name });
      });
      await printPacked(options.out);
      process.exitCode = exitOfLeftOut || exitCodeOfRun(assembled.run) || exitOfOwn;
    });
};

/** A race: its reports, and of the captures the connections of the examples alone. */
async function packRaceOf(dir: string, race: RaceResult, out: string): Promise<void> {
  const folder = await openRunFolder(out, { mode: 'add' });
  await writeInto(folder, async () => {
    const { result, captures } = await packRace(race, async (capture) => readFile(await fileInside(dir, capture)));
    const packed = {
      ...result,
      pairs: result.pairs.map((pair) => ({
        ...pair,
        example: pair.example && { ...pair.example, capture: `${pair.example.capture}${PACKED}` },
      })),
    };
    for (const [capture, bytes] of captures) await writePacked(folder, `${capture}${PACKED}`, bytes);
    await writePacked(folder, `${RACE_FILE}${PACKED}`, raceJson(packed));
    const evidenceOf = async (capture: string) => {
      const bytes = captures.get(capture.slice(0, -PACKED.length));
      if (bytes === undefined) return null;
      const { capture: info, connections, frames } = await decodeFile(bytes, { frames: true });
      return { ...toEvidence(info, connections), ...(frames ? { frames } : {}) };
    };
    const matrices = LANGUAGES.map((language) => ({
      path: language === 'en' ? 'matrix.md' : `matrix.${language}.md`,
      content: renderRaceMatrix(packed, language),
    }));
    const write = async (file: ReportFile): Promise<void> => {
      await folder.checkFree(file.path);
      await writeAtomically(path.join(folder.staging, file.path), file.content);
    };
    for (const file of matrices) await write(file);
    for await (const file of raceReports(packed, evidenceOf, 'en')) await write(file);
  });
  await printPacked(out);
}

const printPacked = (out: string): Promise<void> => print(`${escapeTerminal(`packed: ${out}`)}\n`);
