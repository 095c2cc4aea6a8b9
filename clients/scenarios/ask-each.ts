import type { Question } from '../probe/question.ts';
import { defineScenario, type Scenario } from '../scenario.ts';

/** A scenario that asks a family of questions, one step each. The last step asks nothing and only waits for the last packets. */
export function askEach(id: string, title: string, questions: readonly Question[]): Scenario {
  const steps = questions.map((question) => ({ id: question.id, actions: [{ do: 'ask' as const, question: question.id }] }));
  return defineScenario({ id, title, for: 'probe', steps: [...steps, { id, actions: [{ do: 'watch' }] }] });
}
