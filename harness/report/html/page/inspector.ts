/** The panel at the foot of the page with all there is to one value: what it is compared with, its frames, the RFC, a link to its cell. */
import type { ObservedValue } from '../../../model.ts';
import { besideChooser } from './beside.ts';
import { documentedNote } from './documented.ts';
import { announce, type Child, type Children, filterWithCopy, framesFilter, h } from './dom.ts';
import { frameLinks } from './frames.ts';
import { said, t } from './language.ts';
import {
  badges,
  type Cell,
  cellId,
  clientAt,
  definitionParts,
  judgementText,
  observationAt,
  observationTitle,
  scenarioTitle,
  serverAt,
  valueText,
} from './model.ts';

/** Where the focus returns when the panel is closed, and what else is done then. */
let opener: HTMLElement | null = null;
let onClose: (() => void) | null = null;

/** Shows what is given in the panel. @param title with the id `inspector-title` @param closed is called once, when the reader closes it */
export function openPanel(title: HTMLElement, parts: readonly (Node | null)[], closed: (() => void) | null = null): HTMLElement | null {
  const panel = document.getElementById('inspector');
  if (!panel) return null;
  // From one frame to the next the focus still returns to where the first was opened.
  if (panel.hidden || !panel.contains(document.activeElement))
    opener = document.activeElement instanceof HTMLElement ? document.activeElement : null;
  onClose = closed;
  const button = h('button', { type: 'button', class: 'close', onclick: closeInspector, 'aria-label': t('ui.close') }, '✕');
  panel.replaceChildren(h('div', { class: 'inspector-head' }, title, button), ...parts.filter((part) => part !== null));
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add('inspecting');
  return panel;
}

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
  /** What else can be done. */
  act?: HTMLElement | null;
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
    act: cell.state === 'observed' ? besideChooser(cell, 'inspector-beside') : null,
    more: documentedNote(cell.server, observation, value),
  });
}

/** Opens the panel. */
export function inspectValue({ observation, value, place, name, reason, differs, link, more = null, act = null }: Inspected): void {
  const row = observationAt(observation);
  const judgement = value?.conformance ?? null;
  const parts = [
    h('p', { class: 'inspector-place' }, ...place),
    reason === '' ? null : h('p', { class: differs ? 'reason differs' : 'reason' }, differs ? '≠ ' : '', reason),
    judgement === null
      ? null
      : h('p', { class: `judgement ${judgement.verdict}` }, judgementText(judgement), t('ui.colon'), said(judgement.because)),
    value?.note ? h('p', {}, said(value.note)) : null,
    more === null ? null : h('p', {}, more),
    value && value.frames.length > 0
      ? h(
          'p',
          {},
          frameLinks(value.frames, (frame) => (link === null ? null : `${link}/${frame}`)),
          ' ',
          filterWithCopy(framesFilter(value.frames)),
        )
      : null,
    h('details', {}, h('summary', {}, t('ui.definition')), h('p', {}, definitionParts(row))),
    link === null ? null : h('p', {}, h('a', { href: link, class: 'open-cell' }, t('ui.open-cell'), ' →')),
    act,
  ];
  openPanel(h('h2', { id: 'inspector-title' }, observationTitle(observation), t('ui.colon'), valueText(value, row.unit)), parts);
  announce(`${name}${t('ui.comma')}${observationTitle(observation)}${t('ui.colon')}${valueText(value, row.unit)}. ${reason}`);
}

/** Closes the panel, if it is open, and puts the focus back. */
export function closeInspector(): void {
  const panel = document.getElementById('inspector');
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove('inspecting');
  opener?.focus();
  onClose?.();
  onClose = null;
}
