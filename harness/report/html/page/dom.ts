/** Elements. Text becomes text nodes: nothing is ever parsed as markup. */
import { displayFilter } from '../../phrases/phrases.ts';
import { t } from './language.ts';

export type Child = Node | string | number | null | undefined | false;
/** A list of children is one child: it is spread out. */
export type Children = readonly (Child | readonly Child[])[];

type Listener = (event: never) => void;
type Style = Readonly<Record<string, string>>;
/** Attributes; `on…` are listeners, `style` sets properties. `false`, `null` and `undefined` leave an attribute out. */
export type Props = Readonly<Record<string, string | number | boolean | null | undefined | Style | Listener>>;

function assign(element: HTMLElement | SVGElement, props: Props): void {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value as EventListener);
    else if (typeof value === 'object') for (const [property, text] of Object.entries(value)) element.style.setProperty(property, text);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

function append(element: Element, children: Children): void {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** An element of HTML with its attributes and children. */
export function h<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Children): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  assign(element, props);
  append(element, children);
  return element;
}

/** An element of SVG with its attributes and children. */
export function svg<Tag extends keyof SVGElementTagNameMap>(tag: Tag, props: Props = {}, ...children: Children): SVGElementTagNameMap[Tag] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  assign(element, props);
  append(element, children);
  return element;
}

export type Option = readonly [value: string, text: string];

/** A box to choose from, with its label. @param id lets the focus return to the box when the view is drawn again */
export function select(
  label: string,
  options: readonly Option[],
  selected: string,
  choose: (value: string) => void,
  id: string,
): HTMLLabelElement {
  const box = h(
    'select',
    { onchange: () => choose(box.value), id },
    options.map(([value, text]) => h('option', { value, selected: value === selected }, text)),
  );
  return h('label', { class: 'control' }, h('span', {}, label), box);
}

/** A display filter with a button that copies it. */
export const filterWithCopy = (filter: string): HTMLElement => textWithCopy(filter, t('ui.copy-filter', { filter }));

/** A text to be used elsewhere with a button that copies it. @param label of the button, for screen readers */
export function textWithCopy(text: string, label: string): HTMLElement {
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': label }, t('ui.copy'));
  button.addEventListener('click', async () => {
    await copy(text);
    button.textContent = t('ui.copied');
    announce(t('ui.copied'));
    setTimeout(() => {
      button.textContent = t('ui.copy');
    }, 1500);
  });
  return h('span', { class: 'filter' }, h('code', {}, text), button);
}

/** Puts a text into the clipboard. */
export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Some browsers deny a page from disk the clipboard; the older way works there.
    const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** Has screen readers read a text aloud. */
export function announce(text: string): void {
  const live = document.getElementById('live');
  if (live) live.textContent = text;
}

/** What to type into Wireshark's filter bar. @param frames a negative number stands for frames that are not listed */
export const framesFilter = (frames: readonly number[]): string => displayFilter(frames.filter((frame) => frame > 0));

/** @param frames a negative number stands for that many more */
export function framesText(frames: readonly number[]): string {
  if (frames.length === 0) return t('ui.no-frames');
  const list = frames.map((frame) => (frame < 0 ? `… +${-frame}` : String(frame))).join(t('ui.list'));
  return t('ui.frames', { n: frames.length, list });
}
