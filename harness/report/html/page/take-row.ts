/** A row of the matrix to be pasted elsewhere: into a pull request, say. */
import type { Comparison } from './comparison.ts';
import { announce, copy, framesText, h, svg } from './dom.ts';
import { t } from './language.ts';
import { markdownTable } from './markdown.ts';
import { type Cell, cellId, clientAt, index, observationAt, observationTitle, scenarioTitle, serverAt, valueText } from './model.ts';

/** The values of a cell as a Markdown table: each with its frames, below a line that says where they are from. */
export function rowMarkdown(cell: Cell, observations: readonly number[]): string {
  const server = serverAt(cell.server);
  const values = observations.flatMap((observation) => {
    const value = cell.values.get(observation);
    if (!value) return [];
    const frames = value.frames.length > 0 ? framesText(value.frames) : '';
    return [[observationTitle(observation), valueText(value, observationAt(observation).unit), frames]];
  });
  const name = [server.title, server.version].filter(Boolean).join(' ');
  const title = `**${name}** · ${clientAt(cell.client).title} · ${scenarioTitle(cell.scenario)}`;
  const head = [t('ui.observation-title'), t('ui.value'), t('take.frames')];
  return `${title}\n\n${markdownTable([head, ...values])}\n\n${origin(cell)}\n`;
}

/** Which capture and run the values are from. */
function origin(cell: Cell): string {
  const when = index.run ? index.run.startedAt.slice(0, 10) : '';
  return `wirematrix ${when} · \`${cellId(cell)}\`${cell.sha256 ? ` · SHA-256 \`${cell.sha256.slice(0, 16)}…\`` : ''}`;
}

/** Two sheets: the sign of copying, as a drawing, because many fonts lack it. */
const sheets = (): SVGElement =>
  svg(
    'svg',
    { viewBox: '0 0 12 12', width: 12, height: 12, 'aria-hidden': 'true' },
    svg('path', { class: 'sheets', d: 'M4 1h7v7h-7zM4 4h-3v7h7v-3' }),
  );

/** A button that copies the row. */
export function copyRowButton(cell: Cell, columns: readonly Comparison[]): HTMLElement {
  const label = t('take.row', { server: serverAt(cell.server).title });
  const button = h('button', { type: 'button', class: 'take-row', 'aria-label': label, title: label }, sheets());
  button.addEventListener('click', async () => {
    await copy(
      rowMarkdown(
        cell,
        columns.map(({ observation }) => observation),
      ),
    );
    button.replaceChildren('✓');
    announce(t('ui.copied'));
    setTimeout(() => {
      button.replaceChildren(sheets());
    }, 1500);
  });
  return button;
}
