/** The frame of the page, and the view that its address names. */
import { isLanguage, LANGUAGES } from '../../../model.ts';
import type { PhraseKey } from '../../phrases/en.ts';
import { grouped } from '../../phrases/phrases.ts';
import type { CaptureOverview, PageRace } from '../page-format.ts';
import { address, keepInAddress } from './address.ts';
import { overviewView, timelineView, titleOf } from './capture.ts';
import { capturedCell } from './captured.ts';
import { cellView, detailsFor } from './cell.ts';
import { claimsView, hasClaims } from './claims.ts';
import { chooseFirst, view } from './comparison.ts';
import { connectionAt, connectionView } from './connection.ts';
import { closeDialogs } from './dialog.ts';
import { type Children, h, type Option, select } from './dom.ts';
import { findingsView, hasFindings } from './findings.ts';
import { openFrame } from './frame-panel.ts';
import { openHelp } from './help.ts';
import { idleView } from './idle.ts';
import { closeInspector, inspect } from './inspector.ts';
import { scrollToMark } from './ladder.ts';
import { duration, isTheme, state, THEMES, t } from './language.ts';
import { drawRunLine, followRun, runLine } from './live.ts';
import { matrixView, narrow } from './matrix.ts';
import { choices, matrix, parents, readChoices } from './matrix-state.ts';
import {
  type Cell,
  cellId,
  cellOfId,
  clientAt,
  detailOf,
  index,
  observationAt,
  readAgain,
  readDetails,
  scenarioAt,
  serverAt,
  valueText,
} from './model.ts';
import { chosen, observationView } from './observation.ts';
import type { Captured } from './packets.ts';
import { preparePrints } from './print.ts';
import { documentedView, habitsView, raceView, words } from './race.ts';
import { pairView } from './race-pair.ts';
import { openSearch } from './search.ts';
import type { Hit } from './search-list.ts';
import { segmentsView } from './segments.ts';
import { cellsBeside, sideBySideView } from './side-by-side.ts';
import { stackTables } from './stack.ts';
import { openTakeAway } from './takeaway.ts';

interface View {
  key: PhraseKey;
  draw(ids: readonly string[]): Children;
  /** Default: the run always has something for it. */
  hasContent?(): boolean;
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
  | 'pair'
  | 'beside';

const RUN_VIEWS: Partial<Record<ViewName, View>> = {
  matrix: { key: 'ui.matrix', draw: () => matrixView(redraw) },
  findings: { key: 'ui.all-findings', draw: (ids) => findingsView(redraw, ids), hasContent: hasFindings },
  observation: { key: 'ui.observation', draw: () => observationView() },
  idle: { key: 'ui.idle', draw: (ids) => idleView(ids) },
  segments: { key: 'ui.segments', draw: () => segmentsView(redraw) },
  beside: { key: 'beside.title', draw: (ids) => sideBySideView(ids), within: 'matrix' },
  claims: { key: 'ui.claims', draw: (ids) => claimsView(ids), hasContent: hasClaims },
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

const isView = (name: string | undefined): name is ViewName =>
  name !== undefined && Object.hasOwn(VIEWS, name) && hasContent(VIEWS[name as ViewName]);

const hasContent = (view: View | undefined): boolean => view?.hasContent?.() ?? true;

/** Where the address leads: a view and the ids after its name, or a cell; `null` where the run has no such cell. */
type Place = { view: ViewName; ids: string[] } | { view: 'cell'; cell: Cell | null; frame: number };

/** `#server/client/scenario` is a cell, `#server/client/scenario/55` a frame of it; `#/view/…` is a view. */
function route(): Place {
  const { path: hash } = address();
  const parts = hash.split('/').map(decode);
  if (hash !== '' && !hash.startsWith('/')) {
    const frame = /^\d+$/.test(parts[3] ?? '') ? Number(parts[3]) : 0;
    return { view: 'cell', cell: cellOfId(parts.slice(0, frame > 0 ? 3 : undefined).join('/')), frame };
  }
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

/** What the reader chose, in the address: a copied link shows the same. */
function keepChoices(): void {
  const at = route();
  const query = at.view === 'matrix' ? choices() : address().query;
  if (state.language === index.language) query.delete('lang');
  else query.set('lang', state.language);
  const path = at.view === 'matrix' ? `/matrix/${clientAt(view.client).id}/${scenarioAt(view.scenario).id}` : null;
  const untouched = location.hash === '' && [...query].length === 0;
  if (!untouched) keepInAddress(query, path);
}

/** Draws the view again where it is: focus, caret and scroll position stay. */
function redraw(): void {
  keepChoices();
  const findFocused = finderOf(document.activeElement);
  const caret =
    document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'search'
      ? document.activeElement.selectionStart
      : null;
  const { scrollLeft = 0, scrollTop = 0 } = document.querySelector('main .scroll') ?? {};
  const main = draw();
  const again = findFocused();
  again?.focus({ preventScroll: true });
  if (again?.matches('td.value')) again.setAttribute('tabindex', '0');
  if (caret !== null && again instanceof HTMLInputElement) again.setSelectionRange(caret, caret);
  const scroll = main.querySelector('.scroll');
  if (scroll) Object.assign(scroll, { scrollLeft, scrollTop });
}

/** Finds the same element when the view was drawn again: by its id, a link by where it leads. */
function finderOf(element: Element | null): () => HTMLElement | null {
  if (element?.id) return () => document.getElementById(element.id);
  const href = element?.getAttribute('href') ?? null;
  const within = element?.closest('main, header, footer')?.localName ?? null;
  return () => (href === null || within === null ? null : document.querySelector(`${within} a[href="${CSS.escape(href)}"]`));
}

/** What a view of cells shows, as the run has it now; of the other views every state of the run is another one. */
function contentOf(at: Place): unknown {
  if (at.view !== 'cell' && at.view !== 'beside') return index;
  const shown = at.view === 'cell' ? [at.cell] : bothOf(at.ids);
  return JSON.stringify(shown.map((cell) => cell && [cellId(cell), cell.state, cell.sha256, cell.reason]));
}

/** What the drawn view shows. */
let content: unknown = null;

/** Takes over what the run has shown since. Where whoever serves the page is gone, it stays as it is. */
async function takeNews(): Promise<void> {
  await readAgain().catch(() => {});
  await drawNews();
}

/** How often it is looked whether the reader has let go. Milliseconds. */
const IN_HAND_MS = 250;
let later: ReturnType<typeof setTimeout> | undefined;

/** Draws what is new as soon as that takes nothing out of the reader's hands. */
async function drawNews(): Promise<void> {
  clearTimeout(later);
  if (isInHand()) {
    later = setTimeout(() => void drawNews(), IN_HAND_MS);
    return;
  }
  const { hash } = location;
  await readNeeded();
  const at = route();
  if (location.hash !== hash) return;
  if (contentOf(at) !== content) drawInPlace();
  else if (at.view === 'cell') drawn = at.cell;
}

/** Whether something is open, or text is marked, that drawing the view again would undo. */
function isInHand(): boolean {
  const isOpenSelect = CSS.supports('selector(:open)') && document.querySelector('select:open') !== null;
  return (
    isOpenSelect ||
    document.querySelector('dialog[open]') !== null ||
    document.getElementById('inspector')?.hidden === false ||
    getSelection()?.isCollapsed === false
  );
}

/** Draws the view again as `redraw` does; what the reader has unfolded stays so, and the page where it is. */
function drawInPlace(): void {
  const { scrollX: left, scrollY: top } = window;
  const foldsIn = (): HTMLDetailsElement[] => [...document.querySelectorAll<HTMLDetailsElement>('main details')];
  const keyOf = (one: HTMLDetailsElement): string =>
    `${one.closest('[id]')?.id} ${one.className} ${one.closest('li')?.firstElementChild?.textContent}`;
  const unfolded = new Set(foldsIn().flatMap((one) => (one.open ? [keyOf(one)] : [])));
  redraw();
  for (const one of foldsIn()) if (unfolded.has(keyOf(one))) one.open = true;
  // What is filled when it is unfolded is so by then.
  setTimeout(() => scrollTo(left, top));
}

/** Opens the frame that the address names; the address is the cell's again when the reader closes it. */
function showFrame({ of, frame }: FrameAsked): void {
  void openFrame(of, frame, () => history.replaceState(null, '', `#${of.address}`));
}

interface FrameAsked {
  of: Captured;
  /** 0: none. */
  frame: number;
}

/** What the address names whose frames can be shown: an observed cell, or a connection of a capture from elsewhere. */
function capturedAt(at: Place): FrameAsked | null {
  if (at.view === 'cell') return at.cell?.state === 'observed' ? { of: capturedCell(at.cell), frame: at.frame } : null;
  if (at.view !== 'connection' || !index.capture) return null;
  const of = connectionAt(index.capture, Number(at.ids[0]));
  return of && { of, frame: Number(at.ids[1] ?? 0) || 0 };
}

/** The details that a view needs; each is unpacked when it is first asked for. */
function neededBy(at: Place): Cell[] {
  const wanted =
    at.view === 'cell' ? (at.cell?.state === 'observed' ? detailsFor(at.cell) : []) : at.view === 'beside' ? bothOf(at.ids) : [];
  return wanted.filter((cell) => detailOf(cell) === null);
}

/** Reads the details that the view needs; those that can't be read are asked for once. Meanwhile the run may have gone on, and its cells been read anew. */
async function readNeeded(): Promise<void> {
  const asked = new Set<Cell>();
  for (;;) {
    const needed = neededBy(route()).filter((cell) => !asked.has(cell));
    if (needed.length === 0) return;
    for (const cell of needed) asked.add(cell);
    await readDetails(needed);
  }
}

const bothOf = (ids: readonly string[]): Cell[] => {
  const { left, right } = cellsBeside(ids);
  return [left, right].filter((cell) => cell !== null);
};

/** Draws the view of a new address from its top, when all that it shows is there. */
async function moveHere(): Promise<void> {
  closeDialogs();
  readAddress();
  const { hash } = location;
  await readNeeded();
  if (location.hash === hash) arrive();
}

/** The focus goes to a cell's title. Of what is drawn already only the frame is new. */
function arrive(): void {
  const at = route();
  const asked = capturedAt(at);
  if (asked !== null && asked.of.address === shown) {
    if (asked.frame > 0) showFrame(asked);
    else closeInspector();
    return;
  }
  const main = draw();
  scrollTo(0, 0);
  if (main.matches('.view-cell, .view-connection, .view-pair, .view-beside')) main.querySelector('h1')?.focus({ preventScroll: true });
  main.querySelector('.claim[open]')?.scrollIntoView({ block: 'start' });
  // A pair has several, and says more than its ladders.
  const marked = main.matches('.view-pair') ? null : main.querySelector('.sought')?.closest<HTMLElement>('figure');
  if (marked) scrollToMark(marked);
}

/** The cell whose view is drawn. */
let drawn: Cell | null = null;
/** The address of the cell or connection whose view is drawn. */
let shown: string | null = null;

/** Takes over what the address chooses. */
function readAddress(): void {
  const { query } = address();
  const language = query.get('lang');
  if (language !== null && isLanguage(language)) state.language = language;
  const at = route();
  // Before the choices are kept: else they would take the place of those that the address names.
  if (at.view !== 'cell') readIds(at.view, at.ids);
  if (at.view === 'matrix') readChoices(query);
  keepChoices();
}

function draw(): HTMLElement {
  const at = route();
  document.documentElement.lang = state.language === 'zh' ? 'zh-Hans' : state.language;
  document.documentElement.dataset.theme = state.theme;
  closeInspector();
  const body = bodyOf(at);
  const main = document.getElementById('main') ?? frame();
  main.className = `view-${at.view}`;
  main.replaceChildren(...body.flat().filter((child) => child instanceof Node));
  if (narrow.matches) stackTables(main);
  drawHeader(at.view === 'cell' ? 'matrix' : (VIEWS[at.view]?.within ?? at.view));
  drawFooter();
  drawRunLine();
  drawn = at.view === 'cell' ? at.cell : null;
  content = contentOf(at);
  const asked = capturedAt(at);
  shown = asked?.of.address ?? null;
  if (asked !== null && asked.frame > 0) showFrame(asked);
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
  const line = runLine();
  const skip = (event: Event): void => {
    event.preventDefault();
    main.focus();
  };
  document
    .getElementById('app')
    ?.replaceChildren(
      h('a', { class: 'skip', href: '#main', onclick: skip }, t('ui.skip')),
      ...(line ? [line] : []),
      h('header', { id: 'header' }),
      main,
      h('aside', { id: 'inspector', hidden: true, 'aria-labelledby': 'inspector-title' }),
      h('div', { id: 'live', class: 'visually-hidden', role: 'status', 'aria-live': 'polite' }),
      h('footer', { id: 'footer' }),
    );
  document.addEventListener('keydown', onKey);
  return main;
}

const SHORTCUTS: Readonly<Record<string, () => void>> = {
  ...(FIRST_VIEW === 'matrix' ? { '/': () => openSearch((hit) => void openHit(hit)) } : {}),
  '?': openHelp,
  t: takeAway,
  m: () => {
    location.hash = `/${FIRST_VIEW}`;
  },
};

/** The keys of the page, where nobody is writing. */
function onKey(event: KeyboardEvent): void {
  if (event.key === 'Escape') closeInspector();
  const writes = event.target instanceof Element && event.target.closest('input, select, textarea, dialog') !== null;
  const shortcut = Object.hasOwn(SHORTCUTS, event.key) ? SHORTCUTS[event.key] : undefined;
  if (!shortcut || writes || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  shortcut();
}

/** Opens what can be taken from the view that is shown. */
function takeAway(): void {
  // What is drawn, not what the address names: a cell's details may still be on their way.
  openTakeAway(document.querySelector('main h1')?.textContent ?? '', drawn);
}

/** Goes to what was found; a value is opened there. */
async function openHit({ address: to, value }: Hit): Promise<void> {
  history.pushState(null, '', `#${to}`);
  await moveHere();
  if (value) {
    const { cell, observation } = value;
    const right = valueText(cell.values.get(observation), observationAt(observation).unit);
    inspect(cell, observation, t('ui.value-only', { server: serverAt(cell.server).title, right }), false);
  }
}

function drawHeader(current: ViewName): void {
  const links = Object.entries(VIEWS).flatMap(([name, view]) => {
    const { key, within } = view;
    return within || !hasContent(view) ? [] : [h('a', { href: `#/${name}`, 'aria-current': name === current ? 'page' : null }, t(key))];
  });
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
        { class: 'tools' },
        FIRST_VIEW !== 'matrix'
          ? null
          : h(
              'button',
              { type: 'button', id: 'open-search', onclick: () => openSearch((hit) => void openHit(hit)) },
              t('search.title'),
              ' ',
              h('kbd', {}, '/'),
            ),
        h('button', { type: 'button', id: 'take-away', onclick: takeAway }, t('take.title')),
        h('button', { type: 'button', id: 'open-help', 'aria-label': t('keys.title'), title: t('keys.title'), onclick: openHelp }, '?'),
      ),
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
    clock: t(capture.clock === 'kernel' ? 'ui.clock-kernel' : 'ui.clock-user'),
    frames: capture.framesCaptured,
    dropped: capture.framesDropped === null ? t('ui.drops-unknown') : grouped(capture.framesDropped),
    window: duration(longestWaitMs * 1e3),
  };
  return t('ui.run', args);
}

/** Shows every variant and version of the matrix. @returns folds them again */
function unfoldAll(): () => void {
  if (route().view !== 'matrix') return () => {};
  const before = matrix.open;
  matrix.open = new Set(parents());
  redraw();
  return () => {
    matrix.open = before;
    redraw();
  };
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
addEventListener('hashchange', () => void moveHere());
preparePrints(unfoldAll);
narrow.addEventListener('change', redraw);
if (location.hash === '') redraw();
else void moveHere();
let news = Promise.resolve();
followRun(() => {
  // One that could not be taken over must not keep the next ones from it.
  news = news.then(takeNews).catch(() => {});
});
