/** The frame of the page, and which view its address names. */
import { cellView } from './cell.js';
import { claimsView, hasClaims } from './claims.js';
import { h, select } from './dom.js';
import { idleView } from './idle.js';
import { closeInspector } from './inspector.js';
import { duration, grouped, languages, state, t } from './language.js';
import { chooseFirst, matrixView, view } from './matrix.js';
import { cellNamed, index } from './model.js';
import { chosen, observationView } from './observation.js';
import { segmentsView } from './segments.js';

const THEMES = ['auto', 'light', 'dark'];
const app = /** @type {HTMLElement} */ (document.getElementById('app'));

/** What the reader chose before; a page from disk may have no storage. @param {string} name @param {string} [value] */
function remembered(name, value) {
  try {
    if (value !== undefined) localStorage.setItem(`wirematrix-${name}`, value);
    return localStorage.getItem(`wirematrix-${name}`);
  } catch {
    return null;
  }
}

/** `#server/client/scenario` is a cell; `#/view/…` is a view. */
function route() {
  const hash = location.hash.slice(1);
  const parts = (hash.startsWith('/') ? hash.slice(1) : '').split('/').map(decode);
  if (hash !== '' && !hash.startsWith('/')) {
    const id = hash.split('/').map(decode).join('/');
    return { name: 'cell', cell: cellNamed(id), parts };
  }
  return {
    name: ['matrix', 'observation', 'idle', 'segments', 'claims'].includes(parts[0] ?? '') ? /** @type {string} */ (parts[0]) : 'matrix',
    cell: null,
    parts,
  };
}

/** @param {string} part */
function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** @param {any[]} rows @param {string | undefined} id */
const placeOf = (rows, id) => rows.findIndex((row) => row.id === id);

/** @param {string[]} parts */
function readParts([name, first, second]) {
  if (name === 'matrix' && first && second) {
    const [client, scenario] = [placeOf(index.clients, first), placeOf(index.scenarios, second)];
    if (client >= 0 && scenario >= 0) Object.assign(view, { client, scenario });
  } else if (name === 'observation' && first) {
    const observation = placeOf(index.observations, first);
    if (observation >= 0) Object.assign(chosen, { observation, scenario: placeOf(index.scenarios, second) });
  }
}

/** @param {boolean} moved to another address: the focus goes there too */
function draw(moved) {
  const at = route();
  readParts(at.parts);
  const focused = document.activeElement?.id ?? '';
  const caret =
    document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'search'
      ? document.activeElement.selectionStart
      : null;
  document.documentElement.lang = state.language === 'zh' ? 'zh-Hans' : state.language;
  document.documentElement.dataset.theme = state.theme;
  closeInspector();
  const redraw = () => draw(false);
  const scrolled = /** @type {HTMLElement | null} */ (document.querySelector('main .scroll'))?.scrollLeft ?? 0;
  const body =
    at.name === 'cell'
      ? at.cell
        ? cellView(at.cell)
        : [h('h1', { tabindex: '-1' }, t('ui.no-cell')), h('p', {}, h('a', { href: '#/matrix' }, t('ui.back')))]
      : at.name === 'observation'
        ? observationView()
        : at.name === 'idle'
          ? idleView()
          : at.name === 'segments'
            ? segmentsView(redraw)
            : at.name === 'claims'
              ? claimsView()
              : matrixView(redraw);
  const main = /** @type {HTMLElement} */ (document.getElementById('main') ?? frame());
  main.className = `view-${at.name}`;
  main.replaceChildren(...body.flat().filter((/** @type {any} */ child) => child instanceof Node));
  header(at.name);
  if (moved) {
    scrollTo(0, 0);
    if (at.name === 'cell') /** @type {HTMLElement | null} */ (main.querySelector('h1'))?.focus({ preventScroll: true });
    return;
  }
  const again = focused ? document.getElementById(focused) : null;
  again?.focus({ preventScroll: true });
  if (caret !== null && again instanceof HTMLInputElement) again.setSelectionRange(caret, caret);
  const scroll = main.querySelector('.scroll');
  if (scroll) scroll.scrollLeft = scrolled;
}

/** What stays while the views change. */
function frame() {
  const main = h('main', { id: 'main', tabindex: '-1' });
  const skip = (/** @type {Event} */ event) => {
    event.preventDefault();
    main.focus();
  };
  app.replaceChildren(
    h('a', { class: 'skip', href: '#main', onclick: skip }, t('ui.skip')),
    h('header', { id: 'header' }),
    main,
    h('aside', { id: 'inspector', hidden: true, 'aria-labelledby': 'inspector-title' }),
    h('div', { id: 'live', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' }),
    h('footer', { id: 'footer' }),
  );
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') closeInspector();
  });
  return main;
}

/** @param {string} name */
function header(name) {
  const { run } = index;
  const link = (/** @type {string} */ to, /** @type {string} */ key) =>
    h('a', { href: `#/${to}`, 'aria-current': name === to || (name === 'cell' && to === 'matrix') ? 'page' : null }, t(key));
  const setLanguage = (/** @type {string} */ language) => {
    state.language = language;
    remembered('language', language);
    draw(false);
  };
  const setTheme = (/** @type {string} */ theme) => {
    state.theme = theme;
    remembered('theme', theme);
    draw(false);
  };
  const languageOptions = languages.map((language) => /** @type {[string, string]} */ ([language, t('language', {}, language)]));
  const themeOptions = THEMES.map((theme) => /** @type {[string, string]} */ ([theme, t(`ui.theme-${theme}`)]));
  document
    .getElementById('header')
    ?.replaceChildren(
      h('a', { class: 'brand', href: '#/matrix' }, 'wirematrix'),
      h(
        'nav',
        { 'aria-label': t('ui.views') },
        link('matrix', 'ui.matrix'),
        link('observation', 'ui.observation'),
        link('idle', 'ui.idle'),
        link('segments', 'ui.segments'),
        hasClaims() ? link('claims', 'ui.claims') : null,
      ),
      h(
        'div',
        { class: 'settings' },
        select(t('ui.language'), languageOptions, state.language, setLanguage, 'language'),
        select(t('ui.theme'), themeOptions, state.theme, setTheme, 'theme'),
      ),
    );
  const { capture } = run;
  const args = {
    when: run.startedAt.slice(0, 16).replace('T', ' '),
    kernel: run.host.kernel,
    backend: capture.backend,
    clock: capture.clock,
    frames: capture.framesCaptured,
    dropped: capture.framesDropped === null ? t('ui.drops-unknown') : grouped(capture.framesDropped),
    window: duration(run.longestWaitMs * 1e3),
  };
  document.getElementById('footer')?.replaceChildren(h('p', {}, t('ui.run', args)), h('p', {}, t('ui.print-note')));
  document.title = t('ui.title');
}

const known = remembered('language');
state.language = known && languages.includes(known) ? known : languages.includes(index.language) ? index.language : 'en';
const theme = remembered('theme');
state.theme = theme && THEMES.includes(theme) ? theme : 'auto';
chooseFirst();
addEventListener('hashchange', () => draw(true));
draw(location.hash !== '');
