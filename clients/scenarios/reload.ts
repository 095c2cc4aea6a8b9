import { defineScenario } from '../scenario.ts';

export const reload = defineScenario({
  id: 'reload',
  title: 'Reload',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'reload', actions: [{ do: 'reload' }, { do: 'watch' }] },
  ],
});
