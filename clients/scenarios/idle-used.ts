import { defineScenario } from '../scenario.ts';

export const idleUsed = defineScenario({
  id: 'idle-used',
  title: 'Idle after one response',
  for: 'probe',
  steps: [{ id: 'idle-used', actions: [{ do: 'ask', question: 'idle-used' }, { do: 'watch' }] }],
});
