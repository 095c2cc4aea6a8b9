import { defineScenario } from '../scenario.ts';

export const mediaSeek = defineScenario({
  id: 'media-seek',
  title: 'A seek in the audio while it is still loading, over a slow link',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/', until: { ms: 3_000 } }] },
    { id: 'media-seek', actions: [{ do: 'seek', to: 0.9 }, { do: 'watch' }] },
  ],
  link: { rateKbit: 1000, mtu: 1_500 },
});
