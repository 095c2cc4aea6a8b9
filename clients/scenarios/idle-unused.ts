import { defineScenario } from '../scenario.ts';

export const idleUnused = defineScenario({
  id: 'idle-unused',
  title: 'Idle, with nothing ever sent',
  for: 'probe',
  steps: [{ id: 'idle-unused', actions: [{ do: 'ask', question: 'idle-unused' }, { do: 'watch' }] }],
});
