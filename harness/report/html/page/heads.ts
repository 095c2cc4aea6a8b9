/** Request and response heads; lines that differ from the same exchange of another cell are marked. */
import { framesSpan } from '../../phrases/phrases.ts';
import type { PackedExchange } from '../page-format.ts';
import { type Child, h, type Option, select } from './dom.ts';
import { frameLinks, spanLink } from './frames.ts';
import { t } from './language.ts';
import { sentenceText, strings, textAt } from './model.ts';

/** Fields whose value differs between any two responses. */
export const VOLATILE = new Set(['date', 'age']);

type Mark = 'differs' | 'added' | 'missing';
const SIGNS: Readonly<Record<Mark, string>> = { differs: '≠', added: '+', missing: '−' };

/** Exchanges that heads can be compared with: those of another server's cell, or of another connection. */
export interface HeadsBeside {
  id: string;
  title: string;
  /** A promise where they have to be unpacked first. */
  exchanges(): readonly PackedExchange[] | Promise<readonly PackedExchange[]>;
}

/**
 * Exchanges with their heads, and a box to choose what they are compared with.
 * @param base the id of the one that is chosen at first; empty: none
 */
export function headsSection(own: readonly PackedExchange[], others: readonly HeadsBeside[], base: string): Child[] {
  const box = h('div', { class: 'exchanges' });
  let chosen = base;
  const choose = (id: string): void => {
    chosen = id;
    const counterparts = others.find((other) => other.id === id)?.exchanges() ?? null;
    if (!(counterparts instanceof Promise)) draw(counterparts);
    else void counterparts.then((read) => chosen === id && draw(read));
  };
  const draw = (counterparts: readonly PackedExchange[] | null): void => {
    const openBefore = new Set([...box.querySelectorAll('details[open]')].map((element) => element.id));
    box.replaceChildren(
      ...own.map((exchange, place) =>
        exchangeBox(
          exchange,
          place,
          counterparts && counterpartOf(exchange, own, counterparts),
          counterparts !== null,
          openBefore.has(`exchange-${place}`) || (openBefore.size === 0 && place === 0),
        ),
      ),
    );
  };
  choose(base);
  const options = others.map(({ id, title }): Option => [id, title]);
  return [
    others.length > 0
      ? h('div', { class: 'controls' }, select(t('ui.compare-heads'), [['', t('ui.nobody')], ...options], base, choose, 'compare-heads'))
      : null,
    box,
  ];
}

/** The exchange of the same step, method and target; where there are several, the one at the same position among them. */
function counterpartOf(exchange: PackedExchange, own: readonly PackedExchange[], others: readonly PackedExchange[]): PackedExchange | null {
  const same = (one: PackedExchange): boolean =>
    one.step === exchange.step && one.method === exchange.method && one.target === exchange.target;
  return others.filter(same)[own.filter(same).indexOf(exchange)] ?? null;
}

/** The first line of a response; `null` where there is none. */
const statusLine = ({ status, versions, reason }: PackedExchange): string | null =>
  status === null ? null : `HTTP/${textAt(versions[1])} ${status} ${textAt(reason)}`;

function exchangeBox(exchange: PackedExchange, place: number, other: PackedExchange | null, compared: boolean, open: boolean): HTMLElement {
  const { status, reason, stream, frames, versions, requestHeaders, responseHeaders, problems } = exchange;
  const [method, target, response] = [textAt(exchange.method), textAt(exchange.target), statusLine(exchange)];
  const list = `${framesSpan([frames[0], frames[1]])} → ${frames[2] ? framesSpan([frames[2], frames[3]]) : '–'}`;
  const ofRequest = frames[0] > 0 ? ([frames[0], frames[1]] as const) : null;
  const ofResponse = frames[2] > 0 ? ([frames[2], frames[3]] as const) : null;
  return h(
    'details',
    { class: 'exchange', id: `exchange-${place}`, open },
    h(
      'summary',
      {},
      h('span', { class: 'what' }, `${method ?? '?'} ${target ?? ''}`),
      h('span', { class: `status s${String(status)[0]}` }, status === null ? t('ui.no-response') : `${status} ${textAt(reason)}`),
      h('span', { class: 'frames' }, `${t('ui.connection')} ${stream} · ${t('ui.frames', { n: 2, list })}`),
    ),
    compared && other === null ? h('p', { class: 'note' }, t('ui.no-counterpart')) : null,
    h(
      'div',
      { class: 'heads' },
      method === null
        ? null
        : head(
            t('ui.request'),
            ofRequest,
            `${method} ${target} HTTP/${textAt(versions[0])}`,
            null,
            requestHeaders,
            other?.requestHeaders ?? null,
          ),
      response === null
        ? null
        : head(t('ui.response'), ofResponse, response, other && statusLine(other), responseHeaders, other?.responseHeaders ?? null),
    ),
    problems.length > 0
      ? h(
          'ul',
          { class: 'problems' },
          problems.map(([words, frame]) => h('li', {}, sentenceText(words), ' (', frameLinks([frame]), ')')),
        )
      : null,
  );
}

/** @param others the other cell's field lines, `null` where nothing is compared */
function head(
  name: string,
  span: readonly [number, number] | null,
  line: string,
  otherLine: string | null,
  headers: readonly number[],
  others: readonly number[] | null,
): HTMLElement {
  const rest = others === null ? [] : pairs(others);
  const lines = [markedLine(otherLine !== null && otherLine !== line ? 'differs' : null, line, otherLine)];
  for (const [field, value] of pairs(headers)) {
    const at = rest.findIndex(([other]) => other.toLowerCase() === field.toLowerCase());
    const found = at < 0 ? null : (rest.splice(at, 1)[0] ?? null);
    const same = found === null ? others === null : found[1] === value || VOLATILE.has(field.toLowerCase());
    lines.push(markedLine(same ? null : found ? 'differs' : 'added', `${field}: ${value}`, found ? found[1] : null));
  }
  for (const [field, value] of rest) lines.push(markedLine('missing', `${field}: ${value}`, null));
  return h(
    'section',
    {},
    h('h3', {}, name, span && h('span', { class: 'frames' }, ' · ', spanLink(span))),
    h('div', { class: 'lines' }, lines),
  );
}

const pairs = (flat: readonly number[]): [name: string, value: string][] =>
  flat.flatMap((ref, place): [string, string][] => (place % 2 === 0 ? [[strings[ref] ?? '', strings[flat[place + 1] ?? -1] ?? '']] : []));

function markedLine(mark: Mark | null, text: string, there: string | null): HTMLElement {
  const word = mark === 'differs' ? t('ui.line-differs', { here: text, there: there ?? '' }) : mark === null ? null : t(`ui.line-${mark}`);
  return h(
    'div',
    { class: `line ${mark ?? ''}`, title: word },
    h('span', { class: 'sign', 'aria-hidden': 'true' }, mark === null ? '' : SIGNS[mark]),
    h('code', {}, text),
    mark === 'differs'
      ? h('span', { class: 'there' }, there)
      : mark === null
        ? null
        : h('span', { class: 'visually-hidden' }, ` (${word})`),
  );
}
