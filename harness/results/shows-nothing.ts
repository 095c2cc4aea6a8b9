import { trafficOf } from '../../clients/scenario-traffic.ts';
import { scenarios } from '../../clients/scenarios/index.ts';
import { servers } from '../../servers/index.ts';
import { whyNotServed } from '../decode/served.ts';
import { type CellIdentity, CHAIN_SIGN, type Evidence } from '../model.ts';

/**
 * Why a cell shows nothing of its scenario; `null` where it does. The servers of the registry serve the site; the user's own may answer as
 * it likes. An unknown scenario need not show anything.
 */
export function whyShowsNothing(cell: CellIdentity, evidence: Pick<Evidence, 'connections' | 'exchanges'>): string | null {
  const scenario = scenarios.find(({ id }) => id === cell.scenario);
  if (!scenario) return null;
  const { sends, awaitsAnswers, pages } = trafficOf(scenario);
  const site = cell.server.split(CHAIN_SIGN).at(-1);
  const hasSite = servers.some(({ id }) => id === site);
  return whyNotServed(evidence, { sends, asksForSite: hasSite && awaitsAnswers, pages: hasSite ? pages : [] });
}
