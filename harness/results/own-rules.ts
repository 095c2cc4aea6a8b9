/** What the user adds to what this project looks for, and what is wrong with it when it runs: a mistake in it costs no cell and no run. */
import { VERDICTS } from '../claims/claim.ts';
import type { OwnClaim } from '../claims/own-claim.ts';
import type { Hit, Rule } from '../findings/finding.ts';
import { cellId, type Observation, type Tolerance } from '../model.ts';
import { beginOwnCode } from '../system/own-code.ts';
import { reasonWithPlace } from '../system/reason.ts';

export interface OwnRules {
  observations?: readonly Observation[];
  findings?: readonly Rule[];
  claims?: readonly OwnClaim[];
  /** By id of an observation. */
  tolerances?: Readonly<Record<string, Tolerance>>;
}

/** A definition of the user's own that failed, how often, and why it did first. */
export interface OwnFault {
  /** `the observation mine.status` */
  what: string;
  /** What was being looked at: a cell, or an id. */
  first: string;
  times: number;
  reason: string;
}

/** A sentence for the user. */
export const faultText = ({ what, first, times, reason }: OwnFault): string =>
  `${what} failed${times > 1 ? ` ${times} times, first` : ''} on ${first}: ${reason}`;

/** The same rules, of which none throws or gives what can't be shown: instead it shows nothing, and `faults` says why. */
export function guarded(own: OwnRules): { own: OwnRules; faults: OwnFault[] } {
  const faults: OwnFault[] = [];
  const guard = <T>(what: string, on: string, otherwise: (reason: string) => T, work: () => T): T => {
    const over = beginOwnCode(what);
    try {
      return work();
    } catch (error) {
      const known = faults.find((one) => one.what === what);
      const reason = reasonWithPlace(error);
      if (known) known.times++;
      else faults.push({ what, first: on, times: 1, reason });
      return otherwise(reason);
    } finally {
      over();
    }
  };
  return {
    faults,
    own: {
      ...own,
      observations: own.observations?.map((one) => ({
        ...one,
        observe: (evidence) =>
          guard(
            `the observation ${one.id}`,
            cellId(evidence.cell),
            () => null,
            () => checkedValue(one.observe(evidence)),
          ),
      })),
      findings: own.findings?.map((rule) => ({
        ...rule,
        look: (on) =>
          guard(
            `the finding ${rule.id}`,
            cellId(on.cell),
            () => [],
            () => checkedHits(rule.look(on), rule),
          ),
      })),
      claims: own.claims?.map((claim) => ({
        ...claim,
        judge: (find) =>
          guard(
            `the claim ${claim.id}`,
            claim.cells.map(cellId).join(', '),
            (reason) => ({ verdict: 'not-observable', because: `its judge failed: ${reason}` }),
            () => checkedJudgement(claim.judge(find), find),
          ),
      })),
    } as OwnRules,
  };
}

const isObject = (value: unknown): value is { readonly [name: string]: unknown } & { args?: unknown; frames?: unknown } =>
  typeof value === 'object' && value !== null;
const isFrame = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;
const areFrames = (value: unknown): value is number[] => Array.isArray(value) && value.every(isFrame);

function checkedValue(value: unknown): ReturnType<Observation['observe']> {
  if (value === null || value === undefined) return null;
  if (!isObject(value) || 'then' in value) throw new Error(`observe() gave ${shown(value)}; expected { value, frames }, or null`);
  const { value: seen, frames, note } = value;
  const isPlain = seen === null || ['string', 'boolean'].includes(typeof seen) || Number.isFinite(seen);
  if (!isPlain) throw new Error(`observe() gave the value ${shown(seen)}; expected text, a finite number, true, false or null`);
  if (!areFrames(frames)) throw new Error(`observe() gave the frames ${shown(frames)}; expected a list of frame numbers`);
  if (note !== undefined && typeof note !== 'string') throw new Error(`observe() gave the note ${shown(note)}; expected text`);
  return value as unknown as ReturnType<Observation['observe']>;
}

function checkedHits(hits: unknown, { words }: Rule): Hit[] {
  if (!Array.isArray(hits)) throw new Error(`look() gave ${shown(hits)}; expected a list of { args, stream, frames }`);
  for (const hit of hits as unknown[]) {
    if (!isObject(hit) || !isObject(hit.args)) throw new Error(`look() gave ${shown(hit)} in its list; expected { args, stream, frames }`);
    const { stream, frames } = hit;
    if (stream !== null && !Number.isInteger(stream))
      throw new Error(`look() gave the stream ${shown(stream)}; expected a number, or null`);
    if (!areFrames(frames)) throw new Error(`look() gave the frames ${shown(frames)}; expected a list of frame numbers`);
  }
  const [first] = hits as Hit[];
  const seen: unknown = first && words?.seen(first.args);
  if (first && words && typeof seen !== 'string') throw new Error(`seen() gave ${shown(seen)}; expected a sentence`);
  return hits as Hit[];
}

function checkedJudgement(judgement: unknown, find: Parameters<OwnClaim['judge']>[0]): ReturnType<OwnClaim['judge']> {
  if (!isObject(judgement)) throw new Error(`judge() gave ${shown(judgement)}; expected { verdict, because, evidence }`);
  const { verdict, because, evidence = [] } = judgement;
  if (!VERDICTS.some((one) => one === verdict))
    throw new Error(`judge() gave the verdict ${shown(verdict)}; expected ${VERDICTS.join(', ')}`);
  if (typeof because !== 'string') throw new Error(`judge() gave ${shown(because)} as "because"; expected a sentence`);
  if (!Array.isArray(evidence))
    throw new Error(`judge() gave the evidence ${shown(evidence)}; expected a list of { cell, observation, frames }`);
  for (const one of evidence as unknown[]) {
    if (!isObject(one) || !areFrames(one.frames))
      throw new Error(`judge() gave the evidence ${shown(one)}; expected { cell, observation, frames }`);
    const { cell, observation } = one;
    const [server = '', client = '', scenario = ''] = String(cell).split('/');
    const found = find({ server, client, scenario });
    if (found === null) throw new Error(`judge() gave evidence of the cell ${shown(cell)}; expected one that was observed`);
    if (!Object.hasOwn(found.values, String(observation)))
      throw new Error(`judge() gave evidence of the observation ${shown(observation)}, of which ${found.id} has no value`);
  }
  return judgement as unknown as ReturnType<OwnClaim['judge']>;
}

/** A value, short enough for a message. */
function shown(value: unknown): string {
  if (isObject(value) && 'then' in value) return 'a promise (it may not be async)';
  if (typeof value === 'function') return 'a function';
  const text = typeof value === 'object' ? JSON.stringify(value) : typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN - 1)}…` : text;
}
const LONGEST_SHOWN = 60;
