/** The exchanges of a cell over time, a row each; every step has a time axis of its own. */
import { bytesText } from '../../phrases/phrases.ts';
import type { CellDetail, PackedExchange } from '../page-format.ts';
import { h } from './dom.ts';
import { spanNumbers } from './frames.ts';
import { duration, t } from './language.ts';
import { textAt } from './model.ts';

/** An exchange and its place among those of the cell. */
type Placed = PackedExchange & { place: number };

const PARTS = ['connect', 'ready', 'send', 'wait', 'receive'] as const;
type Part = (typeof PARTS)[number];

/** Microseconds. A connection that waited longer for its first request was opened in an earlier step. */
const SAME_STEP_US = 2e6;

/** A table for each step, then the key to the colours. */
export function waterfall(detail: CellDetail): HTMLElement[] {
  const steps = new Map<string | null, Placed[]>();
  for (const [place, exchange] of detail.exchanges.entries()) {
    const step = textAt(exchange.step);
    steps.set(step, [...(steps.get(step) ?? []), { ...exchange, place }]);
  }
  const keys = h(
    'p',
    { class: 'legend' },
    PARTS.map((part) => h('span', {}, h('span', { class: `bar-key ${part}` }), ' ', t(`ui.${part}`))),
  );
  return [...[...steps].map(([step, exchanges]) => stepTable(step, exchanges)), keys];
}

function stepTable(step: string | null, exchanges: readonly Placed[]): HTMLElement {
  const begin = Math.min(...exchanges.map(({ times }) => times[0] - openedBefore(times)));
  const end = Math.max(...exchanges.map(({ times }) => times[0] + times[2] + times[3] + times[4]), begin + 1);
  const rows = exchanges.map((exchange) => exchangeRow(exchange, begin, end - begin));
  const heads = (['ui.request', 'ui.status', 'ui.connection', 'ui.bytes', 'ui.time'] as const).map((key) =>
    h('th', { scope: 'col' }, t(key)),
  );
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `${t('ui.waterfall')} ${step ?? ''}` },
    h(
      'table',
      { class: 'plain waterfall' },
      step === null ? null : h('caption', {}, t('ladder.step', { step })),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          heads,
          h('th', { scope: 'col' }, t('ui.frames', { n: 2, list: '' })),
          h('th', { scope: 'col', class: 'bars' }, axis(end - begin)),
        ),
      ),
      h('tbody', {}, rows),
    ),
  );
}

/** @param begin of the step, and its length, in microseconds */
function exchangeRow(
  { times, stream, method, target, status, frames, place, bodyBytes }: Placed,
  begin: number,
  length: number,
): HTMLElement {
  const [start, , send, wait, receive, handshake] = times;
  const before = openedBefore(times);
  const bar = (part: Part, from: number, us: number): HTMLElement | null =>
    us > 0
      ? h('span', {
          class: `bar ${part}`,
          style: { left: `${((from - begin) / length) * 100}%`, width: `max(2px, ${(us / length) * 100}%)` },
          title: `${t(`ui.${part}`)}: ${duration(us)}`,
        })
      : null;
  const name = `${textAt(method) ?? '?'} ${textAt(target) ?? ''}`;
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, h('a', { href: `#exchange-${place}`, onclick: (event: Event) => openExchange(event, place) }, name)),
    h('td', { class: `status s${String(status)[0]}` }, status ?? '–'),
    h('td', { class: 'number' }, stream),
    h('td', { class: 'number' }, bytesText(bodyBytes)),
    h('td', { class: 'number' }, duration(send + wait + receive)),
    h('td', { class: 'frames' }, spanNumbers([frames[0] || frames[2], frames[3] || frames[1]])),
    h(
      'td',
      { class: 'bars' },
      h(
        'span',
        { class: 'track' },
        bar('ready', start - before, before),
        before > 0 ? bar('connect', start - before, handshake) : null,
        bar('send', start, send),
        bar('wait', start + send, wait),
        bar('receive', start + send + wait, receive),
      ),
    ),
  );
}

/** How long before the request its connection was opened, in microseconds; 0 where that was in an earlier step. */
const openedBefore = ([, sinceSyn]: PackedExchange['times']): number => (sinceSyn < SAME_STEP_US ? sinceSyn : 0);

const axis = (lengthUs: number): HTMLElement =>
  h(
    'span',
    { class: 'axis' },
    [0, 0.25, 0.5, 0.75, 1].map((part) => h('span', { style: { left: `${part * 100}%` } }, part === 0 ? '0' : duration(lengthUs * part))),
  );

function openExchange(event: Event, place: number): void {
  event.preventDefault();
  const target = document.getElementById(`exchange-${place}`);
  if (!(target instanceof HTMLDetailsElement)) return;
  target.open = true;
  target.scrollIntoView({ block: 'start' });
  target.querySelector('summary')?.focus();
}
