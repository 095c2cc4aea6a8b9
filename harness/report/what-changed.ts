/** `what-changed.md`: the versions of one server side by side, and what changed from each to the next. */
import { isObserved } from '../compare/matrix.ts';
import { cellId, type Difference, type ObservationRow, type ObservedCell, type RunResult, type ServerRow } from '../compare/run-result.ts';
import { versionedId } from '../system/versioned-id.ts';
import { codeSpan, escapeMarkdown } from './escape.ts';
import { type VersionFinding, versionFindings } from './findings.ts';
import { fileOf, table } from './markdown-parts.ts';
import { TABLE_WORDS, type TableWords } from './phrases/tables.ts';
import type { ReportInput } from './reporter.ts';
import { framesText, placeOf, valueText } from './value-text.ts';

/** What is shown of every version, changed or not: how long a connection lives. */
const ALWAYS: readonly string[] = [
  'keepalive.advertised-s',
  'idle.used-s',
  'idle.unused-s',
  'idle.partial-head-s',
  'keepalive.max-requests',
  'shutdown.idle',
];

/** Whether another run may show another value although nothing changed: it is a duration, or a number of connections or segments. */
const dependsOnTiming = (observation: string): boolean =>
  /^(connections|starvation|handshake)\.|^load\.ms$|^framing\.(head-segments|largest-segment|head-and-body)$/.test(observation);

/** The whole of the file; `null` where the run has no two versions of anything. */
export function renderChanges({ run, language }: Pick<ReportInput, 'run' | 'language'>): string | null {
  const words = TABLE_WORDS[language];
  const all = versionFindings(run, words);
  if (all.length === 0) return null;
  const families = new Map<string, VersionFinding[]>();
  for (const finding of all) {
    const family = versionedId(finding.earlier)?.family ?? '';
    families.set(family, [...(families.get(family) ?? []), finding]);
  }
  return fileOf([`# ${words.versionTitle}`, ...[...families.values()].map((findings) => familySection(run, findings, words))]);
}

/** The versions of one kind: first in words and side by side, then each step. */
function familySection(run: RunResult, findings: readonly VersionFinding[], words: TableWords): string {
  const ids = [...new Set(findings.flatMap(({ earlier, later }) => [earlier, later]))];
  const versions = ids.flatMap((id) => run.servers.find((server) => server.id === id) ?? []);
  const changed = new Set(
    findings.flatMap(({ changes }) => changes.map(({ observation }) => observation)).filter((id) => !dependsOnTiming(id)),
  );
  const rows = run.observations.flatMap((observation) => {
    if (!ALWAYS.includes(observation.id) && !changed.has(observation.id)) return [];
    const row = rowOf(run, versions, observation);
    return row === null ? [] : [row];
  });
  const lives = rows.filter(({ observation }) => ALWAYS.includes(observation.id)).map((row) => `- ${storyOf(run, row, words)}`);
  const steps = findings.map((finding) => stepText(run, finding, words));
  const header = [words.versionHeader, ...versions.map(({ id, version }) => id + words.aside(version ?? '–'))];
  const side = rows.map(({ observation, place, cells }) => [
    observation.title + words.aside(place),
    ...cells.map((cell) => {
      const value = cell?.values[observation.id];
      return value ? valueText(value, observation.unit, words) + words.aside(framesText(value, words, 2)) : '–';
    }),
  ]);
  return [`## ${escapeMarkdown(ids.join(words.list))}`, lives.join('\n'), rows.length > 0 ? table(header, side) : '', ...steps]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** One observation in every version, each in the same client and scenario. */
interface VersionRow {
  observation: ObservationRow;
  place: string;
  cells: (ObservedCell | null)[];
}

/** Of the places that show the observation, the one with the most versions; `null` where none shows it. */
function rowOf(run: RunResult, versions: readonly ServerRow[], observation: ObservationRow): VersionRow | null {
  const having = run.cells.filter(isObserved).filter(({ values }) => values[observation.id]);
  const rows = [...new Set(having.map(placeOf))].map((place): VersionRow => {
    const cells = versions.map(({ id }) => having.find((cell) => cell.server === id && placeOf(cell) === place) ?? null);
    return { observation, place, cells };
  });
  const shown = ({ cells }: VersionRow): number => cells.filter((cell) => cell !== null).length;
  const [best] = rows.sort((a, b) => shown(b) - shown(a));
  return best && shown(best) > 0 ? best : null;
}

/** Which versions have which value, in words: those in a row between which nothing changed together. */
function storyOf(run: RunResult, { observation, cells }: VersionRow, words: TableWords): string {
  const runs: ObservedCell[][] = [];
  for (const cell of cells) {
    if (cell === null) continue;
    const last = runs.at(-1)?.at(-1);
    if (last !== undefined && !isChange(run, observation, last, cell)) runs.at(-1)?.push(cell);
    else runs.push([cell]);
  }
  const parts = runs.map((alike) => {
    const values = alike.flatMap(({ values: all }) => all[observation.id] ?? []);
    const sorted = values.sort((one, other) => Number(one.value) - Number(other.value));
    const texts = [sorted[0], sorted.at(-1)].map((value) => valueText(value, observation.unit, words));
    return words.inVersions([...new Set(texts)].join('–'), alike[0]?.server ?? '', alike.at(-1)?.server ?? '');
  });
  return `**${escapeMarkdown(observation.title)}**${words.aside(codeSpan(observation.id))}${words.colon}${escapeMarkdown(parts.join(words.and))}`;
}

const isChange = (run: RunResult, { id }: ObservationRow, earlier: ObservedCell, later: ObservedCell): boolean =>
  run.differences.some(
    ({ against, observation, left, right }) =>
      against === 'earlier-version' && observation === id && left.cell === cellId(earlier) && right.cell === cellId(later),
  );

function stepText(run: RunResult, { earlier, later, changes }: VersionFinding, words: TableWords): string {
  const head = `### ${escapeMarkdown(words.fromVersion(earlier, later))}`;
  const place = ({ cell, value }: Difference['left']) => `${cell} ${framesText(value, words)}`.trim();
  const line = ({ observation, from, to, before, after, others }: VersionFinding['changes'][number]) => {
    const title = run.observations.find(({ id }) => id === observation)?.title ?? observation;
    const also = others > 0 ? words.comma + words.alsoIn(others) : '';
    const change = `${from} → ${to}${words.aside(`${place(before)} → ${place(after)}${also}`)}`;
    return `- **${escapeMarkdown(title)}**${words.aside(codeSpan(observation))}${words.colon}${escapeMarkdown(change)}`;
  };
  const sure = changes.filter(({ observation }) => !dependsOnTiming(observation)).map(line);
  const perhaps = changes.filter(({ observation }) => dependsOnTiming(observation)).map(line);
  return [
    head,
    sure.length > 0 ? sure.join('\n') : words.versionsAlike,
    perhaps.length > 0 ? `${words.perhapsTiming}\n\n${perhaps.join('\n')}` : '',
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}
