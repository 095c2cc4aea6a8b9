/** Thresholds that a run must hold, and which of them it does not. */
import type { ObservedValue } from '../model.ts';
import { badArgument } from '../system/coded-error.ts';
import { nearName } from '../system/near-name.ts';
import { isObserved } from './matrix.ts';
import { cellId, cellOfId, type Difference, type FindingRow, type RunResult } from './run-result.ts';
import { isWorse } from './worse.ts';

/** From the worst to the least. */
const SEVERITIES: readonly FindingRow['severity'][] = ['fault', 'risk', 'advice', 'note'];

/** A finding that is known and accepted. */
export interface Ignored {
  /** Id of the finding. */
  id: string;
  /** Id of the server; default: any. */
  server?: string | undefined;
  reason: string;
}

/** What a run must hold. */
export interface Gate {
  /** The least severity that fails; `null`: none. */
  severity: FindingRow['severity'] | null;
  /** Findings that fail whatever their severity. */
  ids: readonly string[];
  /** By id of a finding, of an observation, or by severity: the most that may be. */
  max: ReadonlyMap<string, number>;
  ignore: readonly Ignored[];
  /** The server that counts; default: every one. */
  server?: string | undefined;
}

/** One threshold that did not hold. */
export type GateReason =
  | { kind: 'finding'; finding: FindingRow }
  | { kind: 'too-many'; id: string; most: number; count: number }
  | { kind: 'too-much'; id: string; most: number; cell: string; value: ObservedValue }
  | { kind: 'worse'; difference: Difference }
  | { kind: 'lost'; cell: string };

/** What may be named: ids of findings and of observations. */
export interface Known {
  findings: readonly string[];
  observations: readonly string[];
}

/** The thresholds as options give them. */
export interface GateOptions {
  /** Comma list of `fault`, `risk`, `advice`, `note` or ids of findings. */
  failOn?: string | undefined;
  /** Each `ID=N`. */
  max?: readonly string[] | undefined;
  ignore?: readonly Ignored[] | undefined;
  server?: string | undefined;
}

/** Reads the thresholds. @throws CodedError (bad-argument) for an id that is not there, or a number that is none */
export function gateOf({ failOn, max = [], ignore = [], server }: GateOptions, known: Known): Gate {
  const names =
    failOn
      ?.split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '') ?? [];
  if (failOn !== undefined && names.length === 0)
    throw badArgument('--fail-on names nothing: give fault, risk, advice, or ids of findings');
  const wanted = names.filter((name) => (SEVERITIES as readonly string[]).includes(name)) as FindingRow['severity'][];
  const ids = names.filter((name) => !(SEVERITIES as readonly string[]).includes(name));
  for (const id of ids) {
    if (!known.findings.includes(id))
      throw badArgument(
        `--fail-on: there is no finding "${id}"; give fault, risk, advice, or an id${nearest(id, [...SEVERITIES, ...known.findings])}`,
      );
  }
  return {
    severity: SEVERITIES.findLast((severity) => wanted.includes(severity)) ?? null,
    ids,
    max: new Map(max.map((text) => maximum(text, known))),
    ignore,
    server,
  };
}

function maximum(text: string, known: Known): [string, number] {
  const [, id = '', number = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  const most = number.trim() === '' ? Number.NaN : Number(number);
  if (!Number.isFinite(most) || most < 0)
    throw badArgument(`--max takes ID=N, as in framing.content-length-short=0 or connections.opened=6; not "${text}"`);
  const all = [...SEVERITIES, ...known.findings, ...known.observations];
  if (!all.includes(id)) throw badArgument(`--max: there is no finding, observation or severity "${id}"${nearest(id, all)}`);
  return [id, most];
}

/** The id that was probably meant, or those of the same group, for a message. */
function nearest(id: string, all: readonly string[]): string {
  const meant = nearName(id, all);
  if (meant !== undefined) return `; did you mean ${meant}?`;
  const [group = ''] = id.split('.');
  const same = all.filter((one) => one.startsWith(`${group}.`));
  return same.length === 0 ? '' : `; of ${group} there are: ${same.join(', ')}`;
}

type Gated = Pick<RunResult, 'cells' | 'baseline'> & { findings: readonly FindingRow[] };

/**
 * The thresholds that this run does not hold, findings first. Against a baseline only what is new or worse counts; without a threshold of their own, new findings count from
 * `advice` up. Maxima count everything.
 */
export function gateReasons(run: Gated, gate: Gate): GateReason[] {
  const isOf = (server: string) => gate.server === undefined || server === gate.server;
  const counted = (findings: readonly FindingRow[]) =>
    findings.filter((finding) => isOf(finding.server) && !isIgnored(finding, gate.ignore));
  const cells = run.cells.filter(({ server }) => isOf(server));
  const { baseline } = run;
  const asked = gate.severity !== null || gate.ids.length > 0;
  const least = asked || !baseline ? gate.severity : 'advice';
  const fails = ({ id, severity }: FindingRow) =>
    gate.ids.includes(id) || (least !== null && SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(least));
  const considered = baseline ? (baseline.findings?.appeared ?? []) : run.findings;
  return [
    ...counted(considered)
      .filter(fails)
      .map((finding): GateReason => ({ kind: 'finding', finding })),
    ...[...gate.max].flatMap(([id, most]) => beyond(id, most, counted(run.findings), cells)),
    ...(baseline?.differences ?? [])
      .filter((difference) => isOf(cellOfId(difference.right.cell).server) && isWorse(difference))
      .map((difference): GateReason => ({ kind: 'worse', difference })),
    ...(baseline?.lost ?? []).filter((cell) => isOf(cellOfId(cell).server)).map((cell): GateReason => ({ kind: 'lost', cell })),
  ];
}

const isIgnored = (finding: FindingRow, ignore: readonly Ignored[]): boolean =>
  ignore.some(({ id, server }) => id === finding.id && (server === undefined || server === finding.server));

/** Findings are counted by the places where they are seen, severities by their findings; of an observation each cell's number is compared. */
function beyond(id: string, most: number, findings: readonly FindingRow[], cells: RunResult['cells']): GateReason[] {
  const ofSeverity = (SEVERITIES as readonly string[]).includes(id);
  const same = findings.filter((finding) => (ofSeverity ? finding.severity : finding.id) === id);
  const count = ofSeverity ? same.length : same.reduce((sum, { where }) => sum + Math.max(1, where.length), 0);
  if (count > most) return [{ kind: 'too-many', id, most, count }];
  return cells.filter(isObserved).flatMap((cell): GateReason[] => {
    const value = cell.values[id];
    return typeof value?.value === 'number' && value.value > most ? [{ kind: 'too-much', id, most, cell: cellId(cell), value }] : [];
  });
}
