import { defineScenario } from '../scenario.ts';

export const idle = defineScenario({
  id: 'idle',
  title: 'The page stays open, idle',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'idle', actions: [{ do: 'watch' }] },
  ],
});
