/** `report.html`: the run as one page that needs nothing else. */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell } from '../compare/run-result.ts';
import { cellDetail, detailWithoutCapture, stripsOf } from './html/cell-detail.ts';
import { DataBlocks, documentEnd, documentStart } from './html/document.ts';
import { pageIndex } from './html/page-data.ts';
import { StringTable } from './html/strings.ts';
import { isMissing } from './missing.ts';
import { type CapturedEvidence, defineReporter, type ReportInput } from './reporter.ts';

export const html = defineReporter({
  id: 'html',
  describe: 'writes report.html: the run as one page, with the ladders of every cell; no network needed',
  async *files(input) {
    yield { path: 'report.html', content: await renderHtml(input) };
  },
});

/** The whole page. @param plainMost characters of data above which they are packed. A cell whose capture is missing has no ladders, exchanges or segments in it. @throws where a capture can't be read */
export async function renderHtml(input: Omit<ReportInput, 'terminal'>, plainMost?: number): Promise<string> {
  const { run, evidenceOf } = input;
  const strings = new StringTable();
  const index = pageIndex(input);
  const data = new DataBlocks();
  for (const [place, cell] of run.cells.entries()) {
    if (!isObserved(cell)) continue;
    const evidence = await evidenceFor(cell, evidenceOf);
    data.add(`cell-${place}`, evidence ? cellDetail(cell, evidence, run, strings) : detailWithoutCapture(cell, run, strings));
    if (evidence && cell.scenario === 'first-visit') index.strips.push(...stripsOf(place, evidence));
  }
  const title = `wirematrix ${run.run.startedAt.slice(0, 10)}`;
  data.add('index', index);
  data.add('strings', strings.strings);
  return [documentStart(title), data.text(plainMost), documentEnd()].join('');
}

/** `null` where the capture is missing: a run.json may have been copied without its captures. */
async function evidenceFor(cell: ObservedCell, evidenceOf: ReportInput['evidenceOf']): Promise<CapturedEvidence | null> {
  try {
    return await evidenceOf(cell, { frames: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
