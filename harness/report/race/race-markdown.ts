/** `race.md` and `race.zh.md`. */
import { productOf } from '../../findings/products.ts';
import type { Language } from '../../model.ts';
import { predictFronts } from '../../race/behind.ts';
import { DOCUMENTED, type Documented } from '../../race/documented.ts';
import { lostOf, type Pair, type RaceResult } from '../../race/judge/pair.ts';
import type { ServerTimer } from '../../race/judge/timers.ts';
import { escapeMarkdown } from '../escape.ts';
import { displayFilter } from '../phrases/phrases.ts';
import { RACE_WORDS } from './race-catalogue.ts';
import { cellText, marginText } from './race-cell.ts';
import type { RaceWords } from './race-words.ts';

/** Ladders that are drawn; the other examples name their frames alone. */
export const LADDERS_DRAWN = 8;

/** The ladders of the examples, by `keyOf` of their pair: lines of text. */
export type Ladders = ReadonlyMap<string, readonly string[]>;

/** Names a pair's row. */
export const keyOf = ({ upstream, server, method }: Pick<Pair, 'upstream' | 'server' | 'method'>): string =>
  `${upstream} ${server} ${method}`;

/** Pairs of which an example is told: the lost ones first, one for each upstream side before a second one. */
export function exampled(pairs: readonly Pair[]): Pair[] {
  const withExample = pairs.filter(({ example }) => example !== null);
  const worst = (upstream: string): Pair | undefined =>
    withExample.filter((pair) => pair.upstream === upstream).sort((a, b) => lostOf(b) - lostOf(a))[0];
  return [...new Set(withExample.map(({ upstream }) => upstream))].flatMap((upstream) => worst(upstream) ?? []);
}

const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string[] => [
  `| ${heads.join(' | ')} |`,
  `| ${heads.map(() => '---').join(' | ')} |`,
  ...rows.map((row) => `| ${row.map((text) => (text === '' ? '–' : text)).join(' | ')} |`),
];

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}`;

/** The whole report. */
export function renderRaceMarkdown(result: RaceResult, ladders: Ladders, language: Language): string {
  const words = RACE_WORDS[language];
  const ran = result.upstreams.filter(({ habits }) => habits !== null);
  const servers = result.servers.filter(({ timer }) => timer !== null);
  const pairOf = (upstream: string, server: string): Pair[] =>
    result.pairs.filter((pair) => pair.upstream === upstream && pair.server === server);
  const facts = {
    windowS: result.windowS,
    delayMs: result.pathDelayMs,
    startedAt: result.startedAt.slice(0, 10),
    minutes: Math.max(1, Math.round(result.durationMs / 60_000)),
  };
  const lacking = [...result.upstreams, ...result.servers].filter(({ skipped, reason }) => skipped !== null || reason !== null);
  const sections: string[][] = [
    [`# ${words.title}`, '', ...words.intro(facts).flatMap((paragraph) => [paragraph, ''])],
    [`## ${words.matrix}`, '', words.matrixNote, ''],
    table(
      [words.upstream, ...servers.map(({ title }) => escapeMarkdown(title))],
      ran.map(({ id, title }) => [
        escapeMarkdown(title),
        ...servers.map((server) => escapeMarkdown(cellText(pairOf(id, server.id), words))),
      ]),
    ),
    [`## ${words.habits}`, '', words.habitsNote, ''],
    habitTable(ran, words),
    [`## ${words.timers}`, ''],
    table(
      words.timerHeads,
      servers.map(({ title, version, timer }) => [
        escapeMarkdown(title),
        escapeMarkdown(version ?? ''),
        timer === null
          ? ''
          : timer.closesEach
            ? words.closesEach
            : timer.shortestS === null || timer.longestS === null
              ? words.notClosed(timer.openAfterS)
              : timer.longestS - timer.shortestS < 0.1
                ? `${timer.shortestS} s`
                : `${timer.shortestS}–${timer.longestS} s`,
        timer?.hintS == null ? '' : `${timer.hintS} s`,
      ]),
    ),
    [`## ${words.examples}`, ''],
    examples(result, ladders, words),
    cures(result, words),
    [`## ${words.pairs}`, ''],
    pairTable(result, words),
    [`## ${words.documented}`, '', words.documentedNote, ''],
    documentedTable(servers, words),
    ...(lacking.length > 0
      ? [
          lacking.map(
            ({ title, skipped, reason }) =>
              `- ${escapeMarkdown(words.skipped(title, skipped?.reason ?? reason ?? '', skipped?.remedy ?? 'npm run doctor'))}`,
          ),
        ]
      : []),
  ];
  return `${sections
    .map((lines) => lines.join('\n').trimEnd())
    .filter((text) => text !== '')
    .join('\n\n')}\n`;
}

/** The documented time-outs, each with what it predicts for the servers of the run. */
function documentedTable(servers: RaceResult['servers'], words: RaceWords): string[] {
  // A planted timer of fractions of a second races everything.
  const predicted = servers.filter(({ id }) => !id.startsWith('planted'));
  const [id, title, idle, settable, repeats, source] = words.documentedHeads;
  return table(
    [id, title, idle, ...predicted.map((server) => escapeMarkdown(server.title)), settable, repeats, source],
    DOCUMENTED.map((documented) => [
      `\`${documented.id}\``,
      escapeMarkdown(documented.title),
      documented.idleS !== null ? `${documented.idleS} s` : documented.unlimited ? words.noLimit : words.notDocumented,
      ...predicted.map(({ timer }) => frontText(documented, timer, words)),
      documented.settable === null ? words.notDocumented : escapeMarkdown(documented.settable),
      documented.repeats === null ? words.notDocumented : escapeMarkdown(documented.repeats),
      [
        documented.url === null ? '' : `<${documented.url}>`,
        words.readOn(documented.read),
        documented.note === undefined ? '' : escapeMarkdown(documented.note),
      ]
        .filter((text) => text !== '')
        .join('; '),
    ]),
  );
}

function frontText(documented: Documented, timer: ServerTimer | null, words: RaceWords): string {
  if (timer === null) return '';
  const [front] = predictFronts([{ documented, idleS: documented.idleS, isSetByUser: false }], {
    idleS: timer.shortestS,
    openAfterS: timer.openAfterS,
    closesEach: timer.closesEach,
    hintS: timer.hintS,
  });
  const { predicted, marginS } = front!.prediction;
  return predicted === 'unknown' ? '' : `${words.verdicts[predicted]} ${marginText(marginS)}`.trim();
}

interface IdleFacts {
  keepsNone: boolean;
  closedS: number | null;
  openAfterS: number | null;
  declinesS: number | null;
}

/** How long an idle connection is kept, in words. */
function idleText({ keepsNone, closedS, openAfterS, declinesS }: IdleFacts, words: RaceWords): string {
  if (keepsNone) return words.keepsNone;
  const open = closedS !== null ? `${closedS} s` : openAfterS === null ? '' : words.openAfter(openAfterS);
  return declinesS !== null && declinesS < (closedS ?? Number.POSITIVE_INFINITY) ? `${open}; ${words.declines(declinesS)}` : open;
}

function habitTable(upstreams: RaceResult['upstreams'], words: RaceWords): string[] {
  return table(
    words.habitHeads,
    upstreams.map(({ title, version, habits }) => {
      if (habits === null) return [escapeMarkdown(title)];
      const { idleS, openAfterS, declinesAfterS, obeysHint, hintMarginS, seesFin, pool, get, post, postBody } = habits;
      const keepsNone = idleS?.value === 0;
      const again = (repeats: typeof get): string => (repeats === null ? '' : words.repeats(repeats.value, repeats.on));
      const gives = [...new Set([get, post, postBody].flatMap((one) => one?.gives ?? []))];
      return [
        escapeMarkdown(title),
        escapeMarkdown(version ?? ''),
        idleText({ keepsNone, closedS: idleS?.value ?? null, openAfterS, declinesS: declinesAfterS?.value ?? null }, words),
        obeysHint === null || keepsNone ? '' : words.hint(obeysHint.value, hintMarginS),
        seesFin === null || keepsNone ? '' : words.yesNo[seesFin.value],
        pool === null ? '' : String(pool.value),
        again(get),
        again(post),
        again(postBody),
        escapeMarkdown(gives.join(', ')),
      ];
    }),
  );
}

function pairTable({ pairs, upstreams, servers }: RaceResult, words: RaceWords): string[] {
  const title = (rows: readonly { id: string; title: string }[], id: string): string =>
    escapeMarkdown(rows.find((row) => row.id === id)?.title ?? id);
  return table(
    words.pairHeads,
    pairs.map((pair) => {
      const lost = Object.entries(pair.failed).map(([what, count]) => `${count} × ${what}`);
      return [
        title(upstreams, pair.upstream),
        title(servers, pair.server),
        pair.method,
        `${marginText(pair.marginS)} ${words.predicted[pair.predicted]}`.trim(),
        String(pair.tried),
        String(pair.raced),
        String(pair.repeated),
        escapeMarkdown(lost.join(', ')) || '0',
        pair.tried === 0 ? '' : `${percent(pair.lostShare[0])}–${percent(pair.lostShare[1])} %`,
        pair.tried === 0 ? escapeMarkdown(pair.reason ?? words.notTried) : words.verdicts[pair.verdict],
      ];
    }),
  );
}

function examples({ pairs }: RaceResult, ladders: Ladders, words: RaceWords): string[] {
  return exampled(pairs).flatMap((pair) => {
    const example = pair.example!;
    const { request, close, reset, outcome, answer } = example.detail;
    const told = words.example({ ...pair, request, close, reset, outcome, answer, crossed: request < close });
    const ladder = ladders.get(keyOf(pair));
    return [
      escapeMarkdown(told),
      '',
      `\`${example.capture}\`, ${words.filter}: \`${displayFilter(example.frames)}\``,
      '',
      ...(ladder === undefined ? [] : ['```', ...ladder, '```', '']),
    ];
  });
}

/** Each variant beside its base, for the pairs in which the base lost requests or had them repeated. */
function cures({ pairs, servers, upstreams }: RaceResult, words: RaceWords): string[] {
  const lost = (pair: Pair): string =>
    lostOf(pair) === 0 && pair.repeated > 0 ? `${words.repeated} ${pair.repeated}/${pair.tried}` : words.lost(lostOf(pair), pair.tried);
  const told = servers.flatMap(({ id, title, variantOf, summary }) =>
    pairs
      .filter((pair) => pair.server === id && pair.tried > 0)
      .flatMap((pair) => {
        const base = pairs.find((one) => one.server === variantOf && one.upstream === pair.upstream && one.method === pair.method);
        if (base === undefined || base.raced === 0) return [];
        const upstream = upstreams.find((one) => one.id === pair.upstream)?.title ?? pair.upstream;
        const baseTitle = servers.find((one) => one.id === variantOf)?.title ?? '';
        const line = words.cure({
          upstream,
          method: pair.method,
          base: baseTitle,
          baseLost: lost(base),
          variant: title,
          variantLost: lost(pair),
          summary,
        });
        return [`- ${escapeMarkdown(line)}`];
      }),
  );
  const racing = new Set(pairs.filter(({ verdict }) => verdict === 'races').map(({ server }) => server));
  const settings = servers.flatMap(({ id, title, variantOf }) => {
    const line = racing.has(id) && variantOf === null ? productOf(id, { exchanges: [] })?.settings['idle-timeout'] : undefined;
    return line === undefined ? [] : [`- ${escapeMarkdown(words.setting(title, line))}`];
  });
  if (told.length + settings.length === 0) return [];
  return [`## ${words.cures}`, '', words.curesNote, '', ...told, ...settings];
}
