/** The list of hits below a search box: arrow keys choose, Enter opens, as in a combobox (WAI-ARIA). */
import { h } from './dom.ts';
import { t } from './language.ts';
import type { Cell } from './model.ts';

/** Something that was found. */
export interface Hit {
  kind: HitKind;
  text: string;
  /** Where it is, in a second line. */
  place: string;
  address: string;
  /** A value to be opened at the address. */
  value?: { cell: Cell; observation: number };
}
export type HitKind = 'server' | 'value' | 'observation' | 'question' | 'header' | 'claim' | 'finding';

/** Hits of one kind. */
export interface HitGroup {
  kind: HitKind;
  hits: readonly Hit[];
  /** How many are not listed. */
  more: number;
}

/** @param take called with the hit that was chosen @returns shows other hits */
export function choose(input: HTMLInputElement, list: HTMLElement, take: (hit: Hit) => void): (groups: readonly HitGroup[]) => void {
  let hits: readonly Hit[] = [];
  let at = 0;
  const mark = (): void => {
    for (const option of list.querySelectorAll('[role="option"]')) {
      const isAt = option.id === `hit-${at}`;
      option.setAttribute('aria-selected', String(isAt));
      if (isAt) option.scrollIntoView({ block: 'nearest' });
    }
    if (hits.length > 0) input.setAttribute('aria-activedescendant', `hit-${at}`);
    else input.removeAttribute('aria-activedescendant');
  };
  input.addEventListener('keydown', (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0;
    const hit = hits[at];
    if (by !== 0 && hits.length > 0) {
      at = (at + by + hits.length) % hits.length;
      mark();
    } else if (event.key === 'Enter' && hit) take(hit);
    else return;
    event.preventDefault();
  });
  return (groups) => {
    hits = groups.flatMap((group) => group.hits);
    at = 0;
    let place = 0;
    list.replaceChildren(
      ...groups.map(({ kind, hits: own, more }) =>
        h(
          'div',
          { role: 'group', 'aria-label': t(`search.${kind}`) },
          h('span', { class: 'hit-kind', 'aria-hidden': 'true' }, t(`search.${kind}`), more > 0 ? ` (+${more})` : ''),
          own.map((hit) =>
            h(
              'div',
              { role: 'option', id: `hit-${place++}`, class: 'hit', onclick: () => take(hit) },
              h('span', { class: 'hit-text' }, hit.text),
              h('span', { class: 'hit-place' }, hit.place),
            ),
          ),
        ),
      ),
    );
    mark();
  };
}
