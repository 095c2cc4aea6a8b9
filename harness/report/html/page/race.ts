/** The page of a race: the matrix of upstream sides and servers, what each does by itself, and what documents say of those that can't run here. */
import { RACE_WORDS } from '../../race/race-catalogue.ts';
import { cellText, marginText, type RaceState, worstOf } from '../../race/race-cell.ts';
import {
  cureTexts,
  documentedTexts,
  habitTexts,
  idleCloseText,
  pairsOf,
  pairTexts,
  runFacts,
  settingTexts,
  shareText,
  shownIn,
  timerTexts,
  titleOf,
} from '../../race/race-rows.ts';
import type { RaceWords } from '../../race/race-words.ts';
import type { PageRace } from '../page-format.ts';
import { type Child, h, type Option, select } from './dom.ts';
import { state } from './language.ts';
import { moveFocus } from './matrix-table.ts';

/** The words of the race in the reader's language. */
export const words = (): RaceWords => RACE_WORDS[state.language];

/** The address of a pair. */
export const pairAddress = (upstream: string, server: string): string =>
  `#/pair/${encodeURIComponent(upstream)}/${encodeURIComponent(server)}`;

/** Beside the colour: a mark that says the same. */
const MARKS: Readonly<Record<RaceState, string>> = { lost: '✕', repeated: '↻', 'not-shown': '?', safe: '✓', 'not-tried': '–' };

/** Which upstream sides the reader wants to see. */
const chosen = { show: 'all' };

/** The view `#/race`. */
export function raceView({ result, facts }: PageRace, redraw: () => void): Child[] {
  const { matrix, matrixNote, title, intro, cures, curesNote, show } = words();
  const choices = ['all', 'proxy', 'library', 'racing'] as const;
  const choose = (value: string): void => {
    chosen.show = value;
    redraw();
  };
  const options = choices.map((value): Option => [value, show[value]]);
  const mended = [...cureTexts(result, words()), ...settingTexts(result, facts, words())];
  const lacking = [...result.upstreams, ...result.servers].filter(({ skipped, reason }) => skipped !== null || reason !== null);
  return [
    h('h1', {}, title),
    ...intro(runFacts(result)).map((text) => h('p', { class: 'intro' }, text)),
    part(
      'race',
      matrix,
      h('div', { class: 'controls' }, select(show.label, options, chosen.show, choose, 'race-show')),
      matrixTable(result),
      legend(),
      h('p', { class: 'note' }, matrixNote),
    ),
    mended.length === 0
      ? null
      : part(
          'cures',
          cures,
          h('p', { class: 'note' }, curesNote),
          h(
            'ul',
            {},
            mended.map((text) => h('li', {}, text)),
          ),
        ),
    lacking.length === 0
      ? null
      : h(
          'ul',
          { class: 'note' },
          lacking.map(({ title, skipped, reason }) =>
            h('li', {}, words().skipped(title, skipped?.reason ?? reason ?? '', skipped?.remedy ?? 'npm run doctor')),
          ),
        ),
  ];
}

/** A part of a view with its title. */
export const part = (name: string, title: string, ...children: Child[]): HTMLElement =>
  h('section', { class: `part ${name}`, 'aria-labelledby': `part-${name}` }, h('h2', { id: `part-${name}` }, title), ...children);

function matrixTable(result: PageRace['result']): HTMLElement {
  const { upstream, matrix } = words();
  const { upstreams, servers } = shownIn(result);
  const shown = upstreams.filter(({ id, kind }) => {
    if (chosen.show === 'all' || chosen.show === kind) return true;
    return chosen.show === 'racing' && result.pairs.some((pair) => pair.upstream === id && pair.verdict === 'races');
  });
  const grid = h(
    'table',
    { class: 'matrix race', role: 'grid', 'aria-label': matrix, onkeydown: moveFocus },
    h(
      'thead',
      {},
      h(
        'tr',
        {},
        h('th', { scope: 'col', class: 'corner' }, upstream),
        servers.map((row) =>
          h('th', { scope: 'col', title: row.summary }, row.title, h('span', { class: 'version' }, idleCloseText(row, words()))),
        ),
      ),
    ),
    h(
      'tbody',
      {},
      shown.map((row) =>
        h(
          'tr',
          { class: row.variantOf === null ? 'row' : 'row is-variant' },
          h('th', { scope: 'row', title: row.summary }, row.title, h('span', { class: 'version' }, habitTexts(row, words())[1])),
          servers.map((server) => raceCell(result, row, server)),
        ),
      ),
    ),
  );
  grid.querySelector('tbody .value')?.setAttribute('tabindex', '0');
  return scroll(matrix, grid);
}

type Row = Readonly<{ id: string; title: string }>;

function raceCell(result: PageRace['result'], upstream: Row, server: Row): HTMLElement {
  const pairs = pairsOf(result, upstream.id, server.id);
  const worst = worstOf(pairs);
  const address = pairAddress(upstream.id, server.id);
  const text = cellText(pairs, words());
  const shares = pairs.flatMap((pair) =>
    worst === 'lost' && Object.keys(pair.failed).length > 0 ? [`${pair.method} ${shareText(pair)}`] : [],
  );
  const margins = new Set(pairs.map(({ marginS }) => marginText(marginS)));
  const more = [...margins, ...shares].filter((part) => part !== '').join(' · ');
  const open = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') location.hash = address;
  };
  return h(
    'td',
    { class: `value race-${worst}`, tabindex: '-1', onkeydown: open },
    h(
      'a',
      { href: address, tabindex: '-1', title: words().named(`${upstream.title} > ${server.title}`, words().states[worst]) },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[worst]),
      text,
    ),
    more === '' ? null : h('span', { class: 'version' }, more),
  );
}

const legend = (): HTMLElement =>
  h(
    'ul',
    { class: 'race-legend' },
    (Object.keys(MARKS) as RaceState[]).map((one) =>
      h('li', {}, h('span', { class: `swatch race-${one}`, 'aria-hidden': 'true' }, MARKS[one]), words().states[one]),
    ),
  );

const scroll = (name: string, table: HTMLElement): HTMLElement =>
  h('div', { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': name }, table);

/** A table whose rows begin with a head. */
export function plainTable(name: string, heads: readonly string[], rows: readonly (readonly Child[])[]): HTMLElement {
  const body = rows.map(([first, ...cells]) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, first),
      cells.map((cell) => h('td', {}, cell === '' ? '–' : cell)),
    ),
  );
  const head = heads.map((text) => h('th', { scope: 'col' }, text));
  return scroll(name, h('table', { class: 'plain' }, h('thead', {}, h('tr', {}, head)), h('tbody', {}, body)));
}

/** The view `#/habits`. */
export function habitsView({ result, facts }: PageRace): Child[] {
  const { habits, habitsNote, habitHeads, timers, timerHeads } = words();
  const { upstreams, servers } = shownIn(result);
  const rows = upstreams.map((row) => [row.title, ...habitTexts(row, words())]);
  const closes = servers.map((row) => [row.title, ...timerTexts(row, facts, words())]);
  return [
    h('h1', {}, habits),
    h('p', { class: 'intro' }, habitsNote),
    plainTable(habits, habitHeads, rows),
    part('timers', timers, plainTable(timers, timerHeads, closes)),
  ];
}

/** The view `#/documents`. */
export function documentedView({ result, facts }: PageRace): Child[] {
  const { documented, documentedNote, documentedHeads, readOn } = words();
  const [id, title, idle, lifetime, settable, repeats, source] = documentedHeads;
  const servers = facts.predictedFor.map((server) => titleOf(result.servers, server));
  const rows = facts.documented.map((row): Child[] => {
    const { url, read, note } = row.documented;
    const link = url === null ? null : h('a', { href: url, rel: 'noreferrer' }, new URL(url).host);
    const document = h(
      'span',
      {},
      link,
      link ? words().list : '',
      readOn(read),
      note ? h('span', { class: 'why', lang: 'en' }, note) : null,
    );
    return [...documentedTexts(row, words()), document];
  });
  return [
    h('h1', {}, documented),
    h('p', { class: 'intro' }, documentedNote),
    plainTable(documented, [id, title, idle, lifetime, ...servers, settable, repeats, source], rows),
  ];
}

/** The figures of a pair, one row a method. */
export function figures(result: PageRace['result'], upstream: string, server: string): HTMLElement {
  const { pairHeads, pairs } = words();
  return plainTable(
    pairs,
    pairHeads.slice(2),
    pairsOf(result, upstream, server).map((pair) => pairTexts(pair, result.servers, words())),
  );
}
