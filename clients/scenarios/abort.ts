import { defineScenario } from '../scenario.ts';

export const abort = defineScenario({
  id: 'abort',
  title: 'The page is left while the audio is still loading, over a slow link',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/', until: { ms: 3_000 } }] },
    { id: 'abort', actions: [{ do: 'leave' }, { do: 'watch' }] },
  ],
  link: { rateKbit: 400, mtu: 1_500 },
});
