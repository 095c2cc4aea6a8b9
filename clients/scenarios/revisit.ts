import { defineScenario } from '../scenario.ts';

export const revisit = defineScenario({
  id: 'revisit',
  title: 'The address is typed again',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'revisit', actions: [{ do: 'navigate', path: '/' }, { do: 'watch' }] },
  ],
});
