import type { Link } from '../harness/model.ts';

/** One step of a visit, as data. The clients interpret it; a step's `id` marks its beginning in the capture. */
export type Action =
  /**
   * Type the address and press Enter. `until` says when the action is over: when every request has settled (the default), at the page's load event, or
   * some milliseconds after it began, with whatever is then still on its way.
   */
  | { do: 'navigate'; path: string; until?: 'settled' | 'load' | { ms: number } }
  /** Follow a link on the page. */
  | { do: 'follow-link'; path: string }
  /** The reload button. */
  | { do: 'reload' }
  /** Reload past the cache (Ctrl+Shift+R). */
  | { do: 'hard-reload' }
  /** "Disable cache" of the developer tools. */
  | { do: 'disable-cache' }
  /** Press play on the page's audio; seek to a part of it (0 to 1). */
  | { do: 'play' }
  | { do: 'seek'; to: number }
  /** Leave for an empty page, whatever is still on its way. */
  | { do: 'leave' }
  /**
   * Leave the page open and watch until every connection is closed or the window ends; `whole`: until the window ends in any case.
   * Done by the harness.
   */
  | { do: 'watch'; whole?: true }
  /** Ask the server to stop, without waiting for it. Done by the harness. */
  | { do: 'stop-server' }
  /** Put one direct question to the server (`clients/probe/`). */
  | { do: 'ask'; question: string }
  /** Close the browser. */
  | { do: 'quit' };

export interface Step {
  /** The last step bears the scenario's id. */
  id: string;
  actions: Action[];
}

export interface Scenario {
  id: string;
  title: string;
  /** Which kind of client can act it out. */
  for: 'browser' | 'probe';
  steps: Step[];
  /** Shape of the link while it runs, if it needs one; what the run says of its link goes before it. */
  link?: Link;
}

/** Checks at load time what the type can't say: that the last step bears the scenario's id. */
export function defineScenario(scenario: Scenario): Scenario {
  const last = scenario.steps.at(-1);
  if (last?.id !== scenario.id) throw new Error(`scenario ${scenario.id}: its last step must bear its id, not "${last?.id}"`);
  return scenario;
}
