/** What stands in front of the user's own server, as `--behind` names it, and whether it races it. */
import { badArgument } from '../system/coded-error.ts';
import { namesThere } from '../system/near-name.ts';
import { DOCUMENTED, type Documented } from './documented.ts';
import { type KnownServerTimer, type Prediction, predict } from './judge/prediction.ts';

/** One that stands in front: its time as documented, or as the user set it. */
export interface Front {
  documented: Documented;
  /** Seconds; `null`: not documented, or no limit. */
  idleS: number | null;
  isSetByUser: boolean;
}

/** What `--behind` names: fronts, which are predicted, and the upstream sides with which `--race` shows it. */
export interface Behind {
  fronts: Front[];
  /** Ids. */
  sides: string[];
}

/** A front with the prediction for one server. */
export interface FrontPrediction extends Front {
  prediction: Prediction;
}

/**
 * Reads `nginx,aws-alb=60,requests`: ids of the table, each with its own time in seconds where it differs from the default; and ids of upstream sides.
 * @param known ids of the upstream sides
 * @throws CodedError (bad-argument) for an id that is not there, or a time that is none
 */
export function parseBehind(list: string, known: readonly string[] = []): Behind {
  const words = list
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  if (words.length === 0) throw badArgument(`--behind names nothing; there are: ${idsOf(known).join(', ')}`);
  const behind: Behind = { fronts: [], sides: [] };
  for (const word of words) {
    const [id = '', time] = word.split('=');
    const documented = DOCUMENTED.find((one) => one.id === id);
    if (documented !== undefined) behind.fronts.push(frontOf(documented, time));
    else if (!known.includes(word)) throw badArgument(`--behind: there is no "${id}"; ${namesThere(id, idsOf(known))}`);
    const side = documented === undefined ? word : documented.side;
    if (side !== undefined && known.includes(side)) behind.sides.push(side);
  }
  return behind;
}

/** The fronts of a list that are predicted without a race. @throws as `parseBehind` does, and for a side whose time is not documented */
export function parseFronts(list: string, known: readonly string[]): Front[] {
  const { fronts, sides } = parseBehind(list, known);
  const unwritten = sides.find((side) => fronts.every(({ documented }) => documented.side !== side));
  if (unwritten !== undefined) throw badArgument(`--behind: what ${unwritten} does is known by its packets alone: race shows it`);
  return fronts;
}

function frontOf(documented: Documented, time: string | undefined): Front {
  if (time === undefined) return { documented, idleS: documented.idleS, isSetByUser: false };
  const idleS = Number(time);
  if (time.trim() === '' || !Number.isFinite(idleS) || idleS < 0)
    throw badArgument(`--behind: "${time}" is not a number of seconds, as in ${documented.id}=60`);
  return { documented, idleS, isSetByUser: true };
}

const idsOf = (known: readonly string[]): string[] => [...new Set([...DOCUMENTED.map(({ id }) => id), ...known])];

/** Predicts each for a server whose timer is known. */
export const predictFronts = (fronts: readonly Front[], server: KnownServerTimer): FrontPrediction[] =>
  fronts.map((front) => ({
    ...front,
    prediction: predict(
      {
        idleS: front.idleS,
        openAfterS: null,
        obeysHint: false,
        hintMarginS: null,
        ...(front.documented.unlimited && !front.isSetByUser ? { unlimited: true } : {}),
      },
      server,
    ),
  }));

/**
 * The server's timer as `probe` measured it: the values of its own cells.
 * @param idleUsed the value of `idle.used-s`, with the seconds it was watched where it is null
 * @param advertisedS that of `keepalive.advertised-s`
 */
export const timerOfProbe = (
  idleUsed: { value: unknown; windowS?: number | undefined } | null,
  advertisedS: unknown,
  connection: unknown,
): KnownServerTimer => ({
  idleS: typeof idleUsed?.value === 'number' ? idleUsed.value : null,
  openAfterS: idleUsed !== null && idleUsed.value === null ? (idleUsed.windowS ?? null) : null,
  closesEach: connection === 'close',
  hintS: typeof advertisedS === 'number' ? advertisedS : null,
});
