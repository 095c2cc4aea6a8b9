import type { Link } from '../harness/model.ts';

/** One action of a visit, as data. The client performs it, except where it says that the harness does. */
export type Action =
  /**
   * Type the address and press Enter. `until` says when the action is over: when every request is answered or has failed (`settled`, the
   * default), at the page's load event, or a number of milliseconds after its beginning, even where requests are still in progress.
   */
  | { do: 'navigate'; path: string; until?: 'settled' | 'load' | { ms: number } }
  /** Follow a link on the page. */
  | { do: 'follow-link'; path: string }
  /** The reload button. */
  | { do: 'reload' }
  /** Reload bypassing the cache (Ctrl+Shift+R). */
  | { do: 'hard-reload' }
  /** "Disable cache" of the developer tools. */
  | { do: 'disable-cache' }
  /** Play the page's audio; seek in it, `to` as a fraction of its length (0 to 1). */
  | { do: 'play' }
  | { do: 'seek'; to: number }
  /** Go to an empty page, even where requests are still in progress. */
  | { do: 'leave' }
  /**
   * Leave the page open and watch until every connection is closed or the window ends; `whole`: always until the window ends. Done by the
   * harness.
   */
  | { do: 'watch'; whole?: true }
  /** Ask the server to stop, without waiting for it. Done by the harness. */
  | { do: 'stop-server' }
  /** Ask the server one direct question (`clients/probe/`). */
  | { do: 'ask'; question: string }
  /** Close the browser. */
  | { do: 'quit' };

/** One step of a scenario. Its id marks its beginning in the capture. */
export interface Step {
  /** That of the last step is the id of the scenario. */
  id: string;
  actions: Action[];
}

/** A visit by a browser, or questions of the probe, as data. */
export interface Scenario {
  id: string;
  title: string;
  /** Which kind of client can perform it. */
  for: 'browser' | 'probe';
  steps: Step[];
  /** Asked of the user's own server alone: of those of the registry the answer is known. */
  ownOnly?: boolean;
  /** How long it takes with a slow server though nothing is waited for, in seconds; default: little. */
  busyS?: number;
  /** The link during this scenario, where it needs a certain one. Settings of the run take precedence. */
  link?: Link;
}

/**
 * Checks at load time what the type can't express.
 * @throws where the last step doesn't have the scenario's id
 */
export function defineScenario(scenario: Scenario): Scenario {
  const last = scenario.steps.at(-1);
  if (last?.id !== scenario.id)
    throw new Error(`scenario ${scenario.id}: the id of its last step must be the scenario's, not "${last?.id}"`);
  return scenario;
}
