/** One cell, opened: the story, the ladders, the waterfall, the heads, the values. */

import type { CellDetail, PackedExchange, PackedSentence } from '../page-format.ts';
import { besideAtFirst, besideChooser, ofOtherServers } from './beside.ts';
import { capturedCell } from './captured.ts';
import { comparisonOf, comparisonText, differsIn, view } from './comparison.ts';
import { documentedNote } from './documented.ts';
import { announce, type Child, type Children, filterWithCopy, framesFilter, h, type Option, select } from './dom.ts';
import { saveButton } from './frame-panel.ts';
import { cellFrameAddress, frameLinks } from './frames.ts';
import { type HeadsBeside, headsSection } from './heads.ts';
import { ladderFigure, scrollToMark } from './ladder.ts';
import { type Lane, lanesOfDetail } from './lanes.ts';
import { joined, said, t } from './language.ts';
import { againButton, pendingText } from './live.ts';
import {
  badges,
  type Cell,
  cellAt,
  cellId,
  cells,
  clientAt,
  definitionOf,
  detailOf,
  index,
  judgementText,
  observationAt,
  observationTitle,
  outcomeText,
  placesOf,
  readDetails,
  scenarioAt,
  scenarioTitle,
  sentenceText,
  serverAt,
  valueText,
} from './model.ts';
import { timeline } from './timeline.ts';
import { waterfall } from './waterfall.ts';

/** The view `#server/client/scenario`, and `…/55` with a frame of it. */
export function cellView(cell: Cell): Child[] {
  const server = serverAt(cell.server);
  const client = clientAt(cell.client);
  const head = [
    navigation(cell),
    h(
      'h1',
      { id: 'cell-title', tabindex: '-1' },
      server.title,
      h('span', { class: 'dim' }, ' · '),
      client.title,
      h('span', { class: 'dim' }, ' · '),
      scenarioTitle(cell.scenario),
    ),
    h('p', { class: 'provenance' }, badges(server), ' ', server.version ?? '', ' · ', badges(client), ' ', client.version ?? ''),
  ];
  if (cell.state === 'pending') return [...head, pendingText()];
  if (cell.state !== 'observed') {
    const again = againButton(cell);
    return [
      ...head,
      h('p', { class: `outcome ${cell.state}` }, outcomeText(cell)),
      cell.remedy ? h('p', {}, t('ui.remedy', { command: '' }), h('code', {}, said(cell.remedy))) : null,
      again && h('p', {}, again),
    ];
  }
  const detail = detailOf(cell);
  return [
    ...head,
    h(
      'p',
      { class: 'files' },
      saveButton(capturedCell(cell)),
      againButton(cell),
      cell.capture && h('a', { href: cell.capture, download: true, title: t('proof.whole') }, t('ui.capture')),
      cell.har && h('a', { href: cell.har, download: true }, t('ui.har')),
      h('code', {}, cellId(cell)),
    ),
    ...(detail ? detailSections(cell, detail) : [h('p', { class: 'note bound' }, t('proof.cannot-unpack'))]),
    section('values', valueTable(cell)),
  ];
}

function detailSections(cell: Cell, detail: CellDetail): Child[] {
  const hasExchanges = detail.exchanges.length > 0;
  return [
    section(
      'happened',
      h('ul', { class: 'story' }, detail.story.map(sentence)),
      cell.notes.length > 0
        ? h(
            'ul',
            { class: 'notes' },
            cell.notes.map((note) => h('li', {}, said(note))),
          )
        : null,
    ),
    timelineSection(cell, detail),
    hasExchanges ? section('waterfall', waterfall(detail), moreExchanges(detail, cell.exchangeCount)) : null,
    laddersSection(detail),
    hasExchanges ? section('messages', headsOf(cell, detail), moreExchanges(detail, cell.exchangeCount)) : null,
  ];
}

type SectionName = 'happened' | 'timeline' | 'waterfall' | 'ladders' | 'messages' | 'values' | 'findings' | 'servers';

/** A part of a view with its title. */
export const section = (name: SectionName, ...children: Children): HTMLElement => part(name, t(`ui.${name}`), ...children);

/** The same with any title. */
export const part = (name: string, title: string, ...children: Children): HTMLElement =>
  h('section', { class: `part ${name}`, 'aria-labelledby': `part-${name}` }, h('h2', { id: `part-${name}` }, title), ...children);

function laddersSection({ ladders, connections }: CellDetail): HTMLElement {
  if (ladders.length === 0) return section('ladders', h('p', { class: 'note' }, t('ui.no-detail')));
  const left = connections - ladders.length;
  return section('ladders', ladders.map(ladderFigure), left > 0 ? h('p', { class: 'note' }, t('ui.more-connections', { n: left })) : null);
}

/** The connections of a cell on a time axis: a click leads to the frame in the ladder. */
function timelineSection(cell: Cell, detail: CellDetail): HTMLElement | null {
  if (detail.lanes.length === 0) return null;
  const show = ({ stream }: Lane, frame: number): void => {
    const figure = document.getElementById(`connection-${stream}`);
    if (frame > 0) location.hash = cellFrameAddress(cellId(cell), frame);
    else if (figure) scrollToMark(figure);
    else announce(t('ui.no-ladder'));
  };
  const left = detail.connections - detail.lanes.length;
  return section(
    'timeline',
    timeline(cellId(cell), lanesOfDetail(detail), detail.captureUs, show),
    left > 0 ? h('p', { class: 'note' }, t('ui.more-connections', { n: left })) : null,
  );
}

/** @param all how many exchanges there are */
export const moreExchanges = ({ exchanges }: CellDetail, all: number): HTMLElement | null =>
  all > exchanges.length ? h('p', { class: 'note' }, t('ui.more-exchanges', { shown: exchanges.length, all })) : null;

/** What has to be read before a cell's view is drawn. */
export const detailsFor = (cell: Cell): Cell[] => [cell, besideAtFirst(cell)].filter((one) => one !== null);

/** The heads of a cell, beside those of another server's cell. */
function headsOf(cell: Cell, detail: CellDetail): Child[] {
  const others = ofOtherServers(cell).map((other): HeadsBeside => {
    const { id, title } = serverAt(other.server);
    const exchanges = async (): Promise<readonly PackedExchange[]> => {
      await readDetails([other]);
      return detailOf(other)?.exchanges ?? [];
    };
    return { id, title, exchanges: () => detailOf(other)?.exchanges ?? exchanges() };
  });
  const base = besideAtFirst(cell);
  return headsSection(detail.exchanges, others, base ? serverAt(base.server).id : '');
}

/** A sentence of a story. */
export function sentence([note, phrases, frames]: PackedSentence): HTMLElement {
  return h(
    'li',
    { class: note ? 'note' : null },
    note ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '! ') : null,
    joined(phrases.map(sentenceText)),
    ' ',
    frames.length > 0 ? h('span', { class: 'frames' }, frameLinks(frames)) : null,
  );
}

/** The way to the matrix and to the cells beside this one. */
function navigation(cell: Cell): HTMLElement {
  const same = cells
    .filter((other) => other.client === cell.client && other.scenario === cell.scenario)
    .sort((a, b) => a.server - b.server);
  const place = same.indexOf(cell);
  const ofServer = cells.filter((other) => other.server === cell.server);
  // Of another client the cell of this scenario, or its last one where it has none.
  const ofClients = placesOf(index.clients).flatMap((client) => {
    const other = cellAt(cell.server, client, cell.scenario) ?? ofServer.findLast((one) => one.client === client);
    return other ? [other] : [];
  });
  const box = (label: string, others: readonly Cell[], text: (other: Cell) => string, id: string): HTMLElement =>
    select(
      label,
      others.map((other): Option => [cellId(other), text(other)]),
      cellId(cell),
      (chosen) => {
        location.hash = chosen;
      },
      id,
    );
  return h(
    'nav',
    { class: 'cell-nav', 'aria-label': t('ui.cells') },
    h('a', { href: `#/matrix/${clientAt(cell.client).id}/${scenarioAt(cell.scenario).id}` }, `← ${t('ui.back')}`),
    h(
      'span',
      { class: 'controls' },
      neighbour(same[place - 1], t('ui.previous'), '‹'),
      box(t('ui.server'), same, (other) => serverAt(other.server).title, 'cell-server'),
      neighbour(same[place + 1], t('ui.next'), '›'),
      box(t('ui.client'), ofClients, (other) => clientAt(other.client).title, 'cell-client'),
      box(
        t('ui.scenario'),
        ofServer.filter((other) => other.client === cell.client),
        (other) => scenarioTitle(other.scenario),
        'cell-scenario',
      ),
      cell.state === 'observed' ? besideChooser(cell, 'cell-beside') : null,
    ),
  );
}

function neighbour(to: Cell | undefined, text: string, mark: string): HTMLElement | null {
  if (!to) return null;
  const { title } = serverAt(to.server);
  return h('a', { href: `#${cellId(to)}`, title }, mark, h('span', { class: 'visually-hidden' }, `${text}: ${title}`));
}

function valueTable(cell: Cell): Child[] {
  const rows = placesOf(index.servers).map((server) => cellAt(server, cell.client, cell.scenario));
  const lines = comparisonOf(rows).flatMap((compared) => {
    const value = cell.values.get(compared.observation);
    if (!value) return [];
    const row = observationAt(compared.observation);
    const differs = differsIn(compared, cell);
    const judgement = value.conformance;
    return [
      h(
        'tr',
        { class: differs ? 'differs' : null },
        h('th', { scope: 'row', title: definitionOf(row) }, observationTitle(compared.observation), h('code', {}, row.id)),
        h(
          'td',
          { class: 'shown' },
          differs ? h('span', { class: 'mark', 'aria-hidden': 'true' }, '≠ ') : null,
          valueText(value, row.unit),
          differs ? h('span', { class: 'why' }, comparisonText(compared, cell)) : null,
          value.note ? h('span', { class: 'why' }, said(value.note)) : null,
          documentedNote(cell.server, compared.observation, value),
        ),
        h(
          'td',
          {},
          judgement
            ? [
                h('span', { class: `judgement ${judgement.verdict}` }, judgementText(judgement)),
                h('span', { class: 'why' }, said(judgement.because)),
              ]
            : null,
        ),
        h(
          'td',
          { class: 'frames' },
          value.frames.length > 0 ? [...frameLinks(value.frames), filterWithCopy(framesFilter(value.frames))] : t('ui.no-frames'),
        ),
      ),
    ];
  });
  const heads = [t('ui.observation-title'), t('ui.value'), 'RFC', t('explain.filter')].map((text) => h('th', { scope: 'col' }, text));
  const against = view.baseline < 0 ? t('ui.majority') : serverAt(view.baseline).title;
  return [
    h('p', { class: 'note' }, `${t('ui.baseline')}: ${against}`),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.values') },
      h('table', { class: 'plain values' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, lines)),
    ),
    cell.sha256 ? h('p', { class: 'sha' }, `${t('ui.sha256')}: `, h('code', {}, cell.sha256)) : null,
  ];
}
