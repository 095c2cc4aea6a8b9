/** What of a probe's run says how its server treats what stands in front of it. */
import { isObserved } from '../../compare/matrix.ts';
import type { RunResult } from '../../compare/run-result.ts';
import { OWN_SERVER } from '../../model.ts';
import { type Front, type FrontPrediction, predictFronts, timerOfProbe } from '../../race/behind.ts';

/** Predicts each front for the user's own server, by the cell that measures its idle timer. */
export function frontsBefore({ cells }: RunResult, fronts: readonly Front[]): FrontPrediction[] {
  const cell = cells.filter(isObserved).find(({ server, scenario }) => server === OWN_SERVER && scenario === 'idle-used');
  const value = (id: string) => cell?.values[id] ?? null;
  return predictFronts(fronts, timerOfProbe(value('idle.used-s'), value('keepalive.advertised-s')?.value, value('http.connection')?.value));
}
