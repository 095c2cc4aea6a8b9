/** The exchanges of a cell over time, a row each; every step has a time axis of its own. */
import { h, span } from './dom.js';
import { bytes, duration, t } from './language.js';
import { strings } from './model.js';

/** @param {any} detail */
export function waterfall(detail) {
  /** @type {Map<number | null, any[]>} */
  const steps = new Map();
  for (const [place, exchange] of detail.exchanges.entries())
    steps.set(exchange.step, [...(steps.get(exchange.step) ?? []), { ...exchange, place }]);
  const keys = h(
    'p',
    { class: 'legend' },
    ['connect', 'ready', 'send', 'wait', 'receive'].map((part) =>
      h('span', {}, h('span', { class: `bar-key ${part}` }), ' ', t(`ui.${part}`)),
    ),
  );
  return [...[...steps].map(([step, exchanges]) => stepTable(step === null ? null : (strings[step] ?? ''), exchanges)), keys];
}

/** @param {string | null} step @param {any[]} exchanges */
function stepTable(step, exchanges) {
  const begin = Math.min(...exchanges.map(({ times }) => times[0] - openedBefore(times)));
  const end = Math.max(...exchanges.map(({ times }) => times[0] + times[2] + times[3] + times[4]), begin + 1);
  const percent = (/** @type {number} */ us) => `${((us - begin) / (end - begin)) * 100}%`;
  const rows = exchanges.map((exchange) => {
    const { times, stream, method, target, status, frames, place, bodyBytes } = exchange;
    const [start, , send, wait, receive, handshake] = times;
    const before = openedBefore(times);
    const bar = (/** @type {string} */ part, /** @type {number} */ from, /** @type {number} */ length) =>
      length > 0
        ? h('span', {
            class: `bar ${part}`,
            style: { left: percent(from), width: `max(2px, ${(length / (end - begin)) * 100}%)` },
            title: `${t(`ui.${part}`)}: ${duration(length)}`,
          })
        : null;
    const name = `${strings[method] ?? '?'} ${strings[target] ?? ''}`;
    return h(
      'tr',
      {},
      h(
        'th',
        { scope: 'row' },
        h('a', { href: `#exchange-${place}`, onclick: (/** @type {Event} */ event) => openExchange(event, place) }, name),
      ),
      h('td', { class: `status s${String(status)[0]}` }, status ?? '–'),
      h('td', { class: 'number' }, stream),
      h('td', { class: 'number' }, bytes(bodyBytes)),
      h('td', { class: 'number' }, duration(send + wait + receive)),
      h('td', { class: 'frames' }, span(frames[0] || frames[2], frames[3] || frames[1])),
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
  });
  const heads = ['ui.request', 'ui.status', 'ui.connection', 'ui.bytes', 'ui.time'].map((key) => h('th', { scope: 'col' }, t(key)));
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

/** A connection that was opened in an earlier step is not drawn from its beginning. Microseconds. @param {number[]} times */
const openedBefore = (times) => ((times[1] ?? 0) < 2e6 ? (times[1] ?? 0) : 0);

/** @param {number} length */
const axis = (length) =>
  h(
    'span',
    { class: 'axis' },
    [0, 0.25, 0.5, 0.75, 1].map((part) => h('span', { style: { left: `${part * 100}%` } }, part === 0 ? '0' : duration(length * part))),
  );

/** @param {Event} event @param {number} place */
function openExchange(event, place) {
  event.preventDefault();
  const target = /** @type {HTMLDetailsElement | null} */ (document.getElementById(`exchange-${place}`));
  if (!target) return;
  target.open = true;
  target.scrollIntoView({ block: 'start' });
  target.querySelector('summary')?.focus();
}
