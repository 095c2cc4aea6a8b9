import { defineScenario } from '../scenario.ts';

const questions = ['idle-used', ...['again', 'later', 'restarted'].map((name) => `idle-used.${name}`)];

export const idleUsed = defineScenario({
  id: 'idle-used',
  title: 'Idle after one response',
  for: 'probe',
  steps: [{ id: 'idle-used', actions: [...questions.map((question) => ({ do: 'ask' as const, question })), { do: 'watch' }] }],
});
