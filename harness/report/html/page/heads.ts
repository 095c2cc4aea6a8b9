/** Request and response heads, with the lines marked that differ from the same exchange of another cell. */
import { h, select, span } from './dom.js';
import { t } from './language.js';
import { cellAt, detailOf, index, strings } from './model.js';

/** The time of the answer differs between any two. */
const VOLATILE = new Set(['date', 'age']);

/** @param {import('./model.js').Cell} cell @param {any} detail */
export function headsSection(cell, detail) {
  const box = h('div', { class: 'exchanges' });
  const others = index.servers.flatMap((/** @type {any} */ row, /** @type {number} */ server) => {
    const other = server === cell.server ? null : cellAt(server, cell.client, cell.scenario);
    return other?.state === 'observed' ? [[String(server), row.title]] : [];
  });
  const draw = (/** @type {string} */ server) => {
    const other = server === '' ? null : cellAt(Number(server), cell.client, cell.scenario);
    const openBefore = new Set([...box.querySelectorAll('details[open]')].map((element) => element.id));
    const counterparts = other ? detailOf(other).exchanges : null;
    box.replaceChildren(
      ...detail.exchanges.map((/** @type {any} */ exchange, /** @type {number} */ place) =>
        exchangeBox(
          exchange,
          place,
          counterparts && counterpartOf(exchange, detail.exchanges, counterparts),
          counterparts !== null,
          openBefore.has(`exchange-${place}`) || (openBefore.size === 0 && place === 0),
        ),
      ),
    );
  };
  const variantOf = index.servers[cell.server].variantOf;
  const base = others.find(([server]) => index.servers[Number(server)].id === variantOf) ?? others[0];
  draw(base?.[0] ?? '');
  return [
    others.length > 0
      ? h(
          'div',
          { class: 'controls' },
          select(t('ui.compare-heads'), [['', t('ui.nobody')], ...others], base?.[0] ?? '', draw, 'compare-heads'),
        )
      : null,
    box,
  ];
}

/** The exchange of the same step, method and target; the n-th of them for the n-th. @param {any} exchange @param {any[]} own @param {any[]} others */
function counterpartOf(exchange, own, others) {
  const same = (/** @type {any} */ one) => one.step === exchange.step && one.method === exchange.method && one.target === exchange.target;
  return others.filter(same)[own.filter(same).indexOf(exchange)] ?? null;
}

/** @param {any} exchange @param {number} place @param {any} other @param {boolean} compared @param {boolean} open */
function exchangeBox(exchange, place, other, compared, open) {
  const { method, target, status, reason, stream, frames, versions, requestHeaders, responseHeaders, problems } = exchange;
  const requestLine = method === null ? '' : `${strings[method]} ${strings[target]} HTTP/${strings[versions[0]]}`;
  const statusLine = status === null ? '' : `HTTP/${strings[versions[1]]} ${status} ${strings[reason]}`;
  const lineOf = (/** @type {any} */ one) =>
    one === null || one.status === null ? null : `HTTP/${strings[one.versions[1]]} ${one.status} ${strings[one.reason]}`;
  return h(
    'details',
    { class: 'exchange', id: `exchange-${place}`, open },
    h(
      'summary',
      {},
      h('span', { class: 'what' }, `${strings[method] ?? '?'} ${strings[target] ?? ''}`),
      h('span', { class: `status s${String(status)[0]}` }, status === null ? t('ui.no-response') : `${status} ${strings[reason]}`),
      h(
        'span',
        { class: 'frames' },
        `${t('ui.connection')} ${stream} · ${t('ui.frames', { n: 2, list: `${span(frames[0], frames[1])} → ${frames[2] ? span(frames[2], frames[3]) : '–'}` })}`,
      ),
    ),
    compared && other === null ? h('p', { class: 'note' }, t('ui.no-counterpart')) : null,
    h(
      'div',
      { class: 'heads' },
      method === null ? null : head(t('ui.request'), requestLine, null, requestHeaders, other?.requestHeaders ?? null),
      status === null ? null : head(t('ui.response'), statusLine, lineOf(other), responseHeaders, other?.responseHeaders ?? null),
    ),
    problems.length > 0
      ? h(
          'ul',
          { class: 'problems', lang: 'en' },
          problems.map(([text, frame]) => h('li', {}, strings[text], ` (${t('ui.frames', { n: 1, list: frame })})`)),
        )
      : null,
  );
}

/** @param {string} name @param {string} line @param {string | null} otherLine @param {number[]} headers @param {number[] | null} others */
function head(name, line, otherLine, headers, others) {
  const own = pairs(headers);
  const rest = others === null ? [] : pairs(others);
  const lines = [markedLine(otherLine !== null && otherLine !== line ? 'differs' : '', line, otherLine)];
  for (const [field, value] of own) {
    const at = rest.findIndex(([other]) => other.toLowerCase() === field.toLowerCase());
    const found = at < 0 ? null : rest.splice(at, 1)[0];
    const mark = others === null ? '' : !found ? 'added' : found[1] === value || VOLATILE.has(field.toLowerCase()) ? '' : 'differs';
    lines.push(markedLine(mark, `${field}: ${value}`, found ? found[1] : null));
  }
  for (const [field, value] of rest) lines.push(markedLine('missing', `${field}: ${value}`, null));
  return h('section', {}, h('h3', {}, name), h('div', { class: 'lines' }, lines));
}

/** @param {number[]} flat @returns {[string, string][]} */
const pairs = (flat) =>
  flat.flatMap((ref, place) =>
    place % 2 === 0 ? [/** @type {[string, string]} */ ([strings[ref] ?? '', strings[flat[place + 1] ?? -1] ?? ''])] : [],
  );

/** @param {string} mark @param {string} text @param {string | null} there */
function markedLine(mark, text, there) {
  const sign = { differs: '≠', added: '+', missing: '−' }[mark] ?? '';
  const word = mark === 'differs' ? t('ui.line-differs', { here: text, there: there ?? '' }) : mark === '' ? null : t(`ui.line-${mark}`);
  return h(
    'div',
    { class: `line ${mark}`, title: word },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    h('code', {}, text),
    mark === 'differs' ? h('span', { class: 'there' }, there) : mark === '' ? null : h('span', { class: 'visually-hidden' }, ` (${word})`),
  );
}
