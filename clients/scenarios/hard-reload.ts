import { defineScenario } from '../scenario.ts';

export const hardReload = defineScenario({
  id: 'hard-reload',
  title: 'Reload bypassing the cache',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'hard-reload', actions: [{ do: 'hard-reload' }, { do: 'watch' }] },
  ],
});
