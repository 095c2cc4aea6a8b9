/** The rows of the race's tables as texts, for the page and for Markdown; nothing is escaped yet, and an empty text stands for nothing known. */
import type { Documented, DocumentedLifetime } from '../../race/documented.ts';
import type { RaceReason } from '../../race/judge/gate.ts';
import { lostOf, type Pair, type RaceResult } from '../../race/judge/pair.ts';
import { cellText, marginText } from './race-cell.ts';
import type { DocumentedRow, RaceFacts } from './race-facts.ts';
import type { RaceWords } from './race-words.ts';

type UpstreamRow = RaceResult['upstreams'][number];
type ServerRow = RaceResult['servers'][number];

/** The upstream sides and servers that the matrix shows: those that ran, alone or in a pair. */
export function shownIn({ upstreams, servers, pairs }: RaceResult): { upstreams: UpstreamRow[]; servers: ServerRow[] } {
  const tried = pairs.filter((pair) => pair.tried > 0);
  return {
    upstreams: upstreams.filter(({ id, habits }) => habits !== null || tried.some(({ upstream }) => upstream === id)),
    servers: servers.filter(({ id, timer }) => timer !== null || tried.some(({ server }) => server === id)),
  };
}

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
export const lostText = ({ failed }: Pick<Pair, 'failed'>, { list }: Pick<RaceWords, 'list'>): string =>
  Object.entries(failed)
    .map(([what, count]) => `${count} × ${what}`)
    .join(list) || '0';

/** The figures of a pair, from the method on. */
export const pairTexts = (pair: Pair, servers: RaceResult['servers'], words: RaceWords): string[] => [
  pair.method,
  `${marginText(pair.marginS)} ${words.predicted[pair.predicted]}`.trim(),
  String(pair.tried),
  String(pair.raced),
  String(pair.repeated),
  lostText(pair, words),
  shareText(pair),
  pair.tried === 0 ? whyNotTried(pair, servers, words) : words.verdicts[pair.verdict],
];

/** Why nothing of a pair was tried; what a lane failed by, as it says. */
export function whyNotTried({ state, server, reason }: Pair, servers: RaceResult['servers'], words: RaceWords): string {
  const timer = servers.find(({ id }) => id === server)?.timer ?? null;
  return state === 'not-aimed' && timer !== null ? words.notAimed(timer) : (reason ?? words.notTried);
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
  return declinesS !== null && declinesS < (closedS ?? Number.POSITIVE_INFINITY) ? `${open}${words.and}${words.declines(declinesS)}` : open;
}

/** What an upstream side does by itself, from its version on. */
export function habitTexts({ version, habits }: UpstreamRow, words: RaceWords): string[] {
  // What it does alone was not seen, though its pairs were tried.
  if (habits === null) return [version ?? '', ...words.habitHeads.slice(2).map(() => '')];
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
    gives.join(words.list),
  ];
}

/** When a server closes, from its version on. */
export const timerTexts = ({ id, version, timer }: ServerRow, { lifetimes }: Pick<RaceFacts, 'lifetimes'>, words: RaceWords): string[] => [
  version ?? '',
  idleCloseText({ timer }, words),
  timer?.hintS == null ? '' : `${timer.hintS} s`,
  timer === null || timer.closesEach || timer.answeredMost < 2
    ? ''
    : words.limit(timer.limit?.requests ?? null, timer.answeredMost, timer.limit?.isAnnounced ?? false),
  timer === null || timer.closesEach ? '' : lifetimeText(timer, lifetimes[id] ?? null, words),
  timer?.stop ? words.stop(timer.stop.closedMs) : '',
];

/** What else ends the connections of a pair. */
export function endsTexts({ ends }: Pick<Pair, 'ends'>, words: RaceWords): string[] {
  if (ends === null) return [];
  return [
    ...(ends.limit === 'none' ? [] : [words.ends.limit[ends.limit]]),
    // Races that did not look for it have none.
    ...(ends.lifetime === undefined || ends.lifetime === 'none' ? [] : [words.ends.lifetime[ends.lifetime]]),
    ...(ends.stop === 'unknown' ? [] : [words.ends.stop[ends.stop]]),
  ];
}

/** How old a connection may become: as seen, else how old one became; and as documented. */
function lifetimeText(
  { lifetime, busyS }: Pick<NonNullable<ServerRow['timer']>, 'lifetime' | 'busyS'>,
  documented: DocumentedLifetime | null,
  words: RaceWords,
): string {
  const seen = lifetime ? words.lifetime(span(lifetime), lifetime.isAnnounced) : busyS == null ? '' : words.noLifetime(busyS);
  const said = documented === null ? '' : words.documentedLifetime(ageText(documented.s, words), documented.setting);
  return [seen, said].filter((text) => text !== '').join(words.and);
}

/** A documented age. */
const ageText = (s: number | null, words: RaceWords): string => (s === null ? words.noLimit : words.age(s));

/** `2 s`, `2–2.3 s`. */
const span = ({ shortestS, longestS }: { shortestS: number; longestS: number }): string =>
  longestS - shortestS < 0.1 ? `${shortestS} s` : `${shortestS}–${longestS} s`;

/** What requests race beside the idle timers, with the ids of the servers whose pairs do. */
export function racingEnds({ pairs }: Pick<RaceResult, 'pairs'>, words: RaceWords): [text: string, servers: string[]][] {
  const servers = new Map<string, Set<string>>();
  for (const { server, ends } of pairs)
    for (const what of ['limit', 'lifetime', 'stop'] as const)
      if (ends?.[what] === 'races') {
        const text = words.ends[what].races;
        servers.set(text, (servers.get(text) ?? new Set()).add(server));
      }
  return [...servers].map(([text, ids]) => [text, [...ids]]);
}

/** After how long a server closes an idle connection. */
export function idleCloseText({ timer }: Pick<ServerRow, 'timer'>, words: RaceWords): string {
  if (timer === null) return '';
  const { closesEach, shortestS, longestS, openAfterS } = timer;
  if (closesEach) return words.closesEach;
  if (shortestS === null || longestS === null) return words.notClosed(openAfterS);
  return span({ shortestS, longestS });
}

/** What a front does beside its idle time-out: it also ends connections at an age; empty where no document says so. */
export const frontLifetimeText = ({ lifetime }: Pick<Documented, 'lifetime'>, words: RaceWords): string =>
  lifetime === undefined || lifetime.s === null ? '' : words.frontLifetime(words.age(lifetime.s));

/** A documented time-out, from its id to what it sends again; its document stands apart. */
export const documentedTexts = ({ documented, predictions }: DocumentedRow, words: RaceWords): string[] => [
  documented.id,
  documented.title,
  documented.idleS !== null ? `${documented.idleS} s` : documented.unlimited ? words.noLimit : words.notDocumented,
  documented.lifetime === undefined ? words.notDocumented : ageText(documented.lifetime.s, words),
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
    const isOfRaced = kind === 'more-lost';
    return words.gate({
      kind,
      pair: `${pair.upstream} > ${pair.server}${words.list}${pair.method}`,
      now: isOfRaced ? words.lost(lostOf(pair), pair.raced) : cellText([pair], words),
      share: lostOf(pair) > 0 && !isOfRaced ? shareText(pair) : '',
      before: before === null ? '' : words.lost(lostOf(before), before.raced),
      because: words.because[pair.because],
    });
  });
