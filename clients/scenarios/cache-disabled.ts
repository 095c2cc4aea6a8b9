import { defineScenario } from '../scenario.ts';

export const cacheDisabled = defineScenario({
  id: 'cache-disabled',
  title: 'Revisit with the cache disabled in the developer tools',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'cache-disabled', actions: [{ do: 'disable-cache' }, { do: 'navigate', path: '/' }, { do: 'watch' }] },
  ],
});
