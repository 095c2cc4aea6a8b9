import { defineScenario } from '../scenario.ts';

/** At this rate each picture takes a third of a second, so that it shows which requests wait for others. */
export const slowLink = defineScenario({
  id: 'slow-link',
  title: 'A page with many resources over a slow link (1 Mbit/s)',
  for: 'browser',
  link: { rateKbit: 1_000, mtu: 1_500 },
  steps: [{ id: 'slow-link', actions: [{ do: 'navigate', path: '/cards.html' }, { do: 'watch' }] }],
});
