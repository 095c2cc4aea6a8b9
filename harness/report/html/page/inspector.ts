/** The panel at the foot of the page that says all of one value: what it is compared with, the frames, the RFC, the way to its cell. */
import { announce, displayFilter, filterWithCopy, framesText, h } from './dom.js';
import { t } from './language.js';
import { badges, cellName, index, judgementOf, observationTitle, scenarioTitle, valueText } from './model.js';

/** @type {HTMLElement | null} */
let opener = null;

/** @param {import('./model.js').Cell} cell @param {number} observation @param {string} reason in words @param {boolean} differs */
export function inspect(cell, observation, reason, differs) {
  const panel = document.getElementById('inspector');
  if (!panel) return;
  opener = /** @type {HTMLElement | null} */ (document.activeElement);
  const row = index.observations[observation];
  const value = cell.byObservation.get(observation) ?? null;
  const judgement = judgementOf(value);
  const server = index.servers[cell.server];
  const parts = [
    h(
      'div',
      { class: 'inspector-head' },
      h('h2', { id: 'inspector-title' }, observationTitle(observation), ': ', valueText(value, row.unit)),
      h('button', { type: 'button', class: 'close', onclick: closeInspector, 'aria-label': t('ui.close') }, '✕'),
    ),
    h(
      'p',
      { class: 'inspector-place' },
      server.title,
      ' ',
      badges(server),
      ' · ',
      index.clients[cell.client].title,
      ' · ',
      scenarioTitle(cell.scenario),
    ),
    h('p', { class: differs ? 'reason differs' : 'reason' }, differs ? '≠ ' : '', reason),
    judgement === null
      ? null
      : h('p', { class: `judgement ${judgement.verdict}` }, judgementText(judgement), ': ', h('span', { lang: 'en' }, judgement.because)),
    value?.[5] ? h('p', { lang: 'en' }, value[5]) : null,
    value && value[2].length > 0 ? h('p', {}, framesText(value[2]), ' ', filterWithCopy(displayFilter(value[2]))) : null,
    h(
      'details',
      {},
      h('summary', {}, t('ui.definition')),
      h('p', { lang: 'en' }, h('code', {}, row.id), ' ', row.definition, row.spec ? ` (${row.spec})` : ''),
    ),
    h('p', {}, h('a', { href: `#${cellName(cell)}`, class: 'open-cell' }, t('ui.open-cell'), ' →')),
  ];
  panel.replaceChildren(...parts.filter((part) => part !== null));
  panel.hidden = false;
  document.body.classList.add('inspecting');
  announce(`${server.title}, ${observationTitle(observation)}: ${valueText(value, row.unit)}. ${reason}`);
}

/** @param {{ verdict: string, section: string }} judgement */
export const judgementText = ({ verdict, section }) => t('ui.judgement', { verdict: t(`ui.${verdict}`), section });

export function closeInspector() {
  const panel = document.getElementById('inspector');
  if (!panel || panel.hidden) return;
  panel.hidden = true;
  document.body.classList.remove('inspecting');
  opener?.focus();
}
