/** A page that is served while its run goes on: the line at its top, cells that are run again, and when there is something new. */
import type { LiveProgress } from '../page-format.ts';
import { announce, type Child, h } from './dom.ts';
import { isLive } from './embedded.ts';
import { duration, joined, t } from './language.ts';
import { type Cell, cellId } from './model.ts';

/** How often the time that is left is written anew. Milliseconds. */
const TICK_MS = 1_000;

let progress: LiveProgress | null = null;
/** Whoever served the page is gone. */
let isGone = false;

/** Where the line is drawn; `null` in a report that is a file. */
export const runLine = (): HTMLElement | null =>
  isLive ? h('section', { id: 'run-line', class: 'run-line', 'aria-label': t('live.run') }) : null;

/** Follows the run. @param onNews the index has changed */
export function followRun(onNews: () => void): void {
  if (!isLive) return;
  let version = -1;
  const events = new EventSource('events');
  events.addEventListener('message', ({ data }) => {
    const before = progress;
    progress = JSON.parse(String(data)) as LiveProgress;
    isGone = false;
    if (before?.state === 'runs' && progress.state === 'ended') announce(endText(progress));
    if (progress.problem !== null && progress.problem !== before?.problem) announce(t('live.problem', { problem: progress.problem }));
    drawRunLine();
    if (progress.version !== version) onNews();
    version = progress.version;
  });
  // The browser tries again by itself: a command that was only slow is found.
  events.addEventListener('error', () => {
    if (!isGone) announce(t('live.gone'));
    isGone = true;
    drawRunLine();
  });
  setInterval(drawRunLine, TICK_MS);
}

/** Draws what changes without the index: the line, and whether cells can be run again. */
export function drawRunLine(): void {
  const line = document.getElementById('run-line');
  if (!line || !progress) return;
  line.setAttribute('aria-label', t('live.run'));
  line.classList.toggle('over', isGone || progress.state === 'ended');
  line.replaceChildren(...partsOf(progress));
  for (const button of document.querySelectorAll<HTMLButtonElement>('button.again')) settle(button);
}

function partsOf({ cells, again, problem, ...now }: LiveProgress): Node[] {
  const { done, failed, all } = cells;
  const part = (text: string, name = ''): HTMLElement => h('span', { class: `part-of-line ${name}` }, text);
  const running = now.state === 'runs' && !isGone;
  return [
    h('progress', { value: done + failed, max: Math.max(1, all), 'aria-label': t('live.progress') }),
    ...(running
      ? [
          part(t('live.cells', { done: done + failed, all }), 'count-of-line'),
          failed > 0 ? part(t('live.failed', { n: failed }), 'failed') : null,
          part(t('live.for', { length: duration((Date.now() - now.startedAt) * 1e3) })),
          watchText(now.watching),
          actText(now.acting),
        ]
      : [part(isGone ? t('live.gone') : endText({ ...now, cells, again, problem }))]),
    again.length > 0 ? part(t('live.waiting', { cells: again.join(t('ui.list')) })) : null,
    problem === null ? null : part(t('live.problem', { problem }), 'failed'),
  ].flatMap((one) => (one === null ? [] : [typeof one === 'string' ? part(one) : one]));
}

function endText({ cells, folder }: LiveProgress): string {
  const { done, failed } = cells;
  return joined([
    t('live.ended', { done: done + failed, failed }),
    ...(folder === null ? [] : [t('live.files', { folder })]),
    t('live.until'),
  ]);
}

function watchText(watching: LiveProgress['watching']): string | null {
  if (watching === null) return null;
  const time = new Date(watching.until).toLocaleTimeString('en-GB', { hour12: false });
  const left = Math.max(0, Math.ceil((watching.until - Date.now()) / 1000));
  const { cells: n, cell } = watching;
  return n === 1 ? t('live.watches', { cell, time, left }) : t('live.watch', { n, time, left });
}

function actText(acting: LiveProgress['acting']): string | null {
  if (acting === null) return null;
  const { cell, doing, step, more } = acting;
  const one = t('live.acts', { cell, doing: t(`live.${doing}`, { step: step ?? '' }) });
  return more > 0 ? `${one} (${t('live.more', { n: more })})` : one;
}

/** A button that has the cell run once more; `null` in a report that is a file, and for a cell that has not ended. */
export function againButton(cell: Cell): HTMLElement | null {
  if (!isLive || cell.state === 'pending' || cell.state === 'not-applicable') return null;
  const id = cellId(cell);
  const button = h('button', {
    type: 'button',
    class: 'again',
    id: `again-${id}`,
    'data-cell': id,
    'aria-label': t('live.again-of', { cell: id }),
    onclick: () => void runAgain(id),
  });
  settle(button);
  return button;
}

function settle(button: HTMLButtonElement): void {
  const waits = progress?.again.includes(button.dataset.cell ?? '') ?? false;
  button.disabled = isGone || waits;
  const text = t(waits ? 'live.waits' : 'live.again');
  if (button.textContent !== text) button.textContent = text;
}

/** What came of it is told with the progress. */
async function runAgain(id: string): Promise<void> {
  const path = id.split('/').map(encodeURIComponent).join('/');
  const answer = await fetch(`again/${path}`, { method: 'POST' }).catch(() => null);
  if (answer?.ok) announce(t('live.asked', { cell: id }));
}

/** What stands in the place of a cell that has not ended. */
export const pendingText = (): Child => h('p', { class: 'outcome pending' }, t('live.pending'));
