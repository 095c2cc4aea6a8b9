import type { CellFacts } from './claim.ts';
import { defineClaim, needs, REPORTS } from './claim.ts';
import { usedConnections } from './facts.ts';
import { closeFrames, gather, lacking, lacksCells, lifetimes, notObservable, shown, shownValue } from './judging.ts';

const SCENARIO = 'first-visit';
const cellOf = (server: string) => ({ server, client: 'chromium', scenario: SCENARIO });

/**
 * Short connections: is it the header or the server? `flask-header-only` says keep-alive and closes as before: if the header were the cause, its
 * connections would last. `flask-persistent` is the same application on a server that keeps connections.
 */
export const s41 = defineClaim({
  id: 'S4.1',
  source: REPORTS.R3,
  cells: needs(['flask', 'flask-header-only', 'flask-persistent'], ['chromium'], [SCENARIO]),
  printed: [],
  judge(facts) {
    const cells = gather(facts, {
      flask: cellOf('flask'),
      headerOnly: cellOf('flask-header-only'),
      persistent: cellOf('flask-persistent'),
    });
    if (lacksCells(cells)) return lacking(cells.missing);
    const [flask, headerOnly, persistent] = [lifetimes(cells.flask), lifetimes(cells.headerOnly), lifetimes(cells.persistent)];
    const first = usedConnections(cells.flask)[0];
    const rest = {
      seen: [
        (words) => words.s41.flask(cells.flask.id, flask),
        (words) => words.s41.headerOnly(cells.headerOnly.id, headerOnly),
        (words) => words.s41.persistent(cells.persistent.id, persistent),
      ],
      evidence: [closing(cells.flask), closing(cells.headerOnly), shownValue(cells.persistent, 'connections.used')].flat(),
      ladder: first ? { cell: cells.flask.id, stream: first.stream } : null,
      filter: 'http.connection == "close" || tcp.flags.fin == 1',
      needed: null,
    } satisfies Partial<ReturnType<typeof lacking>>;
    const short = flask.requests > 1 && flask.mostOnOne === 1 && flask.http11 === flask.requests;
    if (!short) return { ...rest, verdict: 'contradicted', because: (words) => words.s41.notShort(flask) };
    // A variant that does not differ in the setting it varies tests nothing.
    if (headerOnly.sayKeepAlive === 0 || headerOnly.sayClose > 0)
      return notObservable(
        (words) => words.s41.headerNotVaried,
        (words) => words.s41.needHeaderOnly,
        rest,
      );
    if (persistent.mostOnOne < 2)
      return notObservable(
        (words) => words.s41.notPersistent,
        (words) => words.s41.needPersistent,
        rest,
      );
    if (headerOnly.mostOnOne === 1)
      return { ...rest, verdict: 'reproduced-other-cause', because: (words) => words.s41.serverCloses(headerOnly, persistent) };
    return { ...rest, verdict: 'reproduced', because: (words) => words.s41.headerIsCause(headerOnly) };
  },
});

const closing = (cell: CellFacts) => shown(cell, 'close.first', closeFrames(usedConnections(cell)));
