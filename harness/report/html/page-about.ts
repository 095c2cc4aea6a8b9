/** What the page says of models and emulated browsers. */
import { FIDELITY_SCORES } from '../../compare/fidelity-scores.ts';
import { modelCells, modelShares } from '../../compare/model-fidelity.ts';
import type { RunResult } from '../../compare/run-result.ts';
import type { PageAbout } from './page-format.ts';

/** The browsers that a profile imitates, as this project runs them. */
const REAL_BROWSERS: Readonly<Record<string, string>> = { chromium: 'real-chromium', firefox: 'real-firefox' };

/** By id: each model and each emulated browser of the run. */
export function aboutOf(run: RunResult): Record<string, PageAbout> {
  const compared = modelCells(run);
  const shares = modelShares(compared);
  const titleOf = (id: string): string => run.servers.find((row) => row.id === id)?.title ?? id;
  const models = run.servers
    .filter(({ provenance }) => provenance === 'model')
    .map(({ id, variantOf, modelOf, sources }): [string, PageAbout] => {
      const share = shares.find((one) => one.id === id);
      const base = run.servers.find((row) => row.id === variantOf);
      return [
        id,
        {
          sources: sources ?? base?.sources ?? [],
          known: [],
          real: modelOf === null ? null : titleOf(modelOf),
          ofRun: share && modelOf !== null ? { share: share.share, judged: share.judged, real: titleOf(modelOf) } : null,
          reference: scoreOf(id),
        },
      ];
    });
  const browsers = run.clients
    .filter(({ provenance }) => provenance === 'emulated')
    .map(({ id, sources, known }): [string, PageAbout] => [
      id,
      { sources: sources ?? [], known: known ?? [], real: REAL_BROWSERS[id] ?? null, ofRun: null, reference: scoreOf(id) },
    ]);
  return Object.fromEntries([...models, ...browsers]);
}

function scoreOf(id: string): PageAbout['reference'] {
  return Object.hasOwn(FIDELITY_SCORES, id) ? (FIDELITY_SCORES[id] ?? null) : null;
}
