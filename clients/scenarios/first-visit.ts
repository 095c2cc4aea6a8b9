import { defineScenario } from '../scenario.ts';

export const firstVisit = defineScenario({
  id: 'first-visit',
  title: 'First visit: an empty cache',
  for: 'browser',
  steps: [{ id: 'first-visit', actions: [{ do: 'navigate', path: '/' }, { do: 'watch' }] }],
});
