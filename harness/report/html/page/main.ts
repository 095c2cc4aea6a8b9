/** The frame of the page, and the view that its address names. */
import { isLanguage, LANGUAGES } from '../../../model.ts';
import type { PhraseKey } from '../../phrases/en.ts';
import { grouped } from '../../phrases/phrases.ts';
import type { CaptureOverview, PageRace } from '../page-format.ts';
import { overviewView, timelineView, titleOf } from './capture.ts';
import { cellView } from './cell.ts';
import { claimsView, hasClaims } from './claims.ts';
import { chooseFirst, view } from './comparison.ts';
import { connectionView } from './connection.ts';
import { type Children, h, type Option, select } from './dom.ts';
import { findingsView, hasFindings } from './findings.ts';
import { idleView } from './idle.ts';
import { closeInspector } from './inspector.ts';
import { scrollToMark } from './ladder.ts';
import { duration, isTheme, state, THEMES, t } from './language.ts';
import { matrixView } from './matrix.ts';
import { type Cell, cellOfId, index } from './model.ts';
import { chosen, observationView } from './observation.ts';
import { documentedView, habitsView, raceView, words } from './race.ts';
import { pairView } from './race-pair.ts';
import { segmentsView } from './segments.ts';

interface View {
  key: PhraseKey;
  draw(ids: readonly string[]): Children;
  /** Views that belong to another one are not in the menu. */
  within?: ViewName;
}
type ViewName =
  | 'matrix'
  | 'findings'
  | 'observation'
  | 'idle'
  | 'segments'
  | 'claims'
  | 'overview'
  | 'timeline'
  | 'connection'
  | 'race'
  | 'habits'
  | 'documents'
  | 'pair';

const RUN_VIEWS: Partial<Record<ViewName, View>> = {
  matrix: { key: 'ui.matrix', draw: () => matrixView(redraw) },
  ...(hasFindings() ? { findings: { key: 'ui.all-findings', draw: (ids: readonly string[]) => findingsView(redraw, ids) } } : {}),
  observation: { key: 'ui.observation', draw: () => observationView() },
  idle: { key: 'ui.idle', draw: () => idleView() },
  segments: { key: 'ui.segments', draw: () => segmentsView(redraw) },
  ...(hasClaims() ? { claims: { key: 'ui.claims', draw: () => claimsView() } } : {}),
};

const captureViews = (capture: CaptureOverview): Partial<Record<ViewName, View>> => ({
  overview: { key: 'ui.overview', draw: () => overviewView(capture) },
  timeline: { key: 'ui.timeline', draw: () => timelineView(capture) },
  connection: {
    key: 'ui.connection',
    draw: ([stream, frame]) => connectionView(capture, Number(stream), Number(frame ?? 0)),
    within: 'overview',
  },
});

const raceViews = (race: PageRace): Partial<Record<ViewName, View>> => ({
  race: { key: 'race.matrix', draw: () => raceView(race, redraw) },
  habits: { key: 'race.habits', draw: () => habitsView(race) },
  documents: { key: 'race.documented', draw: () => documentedView(race) },
  pair: { key: 'race.pair', draw: (ids) => pairView(race, ids), within: 'race' },
});

/** The views of the whole run, capture or race, by the first part of their address. */
const VIEWS = index.capture ? captureViews(index.capture) : index.race ? raceViews(index.race) : RUN_VIEWS;
const FIRST_VIEW: ViewName = index.capture ? 'overview' : index.race ? 'race' : 'matrix';

const isView = (name: string | undefined): name is ViewName => name !== undefined && Object.hasOwn(VIEWS, name);

/** Where the address leads: a view and the ids after its name, or a cell; `null` where the run has no such cell. */
type Place = { view: ViewName; ids: string[] } | { view: 'cell'; cell: Cell | null };

/** `#server/client/scenario` is a cell; `#/view/…` is a view. */
function route(): Place {
  const hash = location.hash.slice(1);
  const parts = hash.split('/').map(decode);
  if (hash !== '' && !hash.startsWith('/')) return { view: 'cell', cell: cellOfId(parts.join('/')) };
  const [, name, ...ids] = parts;
  return { view: isView(name) ? name : FIRST_VIEW, ids };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const placeOf = (rows: readonly { id: string }[], id: string | undefined): number => rows.findIndex((row) => row.id === id);

/** Takes over what the address chooses within a view. */
function readIds(name: ViewName, [first, second]: readonly string[]): void {
  if (name === 'matrix' && first && second) {
    const [client, scenario] = [placeOf(index.clients, first), placeOf(index.scenarios, second)];
    if (client >= 0 && scenario >= 0) Object.assign(view, { client, scenario });
  } else if (name === 'observation' && first) {
    const observation = placeOf(index.observations, first);
    if (observation >= 0) Object.assign(chosen, { observation, scenario: placeOf(index.scenarios, second) });
  }
}

const bodyOf = (at: Place): Children => {
  if (at.view !== 'cell') return VIEWS[at.view]?.draw(at.ids) ?? [];
  if (at.cell) return cellView(at.cell);
  return [h('h1', { tabindex: '-1' }, t('ui.no-cell')), h('p', {}, h('a', { href: `#/${FIRST_VIEW}` }, t('ui.back')))];
};

/** Draws the view again where it is: focus, caret and scroll position stay. */
function redraw(): void {
  const focused = document.activeElement?.id ?? '';
  const caret =
    document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'search'
      ? document.activeElement.selectionStart
      : null;
  const scrolled = document.querySelector('main .scroll')?.scrollLeft ?? 0;
  const main = draw();
  const again = focused ? document.getElementById(focused) : null;
  again?.focus({ preventScroll: true });
  if (caret !== null && again instanceof HTMLInputElement) again.setSelectionRange(caret, caret);
  const scroll = main.querySelector('.scroll');
  if (scroll) scroll.scrollLeft = scrolled;
}

/** Draws the view of a new address from its top; the focus goes to a cell's title. */
function moveHere(): void {
  const main = draw();
  scrollTo(0, 0);
  if (main.matches('.view-cell, .view-connection, .view-pair')) main.querySelector('h1')?.focus({ preventScroll: true });
  // A pair has several, and says more than its ladders.
  const marked = main.matches('.view-pair') ? null : main.querySelector('.sought')?.closest<HTMLElement>('figure');
  if (marked) scrollToMark(marked);
}

function draw(): HTMLElement {
  const at = route();
  if (at.view !== 'cell') readIds(at.view, at.ids);
  document.documentElement.lang = state.language === 'zh' ? 'zh-Hans' : state.language;
  document.documentElement.dataset.theme = state.theme;
  closeInspector();
  const body = bodyOf(at);
  const main = document.getElementById('main') ?? frame();
  main.className = `view-${at.view}`;
  main.replaceChildren(...body.flat().filter((child) => child instanceof Node));
  drawHeader(at.view === 'cell' ? 'matrix' : (VIEWS[at.view]?.within ?? at.view));
  drawFooter();
  document.title = titleOfPage();
  return main;
}

function titleOfPage(): string {
  if (index.capture) return `${titleOf(index.capture)} · wirematrix`;
  return index.race ? `${words().title} · wirematrix` : t('ui.title');
}

/** What stays while the views change. */
function frame(): HTMLElement {
  const main = h('main', { id: 'main', tabindex: '-1' });
  const skip = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  document
    .getElementById('app')
    ?.replaceChildren(
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

function drawHeader(current: ViewName): void {
  const links = Object.entries(VIEWS).flatMap(([name, { key, within }]) =>
    within ? [] : [h('a', { href: `#/${name}`, 'aria-current': name === current ? 'page' : null }, t(key))],
  );
  const setLanguage = (language: string): void => {
    if (isLanguage(language)) state.language = language;
    remember('language', language);
    redraw();
  };
  const setTheme = (theme: string): void => {
    if (isTheme(theme)) state.theme = theme;
    remember('theme', theme);
    redraw();
  };
  const languageOptions = LANGUAGES.map((language): Option => [language, t('language', {}, language)]);
  const themeOptions = THEMES.map((theme): Option => [theme, t(`ui.theme-${theme}`)]);
  document
    .getElementById('header')
    ?.replaceChildren(
      h('a', { class: 'brand', href: `#/${FIRST_VIEW}` }, 'wirematrix'),
      h('nav', { 'aria-label': t('ui.views') }, links),
      h(
        'div',
        { class: 'settings' },
        select(t('ui.language'), languageOptions, state.language, setLanguage, 'language'),
        select(t('ui.theme'), themeOptions, state.theme, setTheme, 'theme'),
      ),
    );
}

function drawFooter(): void {
  const about = index.run ? [h('p', {}, runText(index.run))] : [];
  document.getElementById('footer')?.replaceChildren(...about, h('p', {}, t('ui.print-note')));
}

function runText({ startedAt, host, capture, longestWaitMs }: NonNullable<typeof index.run>): string {
  const args = {
    when: startedAt.slice(0, 16).replace('T', ' '),
    kernel: host.kernel,
    backend: capture.backend,
    clock: capture.clock,
    frames: capture.framesCaptured,
    dropped: capture.framesDropped === null ? t('ui.drops-unknown') : grouped(capture.framesDropped),
    window: duration(longestWaitMs * 1e3),
  };
  return t('ui.run', args);
}

type Setting = 'language' | 'theme';

/** What the reader chose in an earlier visit; `null` where the browser gives a page from disk no storage. */
function remembered(name: Setting): string | null {
  try {
    return localStorage.getItem(`wirematrix-${name}`);
  } catch {
    return null;
  }
}

function remember(name: Setting, value: string): void {
  try {
    localStorage.setItem(`wirematrix-${name}`, value);
  } catch {
    // Without storage the choice lasts as long as the page.
  }
}

state.language = [remembered('language') ?? '', index.language].find(isLanguage) ?? 'en';
state.theme = [remembered('theme')].find(isTheme) ?? 'auto';
chooseFirst();
addEventListener('hashchange', moveHere);
if (location.hash === '') redraw();
else moveHere();
