/** Why a gate failed, in words. */
import type { GateReason } from '../compare/gate.ts';
import type { RunResult } from '../compare/run-result.ts';
import { TABLE_WORDS } from './phrases/tables.ts';
import { framesText, NO_BREAK, valueText } from './value-text.ts';

/** One line a threshold that did not hold; no line is escaped yet. */
export function gateLines(reasons: readonly GateReason[], run: Pick<RunResult, 'observations' | 'baseline'>): string[] {
  const words = TABLE_WORDS.en;
  const unitOf = (id: string) => run.observations.find((one) => one.id === id)?.unit ?? null;
  const lineOf = (reason: GateReason): string => {
    switch (reason.kind) {
      case 'finding': {
        const { severity, id, title, server, where } = reason.finding;
        const [place] = where;
        const at = place ? ` (${place.cell ?? server}, ${words.frames(place.frames.slice(0, 4), place.frames.length > 4)})` : '';
        return `${run.baseline ? 'new ' : ''}${severity} ${id}: ${title}${at}`;
      }
      case 'too-many':
        return `${reason.id}: ${reason.count}; at most ${reason.most} allowed`;
      case 'too-much':
        return `${reason.id}: ${valueText(reason.value, unitOf(reason.id), words)} in ${reason.cell} (${framesText(reason.value, words)}); at most ${reason.most} allowed`;
      case 'worse': {
        const { observation, left, right } = reason.difference;
        const text = (side: typeof left) => valueText(side.value, unitOf(observation), words);
        const why =
          right.value?.conformance?.verdict === 'deviates'
            ? `; ${right.value.conformance.section}: ${right.value.conformance.because}`
            : '';
        return `worse than the baseline: ${right.cell} ${observation}: ${text(left)} → ${text(right)} (${framesText(right.value, words)})${why}`;
      }
      case 'lost':
        return `no longer observed: ${reason.cell}`;
    }
  };
  return reasons.map((reason) => lineOf(reason).replaceAll(NO_BREAK, ' '));
}
