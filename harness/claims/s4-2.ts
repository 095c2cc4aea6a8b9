import { cacheControl, field } from '../http/fields.ts';
import type { Exchange } from '../model.ts';
import type { CellFacts, CellNeed, Facts, Say } from './claim.ts';
import { defineClaim, needs, REPORTS } from './claim.ts';
import { ANY_SCENARIO, answered, answeredIn, isFavicon } from './facts.ts';
import { exchangeStarts, gather, lacking, lacksCells, notObservable, shown } from './judging.ts';
import type { Revisit } from './shapes.ts';

const OTHERS = ['chromium', 'edge', 'firefox'];
const IE = 'ie11';
const BROWSERS = [...OTHERS, IE];
/** "Node.js, Django and others": the servers of the report, two of which send fewer validators (`node-http`, `express-no-etag`). */
const SERVERS = ['express', 'django', 'nginx', 'apache-php', 'iis', 'flask', 'node-http', 'express-no-etag'];
const VISITS = ['revisit', 'link-revisit', 'reload', 'hard-reload', 'cache-disabled'];

/** What became of the files of a cell's first visit on its last. */
export function revisitOf(cell: CellFacts): Revisit {
  const [first, again] = visits(cell);
  const had = new Set(first.filter(({ response }) => response && response.status < 300).map(target));
  const later = again.filter((exchange) => had.has(target(exchange)));
  const notModified = new Set(later.filter(({ response }) => response?.status === 304).map(target)).size;
  const sentAgain = new Set(later.filter(({ response }) => response && response.status < 300).map(target)).size;
  const asked = new Set(later.map(target)).size;
  const kind =
    had.size > 0 && notModified === had.size && sentAgain === 0
      ? 'all-304'
      : asked === 0
        ? 'nothing-sent'
        : notModified === 0
          ? 'data-only'
          : 'mixed';
  return { files: had.size, asked, notModified, sentAgain, kind };
}

/** Whether the cell has a second visit: a capture that was made elsewhere may have only one. */
export const hasRevisit = ({ scenario, evidence }: CellFacts): boolean =>
  scenario !== ANY_SCENARIO || evidence.steps.some(({ id }) => id === 'revisit');

const target = (exchange: Exchange): string => exchange.request?.target ?? '';
const noIcon = (exchange: Exchange): boolean => !isFavicon(target(exchange));

/** The answered exchanges of a cell's first and last step, without the favicon's; empty where there is only one step. */
function visits(cell: CellFacts): [Exchange[], Exchange[]] {
  const [first, last] = [cell.evidence.steps[0], cell.evidence.steps.at(-1)];
  if (!first || !last || first === last) return [[], []];
  return [answeredIn(cell, first.id).filter(noIcon), answeredIn(cell, last.id).filter(noIcon)];
}

const cellOf = (server: string, client: string, scenario: string): CellNeed => ({ server, client, scenario });
const found = (facts: Facts, servers: readonly string[], clients: readonly string[], scenario: string): CellFacts[] =>
  needs(servers, clients, [scenario]).flatMap((need) => [facts.find(need)].filter((cell) => cell !== null).filter(hasRevisit));

/** "304 for everything" is a statement about all servers: one counterexample contradicts it. */
export const s42 = defineClaim({
  id: 'S4.2',
  source: REPORTS.R3,
  cells: [...needs(SERVERS, BROWSERS, ['revisit']), ...needs(['express', 'django'], BROWSERS, VISITS.slice(1))],
  printed: [],
  judge(facts) {
    const cells = gather(facts, {
      express: cellOf('express', 'chromium', 'revisit'),
      django: cellOf('django', 'chromium', 'revisit'),
      noEtag: cellOf('express-no-etag', 'chromium', 'revisit'),
      noValidators: cellOf('node-http', 'chromium', 'revisit'),
      disabled: cellOf('express', 'chromium', 'cache-disabled'),
    });
    const table = found(facts, SERVERS, BROWSERS, 'revisit').map((cell) => ({ cell, ...revisitOf(cell) }));
    const tableSays: Say = (words) => words.s42.table(table.map(({ cell, ...revisit }) => ({ id: cell.id, ...revisit })));
    if (lacksCells(cells))
      return lacking(
        cells.missing,
        table.length > 0 ? { seen: [tableSays], evidence: table.slice(0, 6).flatMap(({ cell }) => again(cell)) } : {},
      );
    const others = table.filter(({ cell }) => !isIe(cell) && !['node-http', 'express-no-etag'].includes(cell.server));
    const ie = table.filter(({ cell }) => isIe(cell) && !['node-http', 'express-no-etag'].includes(cell.server));
    const [noEtag, noValidators, disabled] = [revisitOf(cells.noEtag), revisitOf(cells.noValidators), revisitOf(cells.disabled)];
    const kinds = VISITS.map((visit) => ({ visit, ...total(found(facts, ['express', 'django'], OTHERS, visit).map(revisitOf)) }));
    const telling = others.find(({ kind }) => kind === 'all-304') ?? others.find(({ notModified }) => notModified > 0);
    const stream = telling && visits(telling.cell)[1][0]?.stream;
    const rest = {
      seen: [
        tableSays,
        (words) => words.s42.kinds(kinds),
        (words) => words.s42.withoutEtag(cells.noEtag.id, noEtag),
        (words) => words.s42.withoutValidators(cells.noValidators.id, noValidators),
        (words) => words.s42.cacheOff(cells.disabled.id, disabled),
      ],
      evidence: [
        ...others.slice(0, 6).flatMap(({ cell }) => again(cell)),
        ...[cells.noEtag, cells.noValidators, cells.disabled].flatMap(again),
      ],
      ladder: telling && stream !== undefined ? { cell: telling.cell.id, stream } : null,
      filter: 'http.response.code == 304 || http.if_none_match || http.request.line contains "If-Modified-Since"',
      needed: null,
    } satisfies Partial<ReturnType<typeof lacking>>;
    const tried = answered(cells.noEtag).every(({ response }) => field(response, 'etag') === null);
    if (!tried)
      return notObservable(
        (words) => words.s42.etagNotVaried,
        (words) => words.s42.needNoEtag,
        rest,
      );
    if (answered(cells.noValidators).some(({ response }) => field(response, 'etag') ?? field(response, 'last-modified')))
      return notObservable(
        (words) => words.s42.validatorsNotVaried,
        (words) => words.s42.needNoValidators,
        rest,
      );
    if (!asksAnew(cells.disabled))
      return notObservable(
        (words) => words.s42.cacheNotOff,
        (words) => words.s42.needCacheOff,
        rest,
      );
    const exceptions = others.filter(({ kind }) => kind !== 'all-304');
    const ieLikeOthers = ie.filter(({ kind }) => kind === 'all-304');
    if (exceptions.length > 0 || ieLikeOthers.length > 0) {
      const count = (kind: Revisit['kind']) => others.filter((one) => one.kind === kind).length;
      const counts = {
        all: others.length,
        all304: count('all-304'),
        mixed: count('mixed'),
        nothing: count('nothing-sent'),
        data: count('data-only'),
      };
      return {
        ...rest,
        verdict: 'contradicted',
        because: (words) => words.s42.notEverything(counts, noEtag, ieLikeOthers.length, ie.length, disabled.notModified === 0),
      };
    }
    if (noEtag.notModified > 0) return { ...rest, verdict: 'reproduced-other-cause', because: (words) => words.s42.anyValidator(noEtag) };
    return { ...rest, verdict: 'reproduced', because: (words) => words.s42.etagIsCause };
  },
});

const isIe = (cell: CellFacts): boolean => cell.client === IE;

/** Whether the cache was disabled: then every request of the last visit has `Cache-Control: no-cache`. */
const asksAnew = (cell: CellFacts): boolean => {
  const [, later] = visits(cell);
  return later.length > 0 && later.every(({ request }) => request && cacheControl(field(request, 'cache-control')).has('no-cache'));
};

const again = (cell: CellFacts) => shown(cell, 'revisit.not-modified', visits(cell)[1].flatMap(exchangeStarts));

function total(list: Revisit[]): Pick<Revisit, 'files' | 'asked' | 'notModified' | 'sentAgain'> {
  const sum = (key: 'files' | 'asked' | 'notModified' | 'sentAgain') => list.reduce((all, one) => all + one[key], 0);
  return { files: sum('files'), asked: sum('asked'), notModified: sum('notModified'), sentAgain: sum('sentAgain') };
}
