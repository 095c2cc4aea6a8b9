/** The rows of the race's tables as texts, for the page and for Markdown; nothing is escaped yet, and an empty text stands for nothing known. */
import type { RaceReason } from '../../race/judge/gate.ts';
import { lostOf, type Pair, type RaceResult } from '../../race/judge/pair.ts';
import { cellText, marginText } from './race-cell.ts';
import type { DocumentedRow, RaceFacts } from './race-facts.ts';
import type { RaceWords } from './race-words.ts';

type UpstreamRow = RaceResult['upstreams'][number];
type ServerRow = RaceResult['servers'][number];

/** The upstream sides and servers that the matrix shows: those that ran. */
export const shownIn = ({ upstreams, servers }: RaceResult): { upstreams: UpstreamRow[]; servers: ServerRow[] } => ({
  upstreams: upstreams.filter(({ habits }) => habits !== null),
  servers: servers.filter(({ timer }) => timer !== null),
});

/** The pairs of an upstream side and a server: one for each method. */
export const pairsOf = ({ pairs }: Pick<RaceResult, 'pairs'>, upstream: string, server: string): Pair[] =>
  pairs.filter((pair) => pair.upstream === upstream && pair.server === server);

/** The title of a row, by its id. */
export const titleOf = (rows: readonly { id: string; title: string }[], id: string): string =>
  rows.find((row) => row.id === id)?.title ?? id;

/** What the introduction says of the run. */
export const runFacts = ({ windowS, pathDelayMs, startedAt, durationMs }: RaceResult): Parameters<RaceWords['intro']>[0] => ({
  windowS,
  delayMs: pathDelayMs,
  startedAt: startedAt.slice(0, 10),
  minutes: Math.max(1, Math.round(durationMs / 60_000)),
});

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}`;

/** `9–25 %`: what share may be lost; empty where none was tried. */
export const shareText = ({ lostShare: [low, high], tried }: Pick<Pair, 'lostShare' | 'tried'>): string =>
  tried === 0 ? '' : `${percent(low)}–${percent(high)} %`;

/** `15 × 502, 1 × hang-up`; `0`. */
export const lostText = ({ failed }: Pick<Pair, 'failed'>): string =>
  Object.entries(failed)
    .map(([what, count]) => `${count} × ${what}`)
    .join(', ') || '0';

/** The figures of a pair, from the method on. */
export const pairTexts = (pair: Pair, words: RaceWords): string[] => [
  pair.method,
  `${marginText(pair.marginS)} ${words.predicted[pair.predicted]}`.trim(),
  String(pair.tried),
  String(pair.raced),
  String(pair.repeated),
  lostText(pair),
  shareText(pair),
  pair.tried === 0 ? (pair.reason ?? words.notTried) : words.verdicts[pair.verdict],
];

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

/** What an upstream side does by itself, from its version on. */
export function habitTexts({ version, habits }: UpstreamRow, words: RaceWords): string[] {
  if (habits === null) return [version ?? ''];
  const { idleS, openAfterS, declinesAfterS, obeysHint, hintMarginS, seesFin, pool, get, post, postBody } = habits;
  const keepsNone = idleS?.value === 0;
  const again = (repeats: typeof get): string => (repeats === null ? '' : words.repeats(repeats.value, repeats.on));
  const gives = [...new Set([get, post, postBody].flatMap((one) => one?.gives ?? []))];
  return [
    version ?? '',
    idleText({ keepsNone, closedS: idleS?.value ?? null, openAfterS, declinesS: declinesAfterS?.value ?? null }, words),
    obeysHint === null || keepsNone ? '' : words.hint(obeysHint.value, hintMarginS),
    seesFin === null || keepsNone ? '' : words.yesNo[seesFin.value],
    pool === null ? '' : String(pool.value),
    again(get),
    again(post),
    again(postBody),
    gives.join(', '),
  ];
}

/** When a server closes, from its version on. */
export const timerTexts = ({ version, timer }: ServerRow, words: RaceWords): string[] => [
  version ?? '',
  timer === null ? '' : closeText(timer, words),
  timer?.hintS == null ? '' : `${timer.hintS} s`,
];

function closeText({ closesEach, shortestS, longestS, openAfterS }: NonNullable<ServerRow['timer']>, words: RaceWords): string {
  if (closesEach) return words.closesEach;
  if (shortestS === null || longestS === null) return words.notClosed(openAfterS);
  return longestS - shortestS < 0.1 ? `${shortestS} s` : `${shortestS}–${longestS} s`;
}

/** A documented time-out, from its id to what it sends again; its document stands apart. */
export const documentedTexts = ({ documented, predictions }: DocumentedRow, words: RaceWords): string[] => [
  documented.id,
  documented.title,
  documented.idleS !== null ? `${documented.idleS} s` : documented.unlimited ? words.noLimit : words.notDocumented,
  ...predictions.map(({ predicted, marginS }) =>
    predicted === 'unknown' ? '' : `${words.verdicts[predicted]} ${marginText(marginS)}`.trim(),
  ),
  documented.settable ?? words.notDocumented,
  documented.repeats ?? words.notDocumented,
];

/** Each variant beside its base, for the pairs in which the base lost requests or had them repeated. */
export function cureTexts({ pairs, servers, upstreams }: RaceResult, words: RaceWords): string[] {
  const lost = (pair: Pair): string =>
    lostOf(pair) === 0 && pair.repeated > 0 ? `${words.repeated} ${pair.repeated}/${pair.tried}` : words.lost(lostOf(pair), pair.tried);
  return servers.flatMap(({ id, title, variantOf, summary }) =>
    pairs
      .filter((pair) => pair.server === id && pair.tried > 0)
      .flatMap((pair) => {
        const base = pairs.find((one) => one.server === variantOf && one.upstream === pair.upstream && one.method === pair.method);
        if (base === undefined || base.raced === 0) return [];
        return words.cure({
          upstream: titleOf(upstreams, pair.upstream),
          method: pair.method,
          base: titleOf(servers, variantOf ?? ''),
          baseLost: lost(base),
          variant: title,
          variantLost: lost(pair),
          summary,
        });
      }),
  );
}

/** The line of configuration of each server that lost requests or had them repeated. */
export function settingTexts(
  { pairs, servers }: Pick<RaceResult, 'pairs' | 'servers'>,
  { settings }: RaceFacts,
  words: RaceWords,
): string[] {
  const racing = new Set(pairs.filter(({ verdict }) => verdict === 'races').map(({ server }) => server));
  return servers.flatMap(({ id, title }) => {
    const line = racing.has(id) ? settings[id] : undefined;
    return line === undefined ? [] : [words.setting(title, line)];
  });
}

/** What happened to the example of a pair, with its frames. */
export function exampleText(pair: Pair, words: RaceWords): string {
  const { request, close, reset, outcome, answer } = pair.example!.detail;
  return words.example({ ...pair, request, close, reset, outcome, answer, crossed: request < close });
}

/** Why a race fails, one line a pair. */
export const gateTexts = (reasons: readonly RaceReason[], words: RaceWords): string[] =>
  reasons.map(({ kind, pair, before }) => {
    const share = lostOf(pair) > 0 ? ` (${shareText(pair)})` : '';
    return words.gate({
      kind,
      pair: `${pair.upstream} > ${pair.server}, ${pair.method}`,
      now: `${cellText([pair], words)}${share}`,
      before: before === null ? '' : words.lost(lostOf(before), before.tried),
      because: words.because[pair.because],
    });
  });
