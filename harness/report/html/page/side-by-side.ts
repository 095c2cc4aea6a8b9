/** Two cells side by side: their connections on one time axis, their requests and values with what differs, marked and in words. */
import { type DiffKind, diffKind } from '../../../compare/diff.ts';
import type { CellDetail, PackedExchange } from '../page-format.ts';
import { besideAddress } from './beside.ts';
import { part, section } from './cell.ts';
import { type Child, h, type Option, select } from './dom.ts';
import { cellFrameAddress, frameLinks, spanNumbers } from './frames.ts';
import { headsSection } from './heads.ts';
import { closeOf, type Lane, lanesOfDetail, shifted } from './lanes.ts';
import { duration, t } from './language.ts';
import { type MatchedExchange, matchedExchanges } from './matched-exchanges.ts';
import {
  badges,
  type Cell,
  cellAt,
  cellId,
  cellOfId,
  cells,
  clientAt,
  clientName,
  definitionOf,
  detailOf,
  index,
  observationAt,
  observationTitle,
  placesOf,
  scenarioTitle,
  serverAt,
  textAt,
  valueText,
} from './model.ts';
import { timeline } from './timeline.ts';

/** The cells of the address `#/beside/<cell>/<cell>/<step>`; `null` where the run observed no such cell. */
export function cellsBeside(ids: readonly string[]): { left: Cell | null; right: Cell | null; step: string } {
  const observed = (from: number): Cell | null => {
    const cell = cellOfId(ids.slice(from, from + 3).join('/'));
    return cell?.state === 'observed' ? cell : null;
  };
  return { left: observed(0), right: observed(3), step: ids[6] ?? '' };
}

interface Side {
  cell: Cell;
  detail: CellDetail;
  /** What tells it from the other side. */
  name: string;
  /** Over its connections in the picture of both. */
  group: string;
}

/** The view `#/beside/…`. */
export function sideBySideView(ids: readonly string[]): Child[] {
  const { left, right, step } = cellsBeside(ids);
  const heading = h('h1', { tabindex: '-1' }, t('beside.title'));
  if (left === null || right === null) return [heading, h('p', { class: 'empty' }, t('ui.no-cell')), ...choosers(left, right)];
  const [details, others] = [detailOf(left), detailOf(right)];
  if (details === null || others === null)
    return [heading, ...choosers(left, right), h('p', { class: 'note bound' }, t('proof.cannot-unpack'))];
  const [nameOfLeft, nameOfRight] = namesOf(left, right);
  const a: Side = { cell: left, detail: details, name: nameOfLeft, group: `${t('beside.left')}${t('ui.colon')}${nameOfLeft}` };
  const b: Side = { cell: right, detail: others, name: nameOfRight, group: `${t('beside.right')}${t('ui.colon')}${nameOfRight}` };
  const matched = matchedExchanges(a.detail, b.detail, left.scenario === right.scenario);
  return [
    h('h1', { tabindex: '-1' }, t('beside.heading', { left: a.name, right: b.name })),
    h('p', { class: 'provenance' }, common(left, right)),
    ...choosers(left, right),
    part('in-words', t('beside.in-words'), inWords(a, b)),
    section('timeline', alignment(a, b, step), timelineOf(a, b, step, matched)),
    part('requests', t('beside.requests'), requestTable(a, b, matched)),
    section(
      'messages',
      ...headsSection(
        a.detail.exchanges,
        [{ id: 'right', title: b.name, exchanges: (): readonly PackedExchange[] => b.detail.exchanges }],
        'right',
      ),
    ),
    section('values', valueTable(a, b)),
  ];
}

/** What tells each cell from the other: all that differs of server, client and scenario. */
function namesOf(left: Cell, right: Cell): [left: string, right: string] {
  const name = (cell: Cell): string => {
    const parts = [
      left.server === right.server ? null : serverAt(cell.server).title,
      left.client === right.client ? null : clientName(clientAt(cell.client)),
      left.scenario === right.scenario ? null : scenarioTitle(cell.scenario),
    ];
    return parts.filter((part) => part !== null).join(' · ') || serverAt(cell.server).title;
  };
  return [name(left), name(right)];
}

/** What both cells have in common. */
function common(left: Cell, right: Cell): Child[] {
  const parts = [
    left.server === right.server ? [serverAt(left.server).title, ' ', badges(serverAt(left.server))] : null,
    left.client === right.client ? [clientAt(left.client).title, ' ', badges(clientAt(left.client))] : null,
    left.scenario === right.scenario ? [scenarioTitle(left.scenario)] : null,
  ].filter((part) => part !== null);
  return parts.flatMap((part, place): Child[] => [place > 0 ? ' · ' : '', ...part.flat()]);
}

function choosers(left: Cell | null, right: Cell | null): Child[] {
  const fallback = cells.find(({ state }) => state === 'observed');
  const [a, b] = [left ?? right ?? fallback, right ?? left ?? fallback];
  if (!a || !b) return [];
  return [
    h(
      'div',
      { class: 'controls' },
      side(t('beside.left'), a, 'left', (cell) => besideAddress(cell, b)),
      side(t('beside.right'), b, 'right', (cell) => besideAddress(a, cell)),
      h('a', { href: besideAddress(b, a), class: 'swap' }, `⇄ ${t('beside.swap')}`),
    ),
  ];
}

/** The boxes that choose one of the two cells. */
function side(legend: string, cell: Cell, id: string, address: (cell: Cell) => string): HTMLElement {
  const observed = cells.filter(({ state }) => state === 'observed');
  const go = (wanted: Partial<Pick<Cell, 'server' | 'client' | 'scenario'>>): void => {
    const { server, client, scenario } = { ...cell, ...wanted };
    // Where the run has no such cell, the nearest: what was just chosen stays.
    const fits = observed.filter((one) => Object.entries(wanted).every(([name, place]) => one[name as 'server'] === place));
    const nearest = fits.find((one) => one.scenario === scenario && one.server === server) ?? fits.find((one) => one.client === client);
    const chosen = cellAt(server, client, scenario);
    const next = chosen?.state === 'observed' ? chosen : (nearest ?? fits[0]);
    if (next) location.hash = address(next);
  };
  const places = (name: 'server' | 'client' | 'scenario', among: readonly Cell[]): number[] => {
    const seen = new Set(among.map((one) => one[name]));
    return placesOf(index[`${name}s`]).filter((place) => seen.has(place));
  };
  const options = (all: readonly number[], text: (place: number) => string): Option[] => all.map((place) => [String(place), text(place)]);
  const ofServer = observed.filter(({ server }) => server === cell.server);
  return h(
    'fieldset',
    { class: 'beside-side' },
    h('legend', {}, legend),
    select(
      t('ui.server'),
      options(places('server', observed), (place) => serverAt(place).title),
      String(cell.server),
      (value) => go({ server: Number(value) }),
      `beside-${id}-server`,
    ),
    select(
      t('ui.client'),
      options(places('client', ofServer), (place) => clientName(clientAt(place))),
      String(cell.client),
      (value) => go({ client: Number(value) }),
      `beside-${id}-client`,
    ),
    select(
      t('ui.scenario'),
      options(
        places(
          'scenario',
          ofServer.filter(({ client }) => client === cell.client),
        ),
        scenarioTitle,
      ),
      String(cell.scenario),
      (value) => go({ scenario: Number(value) }),
      `beside-${id}-scenario`,
    ),
    h('a', { href: `#${cellId(cell)}` }, `${t('ui.open-cell')} →`),
  );
}

interface ComparedValue {
  observation: number;
  kind: DiffKind;
}

const comparedValues = (a: Side, b: Side): ComparedValue[] =>
  placesOf(index.observations)
    .filter((observation) => a.cell.values.has(observation) || b.cell.values.has(observation))
    .map((observation) => ({
      observation,
      kind: diffKind(a.cell.values.get(observation) ?? null, b.cell.values.get(observation) ?? null, observationAt(observation)),
    }));

/** What is shown before the beginning of the step, of the length after it. */
const BEFORE_ZERO = 0.03;

/** Observations whose difference is said first: what a reader asks about connections, before the details of heads. */
const FIRST = ['connections', 'close', 'idle', 'keepalive', 'load', 'revisit', 'http', 'conditional', 'range'];
/** A difference as seen from the other side. */
const MIRRORED = { equal: 'equal', differs: 'differs', 'only-left': 'only-right', 'only-right': 'only-left' } as const;
/** Sentences that are shown at once. */
const SENTENCES_SHOWN = 8;

function inWords(a: Side, b: Side): Child[] {
  const rank = ({ observation }: ComparedValue): number => {
    const place = FIRST.indexOf(observationAt(observation).id.split('.')[0] ?? '');
    return place < 0 ? FIRST.length : place;
  };
  const different = comparedValues(a, b)
    .filter(({ kind }) => kind !== 'equal')
    .sort((one, other) => rank(one) - rank(other));
  if (different.length === 0) return [h('p', {}, t('beside.same-values'))];
  const lines = different.map(({ observation, kind }) => {
    const { unit } = observationAt(observation);
    const text = (side: Side): string => valueText(side.cell.values.get(observation), unit);
    // The left side is named first: for the phrase it is what is compared with the other.
    const args = { server: a.name, right: text(a), other: b.name, left: text(b) };
    return h('li', {}, h('b', {}, observationTitle(observation), t('ui.colon')), t(`ui.${MIRRORED[kind]}`, args));
  });
  const [shown, rest] = [lines.slice(0, SENTENCES_SHOWN), lines.slice(SENTENCES_SHOWN)];
  return [
    h('ul', { class: 'story' }, shown),
    rest.length > 0 ? h('details', {}, h('summary', {}, t('beside.more', { n: rest.length })), h('ul', { class: 'story' }, rest)) : null,
  ];
}

/** Steps that both cells have. */
const commonSteps = (a: Side, b: Side): string[] =>
  a.detail.steps.map(([id]) => id).filter((id) => b.detail.steps.some(([other]) => other === id));

/** What the time axis begins with. */
function alignment(a: Side, b: Side, step: string): HTMLElement | null {
  const steps = commonSteps(a, b);
  if (steps.length === 0) return null;
  const options: Option[] = [['', t('beside.first-frame')], ...steps.map((id): Option => [id, t('ladder.step', { step: id })])];
  const choose = (id: string): void => {
    location.hash = besideAddress(a.cell, b.cell, id);
  };
  return h('div', { class: 'controls' }, select(t('beside.align'), options, steps.includes(step) ? step : '', choose, 'beside-align'));
}

function timelineOf(a: Side, b: Side, step: string, matched: readonly MatchedExchange[]): HTMLElement {
  const unlike = matched.filter(({ differences }) => differences.length > 0);
  const [lanesOfA, lanesOfB] = [a, b].map(({ detail }) => lanesOfDetail(detail)) as [Lane[], Lane[]];
  const lanes = [
    ...placed(
      a,
      lanesOfA,
      lanesOfB,
      step,
      unlike.flatMap(({ left }) => left ?? []),
    ),
    ...placed(
      b,
      lanesOfB,
      lanesOfA,
      step,
      unlike.flatMap(({ right }) => right ?? []),
    ),
  ];
  const show = (lane: Lane, frame: number): void => {
    const { cell } = lane.server === a.group ? a : b;
    location.hash = frame > 0 ? cellFrameAddress(cellId(cell), frame) : `#${cellId(cell)}`;
  };
  const length = Math.max(...[a, b].map((one) => one.detail.captureUs - originOf(one, step)));
  return timeline(
    `beside ${cellId(a.cell)} ${cellId(b.cell)} ${step}`,
    lanes,
    length,
    show,
    step === '' ? {} : { fromUs: -length * BEFORE_ZERO },
  );
}

const originOf = ({ detail }: Side, step: string): number => detail.steps.find(([id]) => id === step)?.[1] ?? 0;

/** The lanes of one side in the picture of both. The used connections are compared in their order. */
function placed(one: Side, lanes: readonly Lane[], others: readonly Lane[], step: string, unlike: readonly PackedExchange[]): Lane[] {
  const isUsed = ({ exchangeCount }: Lane): boolean => exchangeCount > 0;
  const used = lanes.filter(isUsed);
  const usedThere = others.filter(isUsed);
  const frames = new Set(unlike.map(({ frames: [request, , response] }) => `${request} ${response}`));
  return lanes.map((lane) => {
    const bars = lane.bars.map((bar) => ({ ...bar, differs: frames.has(`${bar.requestFrame} ${bar.responseFrame}`) }));
    const differs = isUsed(lane) ? laneDifference(lane, usedThere[used.indexOf(lane)] ?? null) : '';
    return shifted({ ...lane, bars, server: one.group, ...(differs === '' ? {} : { differs }) }, originOf(one, step));
  });
}

const closeText = (lane: Lane): string => {
  const close = closeOf(lane);
  return close === null ? t('timeline.open') : t('timeline.closed', { how: close.kind.toUpperCase(), side: t(close.from) });
};

/** How a connection is unlike the one in the same place of the other side, in words; empty where it is not. */
function laneDifference(lane: Lane, other: Lane | null): string {
  if (other === null) return t('ui.line-added');
  const there = closeText(other);
  return there === closeText(lane) ? '' : t('beside.there', { text: there });
}

function requestTable(a: Side, b: Side, matched: readonly MatchedExchange[]): Child[] {
  if (matched.length === 0) return [h('p', { class: 'note' }, t('beside.no-requests'))];
  const count = ({ cell, detail }: Side): Child =>
    cell.exchangeCount > detail.exchanges.length
      ? h('p', { class: 'note' }, t('ui.more-exchanges', { shown: detail.exchanges.length, all: cell.exchangeCount }))
      : null;
  const rows = matched.map(({ name, left, right, differences, fields }) =>
    h(
      'tr',
      {},
      h('th', { scope: 'row' }, name),
      exchangeCell(a, left),
      exchangeCell(b, right),
      h(
        'td',
        { class: differences.length > 0 ? 'differs' : null, 'data-side': t('beside.difference') },
        differences.length + fields.length > 0
          ? h(
              'ul',
              {},
              differences.map((text) => h('li', {}, text)),
              fields.map((text) => h('li', { class: 'why' }, text)),
            )
          : t('beside.same'),
      ),
    ),
  );
  const heads = [t('ui.request'), a.name, b.name, t('beside.difference')].map((text) => h('th', { scope: 'col' }, text));
  return [tableBox(t('beside.requests'), heads, rows), count(a), count(b)];
}

function exchangeCell({ cell, name }: Side, exchange: PackedExchange | null): HTMLElement {
  if (exchange === null) return h('td', { class: 'dim', 'data-side': name }, '–');
  const { status, stream, times, frames } = exchange;
  const address = (frame: number): string => cellFrameAddress(cellId(cell), frame);
  return h(
    'td',
    { 'data-side': name },
    h('span', { class: `status s${String(status)[0]}` }, status === null ? t('ui.no-response') : `${status} ${textAt(exchange.reason)}`),
    h(
      'span',
      { class: 'why' },
      `${t('ui.connection')} ${stream} · ${duration(times[2] + times[3] + times[4])} · `,
      spanNumbers([frames[0] || frames[2], frames[3] || frames[1]], address),
    ),
  );
}

function valueTable(a: Side, b: Side): Child[] {
  const value = ({ cell, name }: Side, observation: number, kind: DiffKind): HTMLElement => {
    const found = cell.values.get(observation);
    return h(
      'td',
      { class: kind === 'equal' ? null : 'differs', 'data-side': name },
      kind === 'equal' ? null : h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠ '),
      valueText(found, observationAt(observation).unit),
      found && found.frames.length > 0
        ? h(
            'span',
            { class: 'frames why' },
            frameLinks(found.frames, (frame) => cellFrameAddress(cellId(cell), frame)),
          )
        : null,
    );
  };
  const rows = comparedValues(a, b)
    .sort((one, other) => Number(one.kind === 'equal') - Number(other.kind === 'equal'))
    .map(({ observation, kind }) => {
      const row = observationAt(observation);
      return h(
        'tr',
        {},
        h('th', { scope: 'row', title: definitionOf(row) }, observationTitle(observation), h('code', {}, row.id)),
        value(a, observation, kind),
        value(b, observation, kind),
      );
    });
  const heads = [t('ui.observation-title'), a.name, b.name].map((text) => h('th', { scope: 'col' }, text));
  return [tableBox(t('ui.values'), heads, rows)];
}

const tableBox = (label: string, heads: readonly HTMLElement[], rows: readonly HTMLElement[]): HTMLElement =>
  h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': label },
    h('table', { class: 'plain beside-table' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)),
  );
