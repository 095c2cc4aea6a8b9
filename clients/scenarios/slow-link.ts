import { defineScenario } from '../scenario.ts';

/** The audio file takes some 2 s at this rate: whatever has to wait behind it can be told from what has not. */
export const slowLink = defineScenario({
  id: 'slow-link',
  title: 'First visit over a slow link (2 Mbit/s)',
  for: 'browser',
  link: { rateKbit: 2_000, mtu: 1_500 },
  steps: [{ id: 'slow-link', actions: [{ do: 'navigate', path: '/' }, { do: 'watch' }] }],
});
