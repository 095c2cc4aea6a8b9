/** Claims with their verdicts; and what a comparison with an earlier run found. */
import type { BaselineComparison } from '../../../compare/run-result.ts';
import { framesText, h } from './dom.ts';
import { t } from './language.ts';
import { cellOfId, index, valueText } from './model.ts';

/** Evidence and frames listed with a claim. */
const EVIDENCE_SHOWN = 12;
const FRAMES_SHOWN = 8;

/** Whether this view has anything to show. */
export const hasClaims = (): boolean => index.claims.length > 0 || index.baseline !== null;

/** The view `#/claims`. */
export function claimsView(): (HTMLElement | null)[] {
  return [
    h('h1', {}, t('ui.claims-title')),
    index.claims.length > 0 ? claimTable() : null,
    index.baseline ? baselineSection(index.baseline) : null,
  ];
}

function claimTable(): HTMLElement {
  const rows = index.claims.map((claim) =>
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
            .slice(0, EVIDENCE_SHOWN)
            .map((one) =>
              h(
                'li',
                {},
                cellOfId(one.cell) ? h('a', { href: `#${one.cell}` }, one.cell) : h('code', {}, one.cell),
                ` ${one.observation} `,
                one.frames.length > 0 ? h('span', { class: 'frames' }, framesText(one.frames.slice(0, FRAMES_SHOWN))) : null,
              ),
            ),
        ),
      ),
    ),
  );
  const heads = (['ui.claim', 'ui.verdict', 'ui.because', 'ui.evidence'] as const).map((key) => h('th', { scope: 'col' }, t(key)));
  return h(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': t('ui.claims') },
    h('table', { class: 'plain claims' }, h('thead', {}, h('tr', {}, heads)), h('tbody', {}, rows)),
  );
}

function baselineSection({ run, startedAt, differences, lost, added }: BaselineComparison): HTMLElement {
  return h(
    'section',
    {},
    h('h2', {}, t('ui.against-baseline', { run, when: startedAt.slice(0, 16).replace('T', ' ') })),
    h(
      'ul',
      {},
      differences.map(({ observation, left, right }) => {
        const unit = index.observations.find(({ id }) => id === observation)?.unit ?? null;
        return h(
          'li',
          {},
          h('a', { href: `#${right.cell}` }, right.cell),
          ` ${observation}: `,
          valueText(left.value, unit),
          ' → ',
          valueText(right.value, unit),
        );
      }),
      lost.map((id) => h('li', {}, `− ${id}`)),
      added.map((id) => h('li', {}, `+ ${id}`)),
    ),
  );
}
