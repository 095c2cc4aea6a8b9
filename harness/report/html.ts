/** `report.html`: the run as one page that needs nothing else. */
import { isObserved } from '../compare/matrix.ts';
import type { ObservedCell } from '../compare/run-result.ts';
import { isMissing } from '../system/missing.ts';
import { cellDetail, detailWithoutCapture, stripsOf } from './html/cell-detail.ts';
import { cutCapture } from './html/cut-capture.ts';
import { documentEnd, documentStart, firstBlocks } from './html/document.ts';
import { PackedBlocks } from './html/packed-blocks.ts';
import { pageIndex } from './html/page-data.ts';
import type { PageIndex } from './html/page-format.ts';
import { StringTable } from './html/strings.ts';
import { type CapturedEvidence, defineReporter, type ReportInput } from './reporter.ts';

export const html = defineReporter({
  id: 'html',
  describe: 'writes report.html: the run as one page, with the ladders of every cell; no network needed',
  async *files(input) {
    yield { path: 'report.html', content: await renderHtml(input) };
  },
});

/** Packets are put into the page until it is this large, in bytes: with the last of them it stays below 8 MB, which mail and chat take. */
const PAGE_BYTES = 7_800_000;
/** Bytes for packets, however large the rest. */
const PACKETS_BYTES_LEAST = 1_000_000;

/** What the page is made of. */
export type PageInput = Omit<ReportInput, 'terminal'>;

/** The whole page. A cell whose capture is missing has no ladders, exchanges, segments or packets in it. @throws where a capture can't be read */
export async function renderHtml(input: PageInput): Promise<string> {
  const { run, evidenceOf, captureOf } = input;
  const strings = new StringTable();
  const index = pageIndex(input);
  const details = new PackedBlocks('details');
  for (const [place, cell] of run.cells.entries()) {
    if (!isObserved(cell)) continue;
    const evidence = await evidenceFor(cell, evidenceOf);
    const detail = evidence ? cellDetail(cell, evidence, run, strings) : detailWithoutCapture(cell, run, strings);
    index.details[place] = details.add(Buffer.from(JSON.stringify(detail)));
    if (evidence && cell.scenario === 'first-visit') index.strips.push(...stripsOf(place, evidence));
  }
  const title = `wirematrix ${run.run.startedAt.slice(0, 10)}`;
  const others = [documentStart(title), ...details.end(), documentEnd()];
  const room = (): number => PAGE_BYTES - lengthOf([...others, ...firstBlocks(index, strings.strings)]);
  // Without captures nothing need be packed to see what room is left.
  const packets = captureOf ? await packetBlocks({ ...input, captureOf }, index, Math.max(room(), PACKETS_BYTES_LEAST)) : [];
  const [start = '', ...rest] = others;
  return [start, ...firstBlocks(index, strings.strings), ...packets, ...rest].join('');
}

const lengthOf = (parts: readonly string[]): number => parts.reduce((sum, part) => sum + part.length, 0);

/** The packets of as many cells as `room` bytes hold: the smallest first. Their places go into the index. */
async function packetBlocks(
  { run, evidenceOf, captureOf }: PageInput & Required<Pick<PageInput, 'captureOf'>>,
  index: PageIndex,
  room: number,
): Promise<string[]> {
  const packets = new PackedBlocks('packets');
  const observed = [...run.cells.entries()].filter((entry): entry is [number, ObservedCell] => isObserved(entry[1]));
  for (const [place, cell] of observed.sort(([, a], [, b]) => a.exchangeCount - b.exchangeCount)) {
    if (packets.bytes >= room) break;
    const evidence = await evidenceFor(cell, evidenceOf);
    const cut = evidence && cutCapture(await captureOf(cell), evidence);
    index.packets[place] = cut && packets.add(cut);
  }
  return packets.end();
}

/** `null` where the capture is missing: a run.json may have been copied without its captures. */
export async function evidenceFor(cell: ObservedCell, evidenceOf: ReportInput['evidenceOf']): Promise<CapturedEvidence | null> {
  try {
    return await evidenceOf(cell, { frames: true });
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}
