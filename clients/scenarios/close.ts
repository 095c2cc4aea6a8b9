import { defineScenario } from '../scenario.ts';

export const close = defineScenario({
  id: 'close',
  title: 'The browser is closed after a visit',
  for: 'browser',
  steps: [
    { id: 'idle', actions: [{ do: 'navigate', path: '/' }, { do: 'watch' }] },
    { id: 'close', actions: [{ do: 'quit' }] },
  ],
});
