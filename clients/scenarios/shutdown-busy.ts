import { defineScenario } from '../scenario.ts';

export const shutdownBusy = defineScenario({
  id: 'shutdown-busy',
  title: 'Stop the server: a download under way',
  for: 'probe',
  // One megabit a second in segments of Ethernet's size: at the loopback's own, the kernel would take the whole file off the server's hands at once.
  link: { rateKbit: 1_000, mtu: 1_500 },
  steps: [
    { id: 'shutdown-busy.request', actions: [{ do: 'ask', question: 'shutdown-busy' }] },
    { id: 'shutdown-busy', actions: [{ do: 'stop-server' }, { do: 'watch' }] },
  ],
});
