/** The page of a capture from elsewhere: its facts and findings, its servers with their values, and its connections on the time axis. */
import { grouped } from '../../phrases/phrases.ts';
import type { CaptureOverview, PackedServer, PageFinding } from '../page-format.ts';
import { section } from './cell.ts';
import { type Child, type Children, framesText, h } from './dom.ts';
import { findingList } from './findings.ts';
import { inspectValue } from './inspector.ts';
import { type Lane, lanesOf } from './lanes.ts';
import { duration, t } from './language.ts';
import { judgementText, observationAt, observationTitle, unpackValue, valueText } from './model.ts';
import { timeline } from './timeline.ts';

/** Link types by their number (tcpdump.org/linktypes.html). */
const LINK_TYPES: Readonly<Record<number, string>> = {
  0: 'NULL',
  1: 'Ethernet',
  9: 'PPP',
  12: 'Raw IP',
  101: 'Raw IP',
  105: 'IEEE 802.11',
  108: 'Loop',
  113: 'Linux SLL',
  127: 'Radiotap',
  228: 'IPv4',
  229: 'IPv6',
  239: 'NFLOG',
  276: 'Linux SLL2',
};

let lanes: Lane[] | null = null;
/** The connections on the time axis; unpacked once. */
export const captureLanes = (capture: CaptureOverview): Lane[] => (lanes ??= lanesOf(capture.lanes));

/** The address of a connection. @param frame the one to show in its ladder; 0: none */
export const connectionAddress = (stream: number, frame = 0): string => `#/connection/${stream}${frame > 0 ? `/${frame}` : ''}`;

export const toConnection = ({ stream, frames }: PageFinding['where'][number]): string | null =>
  stream === null ? null : connectionAddress(stream, frames[0]);

/** The view `#/overview`. */
export function overviewView(capture: CaptureOverview): Child[] {
  return [
    h('h1', {}, titleOf(capture)),
    facts(capture),
    capture.findings.length > 0 ? section('findings', findingList(capture.findings, toConnection)) : null,
    section('timeline', ...timelineOf(capture)),
    capture.servers.length > 0 ? section('servers', ...serverList(capture)) : null,
  ];
}

/** The view `#/timeline`. */
export const timelineView = (capture: CaptureOverview): Child[] => [h('h1', {}, t('ui.timeline')), ...timelineOf(capture)];

/** The name of the capture. */
export const titleOf = ({ file }: CaptureOverview): string => (file === '' ? t('capture.standard-input') : file);

function timelineOf(capture: CaptureOverview): Child[] {
  const all = captureLanes(capture);
  if (all.length === 0) return [h('p', { class: 'empty' }, t('capture.no-connection'))];
  const { connections, detailed, durationUs } = capture;
  const open = ({ stream }: Lane, frame: number): void => {
    location.hash = connectionAddress(stream, frame);
  };
  const shown = all.length;
  return [
    shown < connections ? h('p', { class: 'note bound' }, t('capture.first-lanes', { shown, all: connections })) : null,
    detailed.length < shown ? h('p', { class: 'note bound' }, t('capture.first-details', { shown: detailed.length, all: shown })) : null,
    timeline('capture', all, durationUs, open, shown < connections ? Math.max(...all.map(({ endUs }) => endUs)) : durationUs),
  ];
}

function facts(capture: CaptureOverview): HTMLElement {
  const { startedAt, durationUs, frames, received, dropped, linkTypes, undecoded, connections, exchanges } = capture;
  const begun = startedAt === null ? '–' : `${startedAt.slice(0, 19).replace('T', ' ')} UTC`;
  const rows: [name: string, value: Child | Child[]][] = [
    [t('capture.begun'), begun],
    [t('capture.length'), duration(durationUs)],
    [t('capture.frames'), grouped(frames)],
    [t('capture.link'), linkTypes.map((type) => LINK_TYPES[type] ?? `LINKTYPE ${type}`).join(', ') || '–'],
    [t('capture.connections'), grouped(connections)],
    [t('capture.exchanges'), grouped(exchanges)],
  ];
  if (received !== null) rows.push([t('capture.received'), grouped(received)]);
  if (dropped !== null) rows.push([t('capture.dropped'), grouped(dropped)]);
  const reasons = Object.entries(undecoded).sort((a, b) => b[1] - a[1]);
  if (reasons.length > 0) {
    const list = reasons.map(([reason, count]) => h('li', {}, `${grouped(count)} × `, h('code', {}, reason)));
    rows.push([t('capture.undecoded'), h('ul', { class: 'reasons' }, list)]);
  }
  return h(
    'dl',
    { class: 'facts' },
    rows.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function serverList({ servers, serversLeftOut }: CaptureOverview): Children {
  return [
    servers.map((server, place) => serverBox(server, place === 0 && servers.length === 1)),
    serversLeftOut > 0 ? h('p', { class: 'note bound' }, t('capture.servers-left-out', { n: serversLeftOut })) : null,
  ];
}

function serverBox(server: PackedServer, open: boolean): HTMLElement {
  const { name, connections, exchanges, leftOut, values } = server;
  const heads = [t('ui.observation-title'), t('ui.value'), 'RFC', t('ui.frames', { n: 2, list: '' })];
  return h(
    'details',
    { class: 'exchange server', open },
    h('summary', {}, h('span', { class: 'what' }, name), h('span', { class: 'frames' }, t('capture.counts', { connections, exchanges }))),
    leftOut > 0 ? h('p', { class: 'note' }, t('capture.values-of-first', { n: connections - leftOut })) : null,
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `${name}: ${t('ui.values')}` },
      h(
        'table',
        { class: 'plain values' },
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
          values.map((packed) => valueRow(name, packed)),
        ),
      ),
    ),
  );
}

function valueRow(name: string, packed: PackedServer['values'][number]): HTMLElement {
  const [observation, value] = unpackValue(packed);
  const text = valueText(value, observationAt(observation).unit);
  const inspect = (): void => inspectValue({ observation, value, place: [name], name, reason: '', differs: false, link: null });
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, observationTitle(observation), h('code', {}, observationAt(observation).id)),
    h('td', { class: 'shown' }, h('button', { type: 'button', class: 'link', onclick: inspect }, text)),
    h(
      'td',
      {},
      value.conformance ? h('span', { class: `judgement ${value.conformance.verdict}` }, judgementText(value.conformance)) : null,
    ),
    h('td', { class: 'frames' }, framesText(value.frames)),
  );
}
