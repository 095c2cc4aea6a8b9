/** How each server writes a response: the segments in order, and where the head ends. */
import { bytesText, framesSpan, grouped } from '../../phrases/phrases.ts';
import type { SegmentStrip } from '../page-format.ts';
import { h, select } from './dom.ts';
import { t } from './language.ts';
import { badges, type Cell, cellId, cells, clientAt, index, serverAt } from './model.ts';

/** What the reader chose; where that has no strips, the first that has some is shown. */
const chosen = { target: '', client: -1 };

/** Sizes listed in words. */
const SIZES_LISTED = 8;

interface CellStrip {
  strip: SegmentStrip;
  cell: Cell;
}

/** The view `#/segments`. */
export function segmentsView(redraw: () => void): HTMLElement[] {
  const all = index.strips.flatMap((strip): CellStrip[] => {
    const cell = cells[strip.cell];
    return cell ? [{ strip, cell }] : [];
  });
  const clients = [...new Set(all.map(({ cell }) => cell.client))];
  const client = clients.includes(chosen.client) ? chosen.client : clients[0];
  const ofClient = all.filter(({ cell }) => cell.client === client);
  const targets = [...new Set(ofClient.map(({ strip }) => strip.target))];
  const target = [chosen.target, '/'].find((one) => targets.includes(one)) ?? targets[0];
  const shown = ofClient.filter(({ strip }) => strip.target === target);
  const heading = h('h1', {}, t('ui.segments-title'));
  if (target === undefined) return [heading, h('p', { class: 'empty' }, t('ui.segments-none'))];
  const widest = Math.max(...shown.map(({ strip }) => strip.sizes.reduce((sum, size) => sum + Math.sqrt(size), 0)));
  const change = (what: Partial<typeof chosen>): void => {
    Object.assign(chosen, what);
    redraw();
  };
  return [
    heading,
    h('p', { class: 'intro' }, t('ui.segments-intro')),
    h(
      'form',
      { class: 'controls', onsubmit: (event: Event) => event.preventDefault() },
      select(
        t('ui.client'),
        clients.map((one) => [String(one), clientAt(one).title]),
        String(client),
        (value) => change({ client: Number(value) }),
        'strip-client',
      ),
      select(
        t('ui.segments-target'),
        targets.map((one) => [one, `GET ${one}`]),
        target,
        (value) => change({ target: value }),
        'strip-target',
      ),
    ),
    h(
      'p',
      { class: 'legend' },
      (['head', 'body'] as const).map((part) => h('span', {}, h('span', { class: `bar-key ${part}` }), ' ', t(`ui.${part}`))),
    ),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.segments-title') },
      h(
        'table',
        { class: 'plain strips' },
        h(
          'tbody',
          {},
          shown.map((one) => stripRow(one, widest)),
        ),
      ),
    ),
  ];
}

function stripRow({ strip, cell }: CellStrip, widest: number): HTMLElement {
  const row = serverAt(cell.server);
  const { sizes, segments, status, headBytes, bodyBytes } = strip;
  let head = headBytes;
  const boxes = sizes.map((size) => {
    const ofHead = Math.min(head, size);
    head -= ofHead;
    return h(
      'span',
      { class: 'segment', style: { width: `max(6px, ${(Math.sqrt(size) / widest) * 92}%)` }, title: bytesText(size) },
      ofHead > 0 ? h('span', { class: 'head', style: { flex: String(ofHead) } }) : null,
      size > ofHead ? h('span', { class: 'body', style: { flex: String(size - ofHead) } }) : null,
    );
  });
  const listed = sizes.slice(0, SIZES_LISTED);
  const list = listed.map(grouped).join(t('ui.list')) + (segments > listed.length ? `${t('ui.list')}…` : '');
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, row.title, ' ', badges(row)),
    h(
      'td',
      {},
      h(
        'a',
        { class: 'strip', href: `#${cellId(cell)}`, 'aria-label': `${row.title}, ${cellId(cell)}` },
        boxes,
        segments > sizes.length ? h('span', { class: 'etc' }, '…') : null,
      ),
      h(
        'span',
        { class: 'why' },
        `${status} · `,
        t('ui.head-bytes', { head: headBytes, body: bodyBytes, n: segments, sizes: list }),
        ` · ${t('ui.frames', { n: 2, list: framesSpan(strip.frames) })}`,
      ),
    ),
  );
}
