import { defineScenario } from '../scenario.ts';

export const linkRevisit = defineScenario({
  id: 'link-revisit',
  title: 'The page left by a link, and back by another',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'gallery', actions: [{ do: 'follow-link', path: '/cards.html' }] },
    { id: 'link-revisit', actions: [{ do: 'follow-link', path: '/' }, { do: 'watch' }] },
  ],
});
