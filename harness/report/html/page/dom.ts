/** Elements. Text becomes text nodes: nothing is ever parsed as markup. */
import { t } from './language.js';

/** @typedef {Node | string | number | null | undefined | false} Child */

/** @param {Element} element @param {Record<string, any>} props */
function assign(element, props) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style')
      for (const [property, text] of Object.entries(value)) /** @type {any} */ (element).style.setProperty(property, text);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
}

/** @param {Element} element @param {(Child | Child[])[]} children */
function append(element, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

/** @param {string} tag @param {Record<string, any>} [props] @param {...(Child | Child[])} children @returns {any} */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  assign(element, props);
  append(element, children);
  return element;
}

/** @param {string} tag @param {Record<string, any>} [props] @param {...(Child | Child[])} children @returns {any} */
export function svg(tag, props = {}, ...children) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  assign(element, props);
  append(element, children);
  return element;
}

/**
 * @param {string} label @param {[value: string, text: string][]} options @param {string} selected @param {(value: string) => void} choose
 * @param {string} [id] so that the focus finds it again when the view is drawn anew
 */
export function select(label, options, selected, choose, id) {
  const box = h(
    'select',
    { onchange: () => choose(box.value), id },
    options.map(([value, text]) => h('option', { value, selected: value === selected }, text)),
  );
  return h('label', { class: 'control' }, h('span', {}, label), box);
}

/** @param {string} filter */
export function filterWithCopy(filter) {
  const button = h('button', { type: 'button', class: 'copy', 'aria-label': t('ui.copy-filter', { filter }) }, t('ui.copy'));
  button.addEventListener('click', async () => {
    await copy(filter);
    button.textContent = t('ui.copied');
    announce(t('ui.copied'));
    setTimeout(() => {
      button.textContent = t('ui.copy');
    }, 1500);
  });
  return h('span', { class: 'filter' }, h('code', {}, filter), button);
}

/** @param {string} text */
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Browsers that don't let a page from disk use the clipboard: the old way.
    const area = h('textarea', { class: 'visually-hidden', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
}

/** Said by screen readers. @param {string} text */
export function announce(text) {
  const live = document.getElementById('live');
  if (live) live.textContent = text;
}

/** What to type into Wireshark's filter bar. @param {number[]} frames */
export function displayFilter(frames) {
  const shown = frames.filter((frame) => frame > 0);
  return shown.length === 1 ? `frame.number == ${shown[0]}` : `frame.number in {${shown.join(', ')}}`;
}

/** @param {number[]} frames a negative number stands for that many more */
export function framesText(frames) {
  if (frames.length === 0) return t('ui.no-frames');
  const list = frames.map((frame) => (frame < 0 ? `… +${-frame}` : String(frame))).join(', ');
  return t('ui.frames', { n: frames.length, list });
}

/** @param {number} first @param {number} last */
export const span = (first, last) => (first === last ? String(first) : `${first}–${last}`);
