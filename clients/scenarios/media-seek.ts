import { defineScenario } from '../scenario.ts';

export const mediaSeek = defineScenario({
  id: 'media-seek',
  title: 'The audio is sought forward while it still loads, on a slow link',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/', until: { ms: 3_000 } }] },
    { id: 'media-seek', actions: [{ do: 'seek', to: 0.9 }, { do: 'watch' }] },
  ],
  link: { rateKbit: 1000, mtu: 1_500 },
});
