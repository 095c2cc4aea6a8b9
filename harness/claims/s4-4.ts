import type { Connection } from '../model.ts';
import { lastByteNs } from '../observe/step.ts';
import type { CellFacts, CellNeed, Facts, Say, Shown } from './claim.ts';
import { defineClaim, needs, REPORTS } from './claim.ts';
import { usedConnections } from './facts.ts';
import { advertisedS, gather, lacking, lacksCells, lifetimes, notObservable, shown } from './judging.ts';
import type { Ending } from './shapes.ts';

const NGINX = ['nginx', 'nginx-header-only', 'nginx-timer-only', 'nginx-no-keepalive'];
const IIS = ['iis', 'iis-header-only', 'iis-timer-only'];
/** nginx's built-in `keepalive_timeout` (nginx.org, ngx_http_core_module), and how far from it a close may be and still be due to it. Seconds. */
const NGINX_TIMER_S = 75;
const NEAR_S = 3;
/** How long Linux keeps the side that closed first in FIN_WAIT_2 (tcp_fin_timeout of tcp(7)); it answers a later FIN with RST. */
const FIN_WAIT_2_S = 60;
/** The time that the variants name in the header or set as their timer. */
const VARIED_S = 5;

/** How the used connections of a cell end; `null` where none was used. */
export function endingOf(cell: CellFacts): Ending | null {
  const longest = typical(usedConnections(cell), cell);
  if (!longest) return null;
  const { firstClose, sides } = longest;
  const quit = cell.evidence.steps.find(({ id }) => id === 'close' || id === 'close-late');
  const rstBy = sides.server.rstFrame !== null ? 'server' : sides.client.rstFrame !== null ? 'client' : null;
  const fins = [sides.client.finNs, sides.server.finNs].filter((time) => time !== null);
  return {
    by: firstClose?.by ?? null,
    how: firstClose?.how ?? null,
    idleS: Math.round(idleS(longest, cell) * 10) / 10,
    beforeQuit: firstClose !== null && (!quit || firstClose.frame < quit.frame),
    answeredAfterS: fins.length === 2 ? Math.round(Math.abs(fins[0]! - fins[1]!) / 1e8) / 10 : null,
    rstBy,
    rstAnswers: answeredByRst(longest),
    advertisedS: advertisedS(cell),
    stream: longest.stream,
    frames: [
      longest.sides.server.lastPayloadFrame,
      firstClose?.frame,
      sides.client.finFrame,
      sides.server.rstFrame,
      sides.client.rstFrame,
    ].filter((frame) => typeof frame === 'number'),
  };
}

/** Of the connections that most often end alike (closed by the same side, or open), the one that is idle longest. */
function typical(connections: readonly Connection[], cell: CellFacts): Connection | null {
  const ordered = [...connections].sort((a, b) => idleS(b, cell) - idleS(a, cell));
  const alike = (one: Connection) => ordered.filter(({ firstClose }) => firstClose?.by === one.firstClose?.by).length;
  return ordered.reduce<Connection | null>((best, one) => (best === null || alike(one) > alike(best) ? one : best), null);
}

function answeredByRst({ sides: { client, server } }: Connection): Ending['rstAnswers'] {
  if (server.rstFrame === null) return null;
  if (client.finFrame !== null && client.finFrame < server.rstFrame) return 'FIN';
  return client.keepAliveProbeFrames.some((frame) => frame < server.rstFrame!) ? 'probe' : null;
}

const idleS = (connection: Connection, { evidence }: CellFacts): number => {
  if (connection.firstClose) return (connection.firstClose.idleMs ?? 0) / 1000;
  return (evidence.capture.endNs - lastByteNs(connection)) / 1e9;
};

const near = (a: number, b: number, by = NEAR_S): boolean => Math.abs(a - b) <= by;
const cellOf = (server: string, client: string, scenario = 'close'): CellNeed => ({ server, client, scenario });

/** Tests header and timer, each without the other, with a client that obeys the header and one that does not; and shows where the RST comes from. */
export const s44 = defineClaim({
  id: 'S4.4',
  source: REPORTS.R3,
  cells: [...needs([...NGINX, ...IIS], ['chromium', 'firefox'], ['close']), cellOf('nginx-timer-only', 'chromium', 'close-late')],
  printed: [],
  judge(facts) {
    const cells = gather(facts, {
      nginx: cellOf('nginx', 'chromium'),
      headerOnly: cellOf('nginx-header-only', 'chromium'),
      obeying: cellOf('nginx-header-only', 'firefox'),
      timerOnly: cellOf('nginx-timer-only', 'chromium'),
    });
    const all = rows(facts);
    if (lacksCells(cells)) {
      const seen: Say[] = all.length > 0 ? [(words) => words.s44.endings(all.map(({ id, ending }) => ({ id, ...ending })))] : [];
      const first = all[0];
      return lacking(cells.missing, {
        seen,
        evidence: all.flatMap(({ shown: frames }) => frames),
        ladder: first ? { cell: first.id, stream: first.ending.stream } : null,
      });
    }
    const of = (cell: CellFacts): Ending | null => all.find(({ id }) => id === cell.id)?.ending ?? null;
    const [nginx, headerOnly, obeying, timerOnly] = [of(cells.nginx), of(cells.headerOnly), of(cells.obeying), of(cells.timerOnly)];
    const late = facts.find(cellOf('nginx-timer-only', 'chromium', 'close-late'));
    const lateEnd = late && endingOf(late);
    const lateSays: Say[] = late && lateEnd ? [(words) => words.s44.lateFin(late.id, lateEnd, FIN_WAIT_2_S)] : [];
    const rest = {
      seen: [(words) => words.s44.endings(all.map(({ id, ending }) => ({ id, ...ending }))), ...lateSays],
      evidence: [...all.flatMap(({ shown: frames }) => frames), ...(late && lateEnd ? shown(late, 'close.how', lateEnd.frames) : [])],
      ladder: nginx && { cell: cells.nginx.id, stream: nginx.stream },
      filter: 'tcp.flags.fin == 1 || tcp.flags.reset == 1',
      needed: null,
    } satisfies Partial<ReturnType<typeof lacking>>;
    if (!nginx || !headerOnly || !obeying || !timerOnly)
      return notObservable(
        (words) => words.s44.nothingUsed,
        (words) => words.s44.needWindow(NGINX_TIMER_S + NEAR_S),
        rest,
      );
    if (!nginx.beforeQuit && nginx.idleS < NGINX_TIMER_S + NEAR_S)
      return notObservable(
        (words) => words.s44.tooShort(nginx.idleS),
        (words) => words.s44.needWindow(NGINX_TIMER_S + NEAR_S),
        rest,
      );
    if (headerOnly.advertisedS !== VARIED_S || nginx.advertisedS !== null)
      return notObservable(
        (words) => words.s44.headerNotVaried,
        (words) => words.s44.needHeaderOnly,
        rest,
      );
    if (timerOnly.advertisedS !== null || !near(timerOnly.idleS, VARIED_S, 1.5))
      return notObservable(
        (words) => words.s44.timerNotVaried,
        (words) => words.s44.needTimerOnly,
        rest,
      );
    const limitedByItself = nginx.beforeQuit && nginx.by === 'server';
    const headerLimits = !near(headerOnly.idleS, nginx.idleS);
    if (!limitedByItself && headerLimits)
      return { ...rest, verdict: 'reproduced', because: (words) => words.s44.headerIsCause(headerOnly.idleS) };
    if (!limitedByItself) return { ...rest, verdict: 'reproduced-other-cause', because: (words) => words.s44.neverCloses(nginx.idleS) };
    return {
      ...rest,
      verdict: 'contradicted',
      because: (words) =>
        words.s44.timer({
          nginx: nginx.idleS,
          headerOnly: headerOnly.idleS,
          obeying: obeying.idleS,
          obeyingBy: obeying.by,
          rstAnswers: lateEnd?.rstAnswers ?? null,
          saysKeepAlive: lifetimes(cells.nginx).sayKeepAlive > 0,
          timerOnly: timerOnly.idleS,
        }),
    };
  },
});

function rows(facts: Facts): { id: string; ending: Ending; shown: Shown[] }[] {
  return needs([...NGINX, ...IIS], ['chromium', 'firefox'], ['close']).flatMap((need) => {
    const cell = facts.find(need);
    const ending = cell && endingOf(cell);
    return cell && ending ? [{ id: cell.id, ending, shown: shown(cell, 'close.idle-ms', ending.frames) }] : [];
  });
}
