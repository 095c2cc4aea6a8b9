import { defineScenario } from '../scenario.ts';

const samples = ['idle-used', 'idle-used.second', 'idle-used.third', 'idle-used.fourth'];

export const idleUsed = defineScenario({
  id: 'idle-used',
  title: 'Idle after one response',
  for: 'probe',
  steps: [
    { id: 'idle-used.again', actions: [{ do: 'ask', question: 'idle-used.again' }] },
    {
      id: 'idle-used',
      actions: [...[...samples, 'idle-used.restarted'].map((question) => ({ do: 'ask' as const, question })), { do: 'watch' }],
    },
  ],
});
