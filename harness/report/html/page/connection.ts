/** One connection of a capture from elsewhere, opened: the story, the waterfall, the ladder, the heads. */
import { framesSpan } from '../../phrases/phrases.ts';
import type { CaptureOverview, CellDetail } from '../page-format.ts';
import { captureLanes, connectionAddress, toConnection } from './capture.ts';
import { capturedConnection } from './captured.ts';
import { moreExchanges, section, sentence } from './cell.ts';
import { type Child, filterWithCopy, h } from './dom.ts';
import { findingList } from './findings.ts';
import { saveButton } from './frame-panel.ts';
import { type HeadsBeside, headsSection } from './heads.ts';
import { ladderFigure, markFrame } from './ladder.ts';
import { type Lane, laneSummary } from './lanes.ts';
import { t } from './language.ts';
import { connectionDetail } from './model.ts';
import type { Captured } from './packets.ts';
import { waterfall } from './waterfall.ts';

/** Connections that heads can be compared with. */
const OTHERS_OFFERED = 20;

/** A connection whose frames can be shown; `null` where the page has no detail of it. */
export function connectionAt(capture: CaptureOverview, stream: number): Captured | null {
  const lane = captureLanes(capture).find((one) => one.stream === stream);
  return lane ? capturedConnection(capture, stream, lane.startUs) : null;
}

/** The view `#/connection/<stream>` and `#/connection/<stream>/<frame>`. @param frame is marked in the ladder; 0: none */
export function connectionView(capture: CaptureOverview, stream: number, frame: number): Child[] {
  const lanes = captureLanes(capture);
  const place = lanes.findIndex((lane) => lane.stream === stream);
  const lane = lanes[place];
  const filter = filterWithCopy(`tcp.stream eq ${stream}`);
  const head = [
    h(
      'nav',
      { class: 'cell-nav', 'aria-label': t('capture.connections') },
      h('a', { href: '#/overview' }, `← ${t('capture.back')}`),
      h('span', { class: 'controls' }, neighbour(lanes[place - 1], t('ui.previous'), '‹'), neighbour(lanes[place + 1], t('ui.next'), '›')),
    ),
    h('h1', { tabindex: '-1' }, t('capture.connection', { stream })),
  ];
  if (!lane) return [...head, h('p', { class: 'note bound' }, t('capture.not-in-page')), h('p', {}, filter)];
  const findings = capture.findings.filter(({ where }) => where.some((one) => one.stream === stream));
  const detail = connectionDetail(stream);
  const own = capturedConnection(capture, stream, lane.startUs);
  return [
    ...head,
    h('p', { class: 'provenance ends' }, `${lane.client} → ${lane.server}`, ' · ', laneSummary(lane)),
    h('p', {}, filter, ' ', own && saveButton(own)),
    findings.length > 0 ? section('findings', findingList(findings, toConnection)) : null,
    ...(detail
      ? detailOf(capture, lane, detail, frame)
      : [h('p', { class: 'note bound' }, t('capture.no-details', { stream: lane.stream }))]),
  ];
}

function detailOf(capture: CaptureOverview, lane: Lane, detail: CellDetail, frame: number): Child[] {
  const { story, ladders, exchanges } = detail;
  const hasExchanges = exchanges.length > 0;
  const figures = ladders.map(ladderFigure);
  if (frame > 0) for (const figure of figures) markFrame(figure, frame);
  const more = moreExchanges(detail, lane.exchangeCount);
  return [
    section('happened', h('ul', { class: 'story' }, story.map(sentence))),
    hasExchanges ? section('waterfall', waterfall(detail), more) : null,
    section('ladders', figures.length > 0 ? figures : h('p', { class: 'note bound' }, t('capture.no-ladder'))),
    hasExchanges ? section('messages', headsSection(exchanges, others(capture, lane), ''), more?.cloneNode(true)) : null,
  ];
}

/** Connections of the page that carry a request for the same. */
function others(capture: CaptureOverview, lane: Lane): HeadsBeside[] {
  const names = new Set(lane.bars.map(({ name }) => name));
  const detailed = new Set(capture.detailed);
  return captureLanes(capture)
    .filter((other) => other !== lane && detailed.has(other.stream) && other.bars.some(({ name }) => names.has(name)))
    .slice(0, OTHERS_OFFERED)
    .map(({ stream, bars, server }) => ({
      id: String(stream),
      title: `#${stream} ${server} (${t('ui.frames', { n: 1, list: framesSpan([bars[0]?.requestFrame ?? 0, bars[0]?.requestFrame ?? 0]) })})`,
      exchanges: () => connectionDetail(stream)?.exchanges ?? [],
    }));
}

function neighbour(to: Lane | undefined, text: string, mark: string): HTMLElement | null {
  if (!to) return null;
  const name = `${text}: #${to.stream}`;
  return h('a', { href: connectionAddress(to.stream), title: name }, mark, h('span', { class: 'visually-hidden' }, name));
}
