/** `report.html`: the run as one page that needs nothing else. */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell } from '../compare/run-result.ts';
import { cellDetail, detailWithoutCapture, stripsOf } from './html/cell-detail.ts';
import { dataBlock, documentEnd, documentStart } from './html/document.ts';
import { PacketBlocks } from './html/embedded-packets.ts';
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

/** The whole page. A cell whose capture is missing has no ladders, exchanges or segments in it. @throws where a capture can't be read */
export async function renderHtml(input: Omit<ReportInput, 'terminal'>): Promise<string> {
  const { run, evidenceOf, captureOf } = input;
  const strings = new StringTable();
  const index = pageIndex(input);
  const blocks: string[] = [];
  const packets = new PacketBlocks();
  for (const [place, cell] of run.cells.entries()) {
    if (!isObserved(cell)) continue;
    const evidence = await evidenceFor(cell, evidenceOf);
    blocks.push(dataBlock(`cell-${place}`, evidence ? cellDetail(cell, evidence, run, strings) : detailWithoutCapture(cell, run, strings)));
    index.packets[place] = evidence && captureOf ? packets.add(await captureOf(cell), evidence) : null;
    if (evidence && cell.scenario === 'first-visit') index.strips.push(...stripsOf(place, evidence));
  }
  const title = `wirematrix ${run.run.startedAt.slice(0, 10)}`;
  return [
    documentStart(title),
    dataBlock('index', index),
    dataBlock('strings', strings.strings),
    ...blocks,
    ...packets.end(),
    documentEnd(),
  ].join('');
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
