/** The box in which the reader picks the columns of the matrix: by name, by group, by question. */
import { type Comparison, view } from './comparison.ts';
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { t } from './language.ts';
import { matrix } from './matrix-state.ts';
import { groupOf } from './matrix-table.ts';
import { definitionOf, observationAt, observationTitle } from './model.ts';
import { groupName, questions } from './questions.ts';

/** Opens the box. @param all every observation compared */
export function chooseColumns(all: readonly Comparison[], redraw: () => void): void {
  const present = all.flatMap((one) => (one.present ? [one.observation] : []));
  const shownNow = matrix.columns ?? new Set(all.flatMap((one) => (one.present && one.differs ? [one.observation] : [])));
  const picked = new Set(present.filter((one) => shownNow.has(one)));
  const boxes = new Map<number, HTMLInputElement>();
  const count = h('span', { class: 'dim', role: 'status' });
  const update = (): void => {
    for (const [observation, box] of boxes) box.checked = picked.has(observation);
    count.textContent = t('matrix.picked', { n: picked.size });
  };
  const pick = (observations: readonly number[], on: boolean): void => {
    for (const one of observations)
      if (on) picked.add(one);
      else picked.delete(one);
    update();
  };
  const only = (observations: readonly number[]): void => {
    picked.clear();
    pick(observations, true);
  };
  const apply = (columns: ReadonlySet<number> | null): void => {
    matrix.columns = columns;
    Object.assign(view, { group: '', onlyDifferent: columns === null });
    dialog.close();
    redraw();
  };
  const groups = [...new Set(present.map(groupOf))].map((group) => {
    const own = present.filter((one) => groupOf(one) === group);
    const choices = own.map((observation) => {
      const box = h('input', { type: 'checkbox', onchange: () => pick([observation], box.checked) });
      boxes.set(observation, box);
      const row = observationAt(observation);
      return h(
        'label',
        { class: 'check', title: definitionOf(row), 'data-name': `${row.id} ${observationTitle(observation)}`.toLowerCase() },
        box,
        h('span', {}, observationTitle(observation)),
      );
    });
    const all = (): void =>
      pick(
        own,
        own.some((one) => !picked.has(one)),
      );
    return h(
      'fieldset',
      {},
      h('legend', {}, h('button', { type: 'button', class: 'link', onclick: all, title: t('matrix.whole-group') }, groupName(group))),
      choices,
    );
  });
  const filter = h('input', {
    type: 'search',
    placeholder: t('matrix.find-column'),
    'aria-label': t('matrix.find-column'),
    oninput: () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const field of groups) {
        const labels = [...field.querySelectorAll<HTMLElement>('label.check')];
        for (const label of labels) label.hidden = !(label.dataset.name ?? '').includes(wanted);
        field.hidden = labels.every((label) => label.hidden);
      }
    },
  });
  const asked = questions().flatMap(({ text, observations }) => {
    const own = observations.filter((one) => present.includes(one));
    return own.length > 0 ? [h('button', { type: 'button', onclick: () => only(own) }, text)] : [];
  });
  const dialog = openDialog('column-box', t('matrix.columns'), [
    h('div', { class: 'asked', role: 'group', 'aria-label': t('matrix.by-question') }, asked),
    filter,
    h('div', { class: 'column-groups' }, groups),
    h(
      'div',
      { class: 'box-foot' },
      h('button', { type: 'button', class: 'primary', onclick: () => apply(picked.size > 0 ? picked : null) }, t('matrix.show')),
      h('button', { type: 'button', onclick: () => only(present) }, t('ui.all')),
      h('button', { type: 'button', onclick: () => only([]) }, t('matrix.none')),
      h('button', { type: 'button', onclick: () => apply(null) }, t('matrix.differing')),
      count,
    ),
  ]);
  update();
  filter.focus();
}
