/** `race.html`: a race as one page, with the ladders of its examples. */
import type { Language } from '../../model.ts';
import type { Pair, RaceResult } from '../../race/judge/pair.ts';
import { lostOf } from '../../race/judge/pair.ts';
import { printableData } from '../escape.ts';
import { factsOfRace } from '../race/race-facts.ts';
import { type EvidenceOf, hopsOf } from '../race/race-ladders.ts';
import type { CapturedEvidence } from '../reporter.ts';
import { packExchange, packLadder } from './cell-detail.ts';
import { dataBlock, documentEnd, documentStart, firstBlocks } from './document.ts';
import type { PageIndex, PairDetail } from './page-format.ts';
import { StringTable } from './strings.ts';

/** Bytes of the ladders: with everything else the page stays below about 6 MB. */
const DETAIL_BYTES = 4_500_000;

/** The whole page. */
export async function renderRacePage(result: RaceResult, language: Language, evidenceOf: EvidenceOf): Promise<string> {
  const strings = new StringTable();
  const blocks = await detailBlocks(result, evidenceOf, strings);
  const index: PageIndex = {
    run: null,
    capture: null,
    // Titles and versions come from programs.
    race: { ...printableData({ result, facts: factsOfRace(result) }), detailed: [...blocks.keys()] },
    language,
    servers: [],
    clients: [],
    scenarios: [],
    observations: [],
    judgements: [],
    cells: [],
    claims: [],
    findings: [],
    baseline: null,
    strips: [],
    fronts: [],
    details: [],
    packets: [],
  };
  return [
    documentStart(`wirematrix race ${result.startedAt.slice(0, 10)}`, { noScript: 'The same values are in race.md.' }),
    ...firstBlocks(index, strings.strings),
    ...blocks.values(),
    documentEnd(),
  ].join('');
}

/** A block for each pair with an example, by its place: those that lost most first, as many as there is room for. Each capture is read once. */
async function detailBlocks({ pairs }: RaceResult, evidenceOf: EvidenceOf, strings: StringTable): Promise<Map<number, string>> {
  const byCapture = new Map<string, { pair: Pair; place: number }[]>();
  for (const [place, pair] of pairs.entries()) {
    const capture = pair.example?.capture;
    if (capture !== undefined) byCapture.set(capture, [...(byCapture.get(capture) ?? []), { pair, place }]);
  }
  const lost = (all: readonly { pair: Pair }[]): number => Math.max(...all.map(({ pair }) => lostOf(pair)));
  const blocks = new Map<number, string>();
  let bytes = 0;
  for (const [capture, all] of [...byCapture].sort(([, a], [, b]) => lost(b) - lost(a))) {
    if (bytes > DETAIL_BYTES) break;
    const evidence = await evidenceOf(capture);
    if (evidence === null) continue;
    for (const { pair, place } of all) {
      const block = dataBlock(`pair-${place}`, detailOf(pair, evidence, strings));
      bytes += Buffer.byteLength(block);
      blocks.set(place, block);
    }
  }
  return new Map([...blocks].sort(([a], [b]) => a - b));
}

function detailOf(pair: Pair, evidence: CapturedEvidence, strings: StringTable): PairDetail {
  const hops = hopsOf(pair, evidence);
  return {
    ladders: hops.map(({ of, frame, ladder, connection }) => ({ of, frame, ladder: packLadder(ladder, connection, strings) })),
    exchanges: hops.map(({ exchange, connection }) => packExchange(exchange, connection, strings)),
  };
}
