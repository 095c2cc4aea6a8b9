import { defineScenario } from '../scenario.ts';

export const linkRevisit = defineScenario({
  id: 'link-revisit',
  title: 'A link to another page, and a link back',
  for: 'browser',
  steps: [
    { id: 'first-visit', actions: [{ do: 'navigate', path: '/' }] },
    { id: 'gallery', actions: [{ do: 'follow-link', path: '/cards.html' }] },
    { id: 'link-revisit', actions: [{ do: 'follow-link', path: '/' }, { do: 'watch' }] },
  ],
});
