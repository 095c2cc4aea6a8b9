/** Claims with their verdicts; and what a comparison with an earlier run found. */
import { framesText, h } from './dom.js';
import { t } from './language.js';
import { cellNamed, index, valueText } from './model.js';

export const hasClaims = () => index.claims.length > 0 || index.baseline !== null;

export function claimsView() {
  return [
    h('h1', {}, t('ui.claims-title')),
    index.claims.length > 0 ? claimTable() : null,
    index.baseline ? baselineSection(index.baseline) : null,
  ];
}

function claimTable() {
  const rows = index.claims.map((/** @type {any} */ claim) =>
    h(
      'tr',
      { id: `claim-${claim.id}` },
      h('th', { scope: 'row' }, h('code', {}, claim.id), ' ', h('span', { lang: 'en' }, claim.statement)),
      h('td', {}, h('span', { class: `verdict ${claim.verdict}` }, t(`ui.${claim.verdict}`))),
      h('td', { lang: 'en' }, claim.because),
      h(
        'td',
        {},
        h(
          'ul',
          { class: 'evidence' },
          claim.evidence
            .slice(0, 12)
            .map((/** @type {any} */ one) =>
              h(
                'li',
                {},
                cellNamed(one.cell) ? h('a', { href: `#${one.cell}` }, one.cell) : h('code', {}, one.cell),
                ` ${one.observation} `,
                one.frames.length > 0 ? h('span', { class: 'frames' }, framesText(one.frames.slice(0, 8))) : null,
              ),
            ),
        ),
      ),
    ),
  );
  const heads = ['ui.claim', 'ui.verdict', 'ui.because', 'ui.evidence'].map((key) => h('th', { scope: 'col' }, t(key)));
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.claims') },
    h('table', { class: 'plain claims' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)),
  );
}

/** @param {any} baseline */
function baselineSection({ run, startedAt, differences, lost, added }) {
  const unitOf = (/** @type {string} */ id) => index.observations.find((/** @type {any} */ row) => row.id === id)?.unit ?? null;
  const packed = (/** @type {any} */ side) => (side ? [0, side.value, side.frames, side.windowS ?? null] : null);
  return h(
    'section',
    {},
    h('h2', {}, t('ui.against-baseline', { run, when: startedAt.slice(0, 16).replace('T', ' ') })),
    h(
      'ul',
      {},
      differences.map((/** @type {any} */ one) => {
        const unit = unitOf(one.observation);
        return h(
          'li',
          {},
          h('a', { href: `#${one.right.cell}` }, one.right.cell),
          ` ${one.observation}: `,
          valueText(/** @type {any} */ (packed(one.left.value)), unit),
          ' → ',
          valueText(/** @type {any} */ (packed(one.right.value)), unit),
        );
      }),
      lost.map((/** @type {string} */ id) => h('li', {}, `− ${id}`)),
      added.map((/** @type {string} */ id) => h('li', {}, `+ ${id}`)),
    ),
  );
}
