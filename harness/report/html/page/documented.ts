/** What the documentation of a server says of a timer, beside the measured value. */
import { type DocumentedVerdict, documentedBeside } from '../../../compare/documented.ts';
import type { ObservedValue } from '../../../model.ts';
import { valueWords } from '../../story.ts';
import { type Child, h } from './dom.ts';
import { t, textOf } from './language.ts';
import { observationAt, serverAt } from './model.ts';

const VERDICTS = {
  agrees: 'ui.documented-agrees',
  differs: 'ui.documented-differs',
  unseen: 'ui.documented-unseen',
  undocumented: 'ui.documented-undocumented',
} as const satisfies Record<DocumentedVerdict, string>;

/** The documented default, whether the value agrees with it, and the source; `null` where nothing is known. */
export function documentedNote(server: number, observation: number, value: ObservedValue | null): Child {
  const { id } = observationAt(observation);
  const beside = value && documentedBeside(serverAt(server), id, value);
  if (!beside) return null;
  const { timer, documented, source, verdict } = beside;
  const word = t(VERDICTS[verdict]);
  const amount = (of: number | null): string =>
    of === null ? t('ui.no-limit') : textOf(valueWords({ value: of, frames: [] }, timer === 'requests' ? null : 's'));
  const text =
    documented === null
      ? word
      : t('ui.documented', {
          value: amount(documented.value) + (documented.atMost === undefined ? '' : `–${amount(documented.atMost)}`),
          setting: documented.setting,
          verdict: word,
        });
  return h(
    'span',
    { class: 'why' },
    verdict === 'differs' ? '≠ ' : '',
    text,
    source === null ? null : [' · ', sourceLink(source.source), `, ${t('ui.documented-read', { read: source.read })}`],
  );
}

const sourceLink = (source: string): HTMLElement =>
  /^https?:/.test(source) ? h('a', { href: source, rel: 'noreferrer' }, new URL(source).host) : h('code', {}, source);
