/** `report.html`: the run as one page that needs nothing else. */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell } from '../compare/run-result.ts';
import { cellDetail, detailWithoutCapture, stripsOf } from './html/cell-detail.ts';
import { cutCapture } from './html/cut-capture.ts';
import { dataBlock, documentEnd, documentStart } from './html/document.ts';
import { PackedBlocks } from './html/packed-blocks.ts';
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

/** Bytes of all packets in the page: with everything else it stays below 8 MB. The cells after that have none. */
const PACKETS_BYTES = 5_000_000;

/** The whole page. A cell whose capture is missing has no ladders, exchanges, segments or packets in it. @throws where a capture can't be read */
export async function renderHtml(input: Omit<ReportInput, 'terminal'>): Promise<string> {
  const { run, evidenceOf, captureOf } = input;
  const strings = new StringTable();
  const index = pageIndex(input);
  const details = new PackedBlocks('details');
  const packets = new PackedBlocks('packets');
  for (const [place, cell] of run.cells.entries()) {
    if (!isObserved(cell)) continue;
    const evidence = await evidenceFor(cell, evidenceOf);
    const detail = evidence ? cellDetail(cell, evidence, run, strings) : detailWithoutCapture(cell, run, strings);
    index.details[place] = details.add(Buffer.from(JSON.stringify(detail)));
    if (!evidence) continue;
    const cut = captureOf && packets.bytes < PACKETS_BYTES ? cutCapture(await captureOf(cell), evidence) : null;
    index.packets[place] = cut && packets.add(cut);
    if (cell.scenario === 'first-visit') index.strips.push(...stripsOf(place, evidence));
  }
  const title = `wirematrix ${run.run.startedAt.slice(0, 10)}`;
  const blocks = [dataBlock('index', index), dataBlock('strings', strings.strings), ...details.end(), ...packets.end()];
  return [documentStart(title), ...blocks, documentEnd()].join('');
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
