/** Claims with their verdicts; and what a comparison with an earlier run found. */
import type { BaselineComparison } from '../../../compare/run-result.ts';
import { isPhraseKey } from '../../phrases/phrases.ts';
import type { PageClaim } from '../page-format.ts';
import { type Child, filterWithCopy, h } from './dom.ts';
import { cellFrameAddress, frameLinks } from './frames.ts';
import { joined, state, t } from './language.ts';
import { cellId, cellOfId, clientAt, index, observationTitle, scenarioTitle, serverAt, valueText } from './model.ts';

/** Rows of the small table, and frames listed with a value. */
const ROWS_SHOWN = 12;
const FRAMES_SHOWN = 6;

/** Values that show best what a claim of section four is about; the others show the values that their evidence names. */
const SHOWN_WITH: Readonly<Record<string, readonly string[]>> = {
  'S4.1': ['connections.used', 'connections.reuse', 'http.connection', 'close.first'],
  'S4.2': ['revisit.requests', 'revisit.not-modified', 'cache.etag', 'cache.last-modified', 'cache.control'],
  'S4.3': ['connections.used', 'connections.max-concurrent', 'load.requests', 'load.ms'],
  'S4.4': ['close.first', 'close.how', 'close.idle-ms', 'keepalive.advertised-s'],
};

/** Whether this view has anything to show. */
export const hasClaims = (): boolean => index.claims.length > 0 || index.baseline !== null;

const isTested = ({ missing }: PageClaim): boolean => missing.length === 0;

/** The view `#/claims/id`. @param id the claim that is open at first */
export function claimsView([id = '']: readonly string[] = []): (HTMLElement | null)[] {
  const tested = index.claims.filter(isTested);
  const others = index.claims.filter((claim) => !isTested(claim));
  return [
    h('h1', {}, t('ui.claims-title')),
    tested.length > 0
      ? h(
          'ol',
          { class: 'claim-list' },
          tested.map((claim) => h('li', {}, claimItem(claim, claim.id === id))),
        )
      : null,
    others.length > 0 ? notTested(others, id) : null,
    index.baseline ? baselineSection(index.baseline) : null,
  ];
}

/** One sentence that a class understands. */
function plainly({ id, verdict, because, words }: PageClaim): string {
  const own = `plain.${id}.${verdict}`;
  if (isPhraseKey(own)) return t(own);
  const short = words?.[state.language].because ?? because;
  return verdict === 'not-observable' ? t('plain.not-observable') : joined([t(`plain.${verdict}`), capitalized(short)]);
}

const capitalized = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1);

function claimItem(claim: PageClaim, open: boolean): HTMLElement {
  const { id, statement, verdict, words } = claim;
  const spoken = words?.[state.language];
  return h(
    'details',
    { class: 'claim', id: `claim-${id}`, open },
    h(
      'summary',
      {},
      h('h2', {}, h('code', {}, id), ' ', spoken?.title ?? ''),
      h('span', { class: `verdict ${verdict}` }, t(`ui.${verdict}`)),
      h('p', { class: 'plain-words' }, plainly(claim)),
    ),
    h('p', {}, h('b', {}, `${t('claim.says')} `), spoken?.statement ?? statement),
    spoken?.cause ? h('p', {}, h('b', {}, `${t('claim.cause')} `), spoken.cause) : null,
    spoken?.cure ? h('p', {}, h('b', {}, `${t('claim.cure')} `), spoken.cure) : null,
    h('p', {}, h('b', {}, `${t('claim.why')} `), capitalized(spoken?.because ?? claim.because)),
    smallTable(claim),
    proof(claim),
    spoken && spoken.seen.length > 0
      ? h(
          'details',
          {},
          h('summary', {}, t('claim.details')),
          h(
            'ul',
            {},
            spoken.seen.map((line) => h('li', {}, line)),
          ),
        )
      : null,
  );
}

/** The connection that shows it best, and the filter that shows it in Wireshark. */
function proof({ ladder, filter }: PageClaim): HTMLElement | null {
  const cell = ladder && cellOfId(ladder.cell);
  if (!cell && filter === null) return null;
  return h(
    'p',
    { class: 'places' },
    cell && ladder
      ? h(
          'a',
          { href: ladder.frame === null ? `#${ladder.cell}` : cellFrameAddress(ladder.cell, ladder.frame) },
          t('claim.ladder', { stream: ladder.stream, cell: ladder.cell }),
        )
      : null,
    filter === null ? null : filterWithCopy(filter),
  );
}

/** The values of the cells that the evidence names, with their frames. */
function smallTable({ id, evidence }: PageClaim): HTMLElement | null {
  const ids = [...new Set(evidence.map(({ cell }) => cell))];
  const rows = ids.flatMap((one) => {
    const cell = cellOfId(one);
    return cell ? [cell] : [];
  });
  if (rows.length === 0) return null;
  const wanted = SHOWN_WITH[id] ?? [...new Set(evidence.map(({ observation }) => observation))];
  const columns = wanted.flatMap((observation) => {
    const place = index.observations.findIndex((row) => row.id === observation);
    return place >= 0 && rows.some((cell) => cell.values.has(place)) ? [place] : [];
  });
  const valueIn = (cell: (typeof rows)[number], observation: number): Child[] => {
    const value = cell.values.get(observation);
    const own = evidence.find((one) => one.cell === cellId(cell) && one.observation === index.observations[observation]?.id);
    const frames = (own?.frames ?? value?.frames ?? []).slice(0, FRAMES_SHOWN);
    return [
      valueText(value, index.observations[observation]?.unit ?? null, true),
      frames.length > 0
        ? h(
            'span',
            { class: 'frames' },
            frameLinks(frames, (frame) => cellFrameAddress(cellId(cell), frame)),
          )
        : null,
    ];
  };
  const heads = [t('ui.server'), t('ui.client'), t('ui.scenario'), ...columns.map(observationTitle)];
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.evidence') },
    h(
      'table',
      { class: 'plain claim-table' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads.map((text) => h('th', { scope: 'col' }, text)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.slice(0, ROWS_SHOWN).map((cell) =>
          h(
            'tr',
            {},
            h('th', { scope: 'row' }, serverAt(cell.server).title),
            h('td', {}, clientAt(cell.client).title),
            h('td', {}, scenarioTitle(cell.scenario)),
            columns.map((observation) => h('td', { class: 'wide' }, valueIn(cell, observation))),
          ),
        ),
      ),
    ),
  );
}

/** Claims of which the run lacks cells: what they say, and the command that tests them. */
function notTested(claims: readonly PageClaim[], id: string): HTMLElement {
  return h(
    'section',
    { class: 'part' },
    h('h2', {}, t('claim.not-tested')),
    h('p', {}, t('claim.test-them'), ' ', h('code', {}, 'npm run section-four')),
    h(
      'ul',
      { class: 'claim-list' },
      claims.map((claim) => {
        const spoken = claim.words?.[state.language];
        return h(
          'li',
          {},
          h(
            'details',
            { class: 'claim', id: `claim-${claim.id}`, open: claim.id === id },
            h('summary', {}, h('h3', {}, h('code', {}, claim.id), ' ', spoken?.title ?? ''), ' ', spoken?.statement ?? claim.statement),
            spoken?.cause ? h('p', {}, h('b', {}, `${t('claim.cause')} `), spoken.cause) : null,
            spoken?.cure ? h('p', {}, h('b', {}, `${t('claim.cure')} `), spoken.cure) : null,
            h('p', {}, h('b', {}, `${t('claim.lacks')} `), claim.missing.join(t('ui.list'))),
          ),
        );
      }),
    ),
  );
}

function baselineSection({ run, startedAt, differences, lost, added }: BaselineComparison): HTMLElement {
  return h(
    'section',
    {},
    h('h2', {}, t('ui.against-baseline', { run, when: startedAt.slice(0, 16).replace('T', ' ') })),
    h(
      'ul',
      {},
      differences.map(({ observation, left, right }) => {
        const unit = index.observations.find(({ id }) => id === observation)?.unit ?? null;
        return h(
          'li',
          {},
          h('a', { href: `#${right.cell}` }, right.cell),
          ` ${observation}: `,
          valueText(left.value, unit),
          ' → ',
          valueText(right.value, unit),
        );
      }),
      lost.map((id) => h('li', {}, `− ${id}`)),
      added.map((id) => h('li', {}, `+ ${id}`)),
    ),
  );
}
