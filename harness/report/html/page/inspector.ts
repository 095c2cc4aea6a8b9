/** The panel at the foot of the page with all there is to one value: what it is compared with, its frames, the RFC, a link to its cell. */
import type { ObservedValue } from '../../../model.ts';
import { documentedNote } from './documented.ts';
import { announce, type Child, type Children, filterWithCopy, framesFilter, framesText, h } from './dom.ts';
import { t } from './language.ts';
import {
  badges,
  type Cell,
  cellId,
  clientAt,
  judgementText,
  observationAt,
  observationTitle,
  scenarioTitle,
  serverAt,
  valueText,
} from './model.ts';

/** Where the focus returns when the panel is closed. */
let opener: HTMLElement | null = null;

interface Inspected {
  observation: number;
  value: ObservedValue | null;
  /** Whose value it is, with badges, and in words. */
  place: Children;
  name: string;
  /** How the value compares, in words; empty where nothing is compared. */
  reason: string;
  differs: boolean;
  /** Address of the view with the evidence. */
  link: string | null;
  /** What else is to be said of it. */
  more?: Child;
}

/** Opens the panel for a value of a cell. @param reason how the value compares, in words */
export function inspect(cell: Cell, observation: number, reason: string, differs: boolean): void {
  const server = serverAt(cell.server);
  const place = [server.title, ' ', badges(server), ' · ', clientAt(cell.client).title, ' · ', scenarioTitle(cell.scenario)];
  const value = cell.values.get(observation) ?? null;
  inspectValue({
    observation,
    value,
    place,
    name: server.title,
    reason,
    differs,
    link: `#${cellId(cell)}`,
    more: documentedNote(cell.server, observation, value),
  });
}

/** Opens the panel. */
export function inspectValue({ observation, value, place, name, reason, differs, link, more = null }: Inspected): void {
  const panel = document.getElementById('inspector');
  if (!panel) return;
  opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  const row = observationAt(observation);
  const judgement = value?.conformance ?? null;
  const parts = [
    h(
      'div',
      { class: 'inspector-head' },
      h('h2', { id: 'inspector-title' }, observationTitle(observation), ': ', valueText(value, row.unit)),
      h('button', { type: 'button', class: 'close', onclick: closeInspector, 'aria-label': t('ui.close') }, '✕'),
    ),
    h('p', { class: 'inspector-place' }, ...place),
    reason === '' ? null : h('p', { class: differs ? 'reason differs' : 'reason' }, differs ? '≠ ' : '', reason),
    judgement === null
      ? null
      : h('p', { class: `judgement ${judgement.verdict}` }, judgementText(judgement), ': ', h('span', { lang: 'en' }, judgement.because)),
    value?.note ? h('p', { lang: 'en' }, value.note) : null,
    more === null ? null : h('p', {}, more),
    value && value.frames.length > 0 ? h('p', {}, framesText(value.frames), ' ', filterWithCopy(framesFilter(value.frames))) : null,
    h(
      'details',
      {},
      h('summary', {}, t('ui.definition')),
      h('p', { lang: 'en' }, h('code', {}, row.id), ' ', row.definition, row.spec ? ` (${row.spec})` : ''),
    ),
    link === null ? null : h('p', {}, h('a', { href: link, class: 'open-cell' }, t('ui.open-cell'), ' →')),
  ];
  panel.replaceChildren(...parts.filter((part) => part !== null));
  panel.hidden = false;
  document.body.classList.add('inspecting');
  announce(`${name}, ${observationTitle(observation)}: ${valueText(value, row.unit)}. ${reason}`);
}

/** Closes the panel, if it is open, and puts the focus back. */
export function closeInspector(): void {
  const panel = document.getElementById('inspector');
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove('inspecting');
  opener?.focus();
}
