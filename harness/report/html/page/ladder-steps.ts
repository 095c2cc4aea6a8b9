/** A connection as a list of steps between two lifelines: the ladder where there is no room for the drawing, and its text everywhere. */
import { TCP_STATES } from '../../tcp-states.ts';
import type { PackedPhrase } from '../packed-phrase.ts';
import { ARROW_KINDS, EVENT_TYPES, isArrow, type PackedArrow, type PackedEvent, type PackedLadder } from '../page-format.ts';
import { type Child, h } from './dom.ts';
import { frameAddress, spanNumbers } from './frames.ts';
import { duration, t } from './language.ts';
import { sentenceText } from './model.ts';

/** Below this width the list takes the place of the drawing; `page.css` has the same. */
const narrow = matchMedia('(max-width: 640px)');

// Also when a phone is turned, or the page is zoomed.
narrow.addEventListener('change', () => {
  for (const details of document.querySelectorAll<HTMLDetailsElement>('.ladder .as-text')) details.open = narrow.matches;
});

export const stateName = (state: number): string => TCP_STATES[state] ?? '';

/** An arrow's label. */
export const labelOf = (words: readonly PackedPhrase[]): string => words.map(sentenceText).join(' · ');

/** Opens the frame's address, where the view has one. */
export function openFrame(frame: number): void {
  const address = frameAddress(frame);
  if (address !== null) location.hash = address;
}

/** The list, open where it takes the place of the drawing. */
export function ladderSteps([, , , , client0, server0, , events]: PackedLadder): HTMLElement {
  let states: readonly [client: number, server: number] = [client0, server0];
  const steps = events.map((event) => {
    if (!isArrow(event)) return pause(event);
    const before = states;
    states = [event[4], event[5]];
    return step(event, [changed(before[0], states[0]), changed(before[1], states[1])]);
  });
  return h(
    'details',
    { class: 'as-text', open: narrow.matches },
    h('summary', {}, t('ui.as-text')),
    h('p', { class: 'ladder-ends' }, end('client', client0), ' ', end('server', server0)),
    h('ol', { class: 'ladder-steps' }, steps),
  );
}

const changed = (before: number, after: number): string => (before === after ? '' : stateName(after));

const end = (side: 'client' | 'server', state: number): HTMLElement =>
  h('span', {}, h('b', {}, t(side)), ' ', h('span', { class: 'state' }, stateName(state)));

function step([from, at, first, last, , , kind, odd, words]: PackedArrow, [client, server]: readonly [string, string]): HTMLElement {
  const [sender, receiver] = from === 0 ? (['client', 'server'] as const) : (['server', 'client'] as const);
  const open = ({ target }: Event): void => {
    if (!(target instanceof HTMLAnchorElement)) openFrame(first);
  };
  return h(
    'li',
    { class: `arrow ${ARROW_KINDS[kind] ?? 'data'} by-${sender}${odd ? ' odd' : ''}`, 'data-first': first, onclick: open },
    h('span', { class: 'time' }, duration(at)),
    ' ',
    h('span', { class: 'visually-hidden' }, `${t(sender)} → ${t(receiver)}: `),
    h('span', { class: 'label' }, labelOf(words)),
    ' ',
    h('span', { class: 'frame' }, spanNumbers([first, last])),
    h('span', { class: 'shaft', 'aria-hidden': 'true' }),
    client || server ? stateLine(client, server) : null,
  );
}

const stateLine = (client: string, server: string): Child =>
  h('span', { class: 'states' }, h('span', { class: 'state' }, client), ' ', h('span', { class: 'state' }, server));

function pause([type, , , first, last, words]: Exclude<PackedEvent, PackedArrow>): HTMLElement {
  const frames = first > 0 ? [' ', h('span', { class: 'frame' }, spanNumbers([first, last]))] : [];
  return h('li', { class: `pause ${EVENT_TYPES[type] ?? 'gap'}` }, h('span', { class: 'label' }, sentenceText(words)), frames);
}
