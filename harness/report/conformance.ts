/** What the RFCs say of the observed values: servers with the same value and the same verdict are named together. */
import type { ObservedCell, RunResult } from '../compare/run-result.ts';
import type { Conformance } from '../model.ts';
import { labelOf } from './findings.ts';
import type { TableWords } from './phrases/tables.ts';
import { framesText, placeOf, valueText } from './value-text.ts';

/** One value of an observation, what the RFC says of it, and which servers show it. */
export interface JudgedValue {
  verdict: Conformance['verdict'];
  text: string;
  because: string;
  /** The first cell of each server that shows it. */
  servers: { server: string; cell: ObservedCell; frames: string }[];
}

/** An observation that an RFC has a rule for, with every value that was seen. */
export interface JudgedObservation {
  observation: string;
  title: string;
  section: string;
  /** Deviations first. */
  values: JudgedValue[];
}

const ORDER: Conformance['verdict'][] = ['deviates', 'conforms', 'unspecified'];

/**
 * Every observation with a value that conforms or deviates, in the order of the run's observations. One whose values are all `unspecified` is
 * left out.
 */
export function judgedObservations(run: RunResult, words: TableWords): JudgedObservation[] {
  const cells = run.cells.filter((cell) => cell.state === 'observed');
  return run.observations.flatMap(({ id, title, unit }) => {
    const found = new Map<string, JudgedValue>();
    let section = '';
    for (const cell of cells) {
      const observed = cell.values[id];
      if (!observed?.conformance) continue;
      const { verdict, because } = observed.conformance;
      section = observed.conformance.section;
      const text = valueText(observed, unit, words);
      const key = `${verdict}\n${text}\n${because}`;
      const judged = found.get(key) ?? { verdict, text, because, servers: [] };
      found.set(key, judged);
      const server = labelOf(run, cell.server, words);
      if (judged.servers.some((one) => one.server === server)) continue;
      judged.servers.push({ server, cell, frames: `${placeOf(cell)} ${framesText(observed, words)}` });
    }
    const values = [...found.values()].sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
    return values.some((one) => one.verdict !== 'unspecified') ? [{ observation: id, title, section, values }] : [];
  });
}
