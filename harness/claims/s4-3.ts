import type { CellFacts } from './claim.ts';
import { defineClaim, REPORTS } from './claim.ts';
import { answered, fileOf, isDocument, isFavicon, usedConnections } from './facts.ts';
import { exchangeStarts, gather, lacking, lacksCells, msOf, notObservable, shown } from './judging.ts';

/** A file of the page. Times are in milliseconds since the document's last byte, by when the browser knows of the file at the latest. */
export interface FileTimes {
  file: string;
  stream: number;
  askedMs: number;
  doneMs: number;
  tookMs: number;
}

/** A request that is delayed by more than this share of the slowest file's time has waited for it; the link's queue can't explain that. */
const HELD_BACK = 0.5;
/** A slowest file that takes less than this is not slow: the browser itself takes that long. */
const SLOW_MS = 100;

/** The times of the files that were requested after the document. */
export function fileTimes(cell: CellFacts): FileTimes[] {
  const exchanges = answered(cell);
  const document = exchanges.find(({ request }) => isDocument(request.target));
  if (!document) return [];
  return exchanges
    .filter((exchange) => exchange !== document && exchange.request.startNs >= document.request.startNs)
    .map(({ stream, request, response }) => ({
      file: fileOf(request.target),
      stream,
      askedMs: msOf(request.startNs - document.response.endNs),
      doneMs: msOf(response.endNs - document.response.endNs),
      tookMs: msOf(response.endNs - request.startNs),
    }));
}

/** The number of requests that were sent on a connection before its previous response was complete. */
const pipelined = (cell: CellFacts): number =>
  usedConnections(cell).reduce(
    (count, { exchanges }) =>
      count +
      exchanges.filter(({ request }, index) => {
        const before = exchanges[index - 1]?.response;
        return request && before && request.startNs < before.endNs;
      }).length,
    0,
  );

/** Both sides are the same profile: a real browser on one of them would differ in more than its connections. */
const EMULATED = 'emulated-chromium';

const cellOf = (client: string, scenario: string) => ({ server: 'express', client, scenario });

/**
 * Compares six connections with one on a slow link. A file's wait is how much later it is requested over one connection; the two cells differ
 * in nothing but the number of connections.
 */
export const s43 = defineClaim({
  id: 'S4.3',
  source: REPORTS.R3,
  cells: [cellOf('chromium', 'first-visit'), ...[EMULATED, 'chromium-one-connection'].map((client) => cellOf(client, 'slow-link'))],
  printed: [],
  judge(facts) {
    const cells = gather(facts, {
      visit: cellOf('chromium', 'first-visit'),
      six: cellOf(EMULATED, 'slow-link'),
      one: cellOf('chromium-one-connection', 'slow-link'),
    });
    if (lacksCells(cells)) return lacking(cells.missing);
    const streams = spread(cells.visit);
    const [six, one] = [fileTimes(cells.six), fileTimes(cells.one)];
    const waits = one.flatMap((late) => {
      const early = six.find(({ file }) => file === late.file);
      return early ? [{ file: late.file, oneMs: late.askedMs, sixMs: early.askedMs, oneDoneMs: late.doneMs, sixDoneMs: early.doneMs }] : [];
    });
    const slow = [...one].sort((a, b) => b.tookMs - a.tookMs)[0];
    const slowAlone = slow?.tookMs ?? 0;
    const held = waits.filter(({ oneMs, sixMs }) => oneMs - sixMs > slowAlone * HELD_BACK);
    const lastMs = (files: FileTimes[]) => Math.max(0, ...files.map(({ doneMs }) => doneMs));
    const rest = {
      seen: [
        (words) => words.s43.spread(cells.visit.id, streams),
        (words) => words.s43.waits(cells.six.id, cells.one.id, waits),
        (words) => words.s43.totals(lastMs(six), lastMs(one), pipelined(cells.one)),
      ],
      evidence: [cells.six, cells.one].flatMap((cell) => shown(cell, 'load.ms', answered(cell).flatMap(exchangeStarts))),
      ladder: { cell: cells.one.id, stream: usedConnections(cells.one)[0]?.stream ?? 0 },
      filter: 'http.request || http.response',
      needed: null,
    } satisfies Partial<ReturnType<typeof lacking>>;
    const connections = { six: usedConnections(cells.six).length, one: usedConnections(cells.one).length };
    if (connections.one !== 1)
      return notObservable(
        (words) => words.s43.notOne(connections.one),
        (words) => words.s43.needOne,
        rest,
      );
    if (!slow || slowAlone < SLOW_MS)
      return notObservable(
        (words) => words.s43.notSlow(slowAlone),
        (words) => words.s43.needSlow,
        rest,
      );
    if (connections.six < 2 || new Set(streams.map(({ stream }) => stream)).size < 2)
      return { ...rest, verdict: 'contradicted', because: (words) => words.s43.oneIsEnough };
    if (held.length === 0) return { ...rest, verdict: 'reproduced-other-cause', because: (words) => words.s43.noWaiting };
    return {
      ...rest,
      verdict: 'reproduced',
      because: (words) => words.s43.blocked(slow.file, slowAlone, held, { six: lastMs(six), one: lastMs(one) }),
    };
  },
});

const spread = (cell: CellFacts): { file: string; stream: number }[] =>
  answered(cell)
    .filter(({ request }) => !isFavicon(request.target))
    .map(({ request, stream }) => ({ file: fileOf(request.target), stream }));
