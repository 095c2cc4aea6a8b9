import { defineScenario } from '../scenario.ts';

export const gallery = defineScenario({
  id: 'gallery',
  title: 'A page with many resources',
  for: 'browser',
  steps: [{ id: 'gallery', actions: [{ do: 'navigate', path: '/cards.html' }, { do: 'watch' }] }],
});
