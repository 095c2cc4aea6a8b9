/** HTML as text: everything that is put in is escaped, and elements are always closed. */
import { printable } from '../escape.ts';

/** Markup that needs no more escaping. */
export interface Markup {
  readonly html: string;
}

type Child = Markup | string | number | null | undefined | readonly Child[];
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

const VOID: ReadonlySet<string> = new Set(['meta', 'link', 'br']);
const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML shows it; control characters are made visible. */
export const escapeHtml = (text: string): string => printable(text).replace(/[&<>"']/g, (one) => ENTITIES[one] as string);

const render = (child: Child): string => {
  if (child === null || child === undefined) return '';
  if (Array.isArray(child)) return (child as readonly Child[]).map(render).join('');
  return typeof child === 'object' ? (child as Markup).html : escapeHtml(String(child));
};

/** An element. An attribute that is `null` or `false` is left out. */
export function el(name: string, attributes: Attributes, ...children: Child[]): Markup {
  const given = Object.entries(attributes).flatMap(([key, value]) => {
    if (value === null || value === undefined || value === false) return [];
    return value === true ? [` ${key}`] : [` ${key}="${escapeHtml(String(value))}"`];
  });
  return { html: `<${name}${given.join('')}>${VOID.has(name) ? '' : `${children.map(render).join('')}</${name}>`}` };
}

export const a = (href: string, ...children: Child[]): Markup => el('a', { href }, ...children);

/** A table that scrolls by itself where the window is narrow. The first cell of each row is its header. */
export const tableOf = (caption: string, heads: readonly Child[], rows: readonly (readonly Child[])[]): Markup =>
  el(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': caption },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))),
      el(
        'tbody',
        {},
        ...rows.map(([first, ...cells]) => el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell)))),
      ),
    ),
  );
