/** The keys of the page: `?` shows them. */
import { openDialog } from './dialog.ts';
import { h } from './dom.ts';
import { t } from './language.ts';

const KEYS = [
  ['/', 'keys.search'],
  ['?', 'keys.help'],
  ['m', 'keys.matrix'],
  ['t', 'keys.take'],
  ['← → ↑ ↓', 'keys.move'],
  ['Home End', 'keys.ends'],
  ['Enter', 'keys.open'],
  ['c', 'keys.copy'],
  ['Esc', 'keys.close'],
] as const;

/** Opens the list of keys. */
export function openHelp(): void {
  openDialog('help-box', t('keys.title'), [
    h(
      'dl',
      { class: 'keys' },
      KEYS.map(([key, what]) => h('div', {}, h('dt', {}, h('kbd', {}, key)), h('dd', {}, t(what)))),
    ),
    h('p', { class: 'note' }, t('keys.timeline')),
  ]);
}
