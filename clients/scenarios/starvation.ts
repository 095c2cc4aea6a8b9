import { starvation as questions } from '../probe/questions/starvation.ts';
import { defineScenario } from '../scenario.ts';

const steps = questions.map(({ id }) => ({ id, actions: [{ do: 'ask' as const, question: id }] }));

export const starvation = defineScenario({
  id: 'starvation',
  title: 'Requests beside silent connections and slow readers',
  for: 'probe',
  // Apache answers beside many silent connections after 4 s.
  busyS: 4,
  // The connections that are held are not watched: how long the server keeps them is another question.
  steps: [...steps, { id: 'starvation', actions: [] }],
});
