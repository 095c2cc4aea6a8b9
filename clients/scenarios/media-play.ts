import { defineScenario } from '../scenario.ts';

export const mediaPlay = defineScenario({
  id: 'media-play',
  title: 'The audio is played',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'media-play', actions: [{ do: 'play' }, { do: 'watch' }] },
  ],
});
