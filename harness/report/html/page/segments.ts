/** How each server writes a response: the segments in order, and where the head ends. */
import { h, select, span } from './dom.js';
import { bytes, grouped, t } from './language.js';
import { badges, cellName, cells, index } from './model.js';

export const strip = { target: '', client: -1 };

/** @param {() => void} redraw */
export function segmentsView(redraw) {
  const clients = [...new Set(index.strips.map((/** @type {any} */ one) => cells[one.cell]?.client))];
  const client = clients.includes(strip.client) ? strip.client : clients[0];
  const ofClient = index.strips.filter((/** @type {any} */ one) => cells[one.cell]?.client === client);
  const targets = [...new Set(ofClient.map((/** @type {any} */ one) => one.target))];
  const target = targets.includes(strip.target) ? strip.target : (targets.find((one) => one === '/') ?? targets[0]);
  const shown = ofClient.filter((/** @type {any} */ one) => one.target === target);
  const heading = h('h1', {}, t('ui.segments-title'));
  if (shown.length === 0) return [heading, h('p', { class: 'empty' }, t('ui.segments-none'))];
  const widest = Math.max(
    ...shown.map((/** @type {any} */ one) =>
      one.sizes.reduce((/** @type {number} */ sum, /** @type {number} */ size) => sum + Math.sqrt(size), 0),
    ),
  );
  const change = (/** @type {Partial<typeof strip>} */ what) => {
    Object.assign(strip, what);
    redraw();
  };
  return [
    heading,
    h('p', { class: 'intro' }, t('ui.segments-intro')),
    h(
      'form',
      { class: 'controls', onsubmit: (/** @type {Event} */ event) => event.preventDefault() },
      select(
        t('ui.client'),
        clients.map((one) => [String(one), index.clients[one].title]),
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
      ['head', 'body'].map((part) => h('span', {}, h('span', { class: `bar-key ${part}` }), ' ', t(`ui.${part}`))),
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
          shown.map((/** @type {any} */ one) => stripRow(one, widest)),
        ),
      ),
    ),
  ];
}

/** @param {any} one @param {number} widest */
function stripRow(one, widest) {
  const cell = /** @type {import('./model.js').Cell} */ (cells[one.cell]);
  const row = index.servers[cell.server];
  let head = one.headBytes;
  const boxes = one.sizes.map((/** @type {number} */ size) => {
    const ofHead = Math.min(head, size);
    head -= ofHead;
    return h(
      'span',
      { class: 'segment', style: { width: `max(6px, ${(Math.sqrt(size) / widest) * 92}%)` }, title: bytes(size) },
      ofHead > 0 ? h('span', { class: 'head', style: { flex: String(ofHead) } }) : null,
      size > ofHead ? h('span', { class: 'body', style: { flex: String(size - ofHead) } }) : null,
    );
  });
  const more = one.segments > one.sizes.length ? ', …' : '';
  const sizes = one.sizes.slice(0, 8).map(grouped).join(', ') + (one.sizes.length > 8 ? ', …' : more);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, row.title, ' ', badges(row)),
    h(
      'td',
      {},
      h(
        'a',
        { class: 'strip', href: `#${cellName(cell)}`, 'aria-label': `${row.title}, ${cellName(cell)}` },
        boxes,
        one.segments > one.sizes.length ? h('span', { class: 'etc' }, '…') : null,
      ),
      h(
        'span',
        { class: 'why' },
        `${one.status} · `,
        t('ui.head-bytes', { head: one.headBytes, body: one.bodyBytes, n: one.segments, sizes }),
        ` · ${t('ui.frames', { n: 2, list: span(one.frames[0], one.frames[1]) })}`,
      ),
    ),
  );
}
