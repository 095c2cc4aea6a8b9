import { questions } from './probe/questions/index.ts';
import type { Action, Scenario } from './scenario.ts';

/** What the capture of a scenario must hold, as its steps say. */
export interface ScenarioTraffic {
  /** The client sends something. */
  sends: boolean;
  /** It waits for an answer to some of it. */
  awaitsAnswers: boolean;
  /** Paths of the pages that it opens, each once. */
  pages: string[];
}

/** What the client sends in a scenario, from its actions and the questions that they ask. */
export function trafficOf({ steps }: Pick<Scenario, 'steps'>): ScenarioTraffic {
  const actions: Action[] = steps.flatMap((step) => step.actions);
  const pages = [...new Set(actions.flatMap((action) => ('path' in action ? [action.path] : [])))];
  const asked = actions.flatMap((action) => (action.do === 'ask' ? questions.filter(({ id }) => id === action.question) : []));
  const sent = asked.flatMap((question) => [question, ...(question.turns ?? [])]).filter(({ send }) => send.length > 0);
  return {
    sends: pages.length > 0 || sent.length > 0,
    awaitsAnswers: pages.length > 0 || sent.some((turn) => turn.await !== 'nothing'),
    pages,
  };
}
