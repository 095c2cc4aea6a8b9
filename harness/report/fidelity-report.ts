/** The result of `fidelity` as Markdown: the scores, and every miss with the frames of both sides. */
import type { FidelityCell, Miss, Share } from '../compare/fidelity.ts';
import type { FidelityResult, ModelFidelityResult } from '../compare/fidelity-result.ts';
import { traits, VOLATILE } from '../compare/fidelity-traits.ts';
import { codeSpan, escapeMarkdown, escapeTerminal } from './escape.ts';

/** Most frames that are named for one value. */
const FRAMES_NAMED = 4;
/** A header value may be a kilobyte long. */
const LONGEST_VALUE = 400;

/** A share as a percentage, rounded down to one decimal. */
export const percent = (share: number): string => `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

const titleOf = (id: string): string => traits.find((trait) => trait.id === id)?.title ?? id;
const versionList = (versions: Record<string, string>): string =>
  Object.entries(versions)
    .map(([id, version]) => `${id} ${version}`)
    .join(', ');

/** The report on emulated browsers. */
export function fidelityMarkdown(result: FidelityResult): string {
  const { summary, cells } = result;
  return [
    '# Fidelity: emulated browsers against real ones',
    '',
    `${percent(summary.overall.share)} of what was compared is as in the real browsers (${summary.overall.judged} traits of ${cells.length} cells).`,
    `A value is right when it lies in the range of ${result.realRuns} real runs of the same cell. Idle connections were watched for ${result.windowS} s at most.`,
    '',
    `Clients: ${escapeMarkdown(versionList(result.versions.clients))}.`,
    `Servers: ${escapeMarkdown(versionList(result.versions.servers))}.`,
    '',
    ...shareTable('browser', summary.browsers),
    ...shareTable('trait', summary.traits, titleOf),
    ...shareTable('scenario', summary.scenarios),
    ...shareTable('server', summary.servers),
    '## What is declared',
    '',
    ...Object.entries(result.declared).flatMap(([id, differences]) =>
      differences.map(({ what, because }) => `- ${escapeMarkdown(`${id}: ${what}: ${because}.`)}`),
    ),
    ...VOLATILE.map(({ names, because }) => `- ${names.map((name) => `\`${name}\``).join(', ')}: ${because}.`),
    ...traits.map(({ title, definition }) => `- **${title}**: ${definition}`),
    '',
    '## Misses',
    '',
    ...missesOf(cells),
  ].join('\n');
}

function shareTable(what: string, shares: readonly Share[], title: (id: string) => string = (id) => id): string[] {
  return [
    `| ${what} | right | judged |`,
    '|---|---:|---:|',
    ...shares.map(({ id, share, judged }) => `| ${escapeMarkdown(title(id))} | ${percent(share)} | ${judged} |`),
    '',
  ];
}

function missesOf(cells: readonly FidelityCell[]): string[] {
  const missed = cells.filter(({ misses }) => misses.length > 0);
  if (missed.length === 0) return ['None.', ''];
  return missed.flatMap(({ server, emulated, real, scenario, misses }) => [
    `### ${escapeMarkdown(`${server}/${emulated}/${scenario}`)}`,
    '',
    `Emulated: ${codeSpan(`emulated/captures/${server}/${emulated}/${scenario}.pcapng`)}; real: ${codeSpan(`real-N/captures/${server}/${real}/${scenario}.pcapng`)}.`,
    '',
    ...misses.flatMap(missLines),
    '',
  ]);
}

function missLines({ trait, key, emulated, real }: Miss): string[] {
  const shown = (side: { value: string | number; frames: number[] } | null): string =>
    side ? `${escapeMarkdown(cut(String(side.value)))} (${frames(side.frames)})` : 'nothing';
  return [
    `- ${escapeMarkdown(titleOf(trait))}, ${escapeMarkdown(key)}`,
    `  - emulated: ${shown(emulated)}`,
    ...(real.length === 0 ? ['  - real: nothing, in any run'] : real.map((one) => `  - real ${one.run}: ${shown(one)}`)),
  ];
}

const cut = (text: string): string => (text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)} …` : text);

function frames(list: readonly number[]): string {
  if (list.length === 0) return 'no frame';
  const named = list.slice(0, FRAMES_NAMED).join(', ');
  return `frame${list.length === 1 ? '' : 's'} ${named}${list.length > FRAMES_NAMED ? ', …' : ''}`;
}

/** The report on models of servers. */
export function modelFidelityMarkdown(result: ModelFidelityResult): string {
  return [
    '# Fidelity: models against the servers that they imitate',
    '',
    `Every observation of the same cells, by the diff that serves for all comparisons. Idle connections were watched for ${result.windowS} s at most.`,
    '',
    `Servers: ${escapeMarkdown(versionList(result.versions.servers))}.`,
    '',
    ...shareTable('model', result.models),
    '## Misses',
    '',
    ...result.cells.flatMap(({ model, real, client, scenario, misses }) =>
      misses.length === 0
        ? []
        : [
            `### ${escapeMarkdown(`${model}/${client}/${scenario}`)} against ${escapeMarkdown(real)}`,
            '',
            ...misses.map(({ observation, model: left, real: right, declared }) => {
              const shown = (side: typeof left): string =>
                side ? `${escapeMarkdown(cut(String(side.value)))} (${frames(side.frames)})` : 'no such value';
              const why = declared === null ? '' : `. Declared: ${escapeMarkdown(declared)}`;
              return `- ${codeSpan(observation)}: model ${shown(left)}; real ${shown(right)}${why}`;
            }),
            '',
          ],
    ),
  ].join('\n');
}

/** The scores as lines for a terminal. */
export const fidelitySummary = ({ summary, cells, realRuns }: FidelityResult): string[] => [
  `${percent(summary.overall.share)} as the real browsers showed it: ${summary.overall.judged} traits of ${cells.length} cells, ${realRuns} real runs`,
  ...[...summary.browsers, ...summary.traits].map(({ id, share, judged }) =>
    escapeTerminal(`  ${percent(share).padStart(7)}  ${id} (${judged})`),
  ),
];

/** One line for each model: its score in percent, its id, and how many values were judged. */
export const modelFidelitySummary = ({ models }: ModelFidelityResult): string[] =>
  models.map(({ id, share, judged }) => escapeTerminal(`  ${percent(share).padStart(7)}  ${id} (${judged} values)`));
