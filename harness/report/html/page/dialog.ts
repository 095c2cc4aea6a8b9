/** A box over the page: Escape, its button and a click beside it close it, and the focus goes back to where it was. */
import { type Children, h } from './dom.ts';
import { t } from './language.ts';

/** Opens a box. @param name a class of its own @param title its heading; hidden where `quiet` */
export function openDialog(name: string, title: string, children: Children, { quiet = false } = {}): HTMLDialogElement {
  closeDialogs();
  const box = h(
    'dialog',
    { class: `box ${name}`, 'aria-labelledby': 'box-title' },
    h(
      'div',
      { class: 'box-head' },
      h('h2', { id: 'box-title', class: quiet ? 'visually-hidden' : null }, title),
      h('button', { type: 'button', class: 'close', 'aria-label': t('ui.close'), onclick: () => box.close() }, '✕'),
    ),
    ...children,
  );
  box.addEventListener('click', (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener('close', () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}

/** Closes every box. */
export function closeDialogs(): void {
  for (const box of document.querySelectorAll<HTMLDialogElement>('dialog.box')) box.close();
}
