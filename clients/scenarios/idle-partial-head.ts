import { defineScenario } from '../scenario.ts';

export const idlePartialHead = defineScenario({
  id: 'idle-partial-head',
  title: 'Idle with an incomplete request head or body',
  for: 'probe',
  steps: [
    { id: 'idle-partial-body', actions: [{ do: 'ask', question: 'idle-partial-body' }] },
    { id: 'idle-partial-head', actions: [{ do: 'ask', question: 'idle-partial-head' }, { do: 'watch' }] },
  ],
});
