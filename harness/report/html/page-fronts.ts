/** The documented idle time-outs of load balancers and proxies, each with what it predicts for every server of a run. */
import { isObserved } from '../../compare/matrix.ts';
import type { ObservedCell, RunResult } from '../../compare/run-result.ts';
import type { ObservedValue } from '../../model.ts';
import { predictFronts, timerOfProbe } from '../../race/behind.ts';
import { DOCUMENTED } from '../../race/documented.ts';
import type { PageFront } from './page-format.ts';

/** The probe answers it best; any client's cell may. */
const CLIENT = 'probe';

/** Those whose time is documented. @param servers in the order of the page */
export function pageFronts({ cells }: Pick<RunResult, 'cells'>, servers: readonly { id: string }[]): PageFront[] {
  const fronts = DOCUMENTED.filter(({ idleS, unlimited }) => idleS !== null || unlimited).map((documented) => ({
    documented,
    idleS: documented.idleS,
    isSetByUser: false,
  }));
  const predictions = servers.map(({ id }) => {
    const own = cells.filter((cell): cell is ObservedCell => isObserved(cell) && cell.server === id);
    const value = (observation: string): ObservedValue | null => {
      const having = own.filter(({ values }) => values[observation] !== undefined);
      const best = having.find(({ client, scenario }) => client === CLIENT && scenario === 'idle-used');
      return (best ?? having.find(({ client }) => client === CLIENT) ?? having[0])?.values[observation] ?? null;
    };
    const idleUsed = value('idle.used-s');
    if (idleUsed === null) return null;
    return predictFronts(fronts, timerOfProbe(idleUsed, value('keepalive.advertised-s')?.value, value('http.connection')?.value));
  });
  return fronts.map(({ documented: { id, title, idleS, url, read, note = null } }, place) => ({
    ...{ id, title, idleS, url, read, note },
    predictions: predictions.map((ofServer) => {
      const prediction = ofServer?.[place]?.prediction;
      return prediction ? [prediction.predicted, prediction.because, prediction.marginS] : null;
    }),
  }));
}
