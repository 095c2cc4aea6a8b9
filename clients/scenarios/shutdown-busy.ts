import { defineScenario } from '../scenario.ts';

export const shutdownBusy = defineScenario({
  id: 'shutdown-busy',
  title: 'Stop the server: a download under way',
  for: 'probe',
  // At the loopback's own rate, or with long queues on the way, the kernel would take most of the file off the server's hands before the stop, or all of it.
  link: { rateKbit: 1_000, mtu: 1_500, bufferBytes: 2_000 },
  steps: [
    { id: 'shutdown-busy.request', actions: [{ do: 'ask', question: 'shutdown-busy' }] },
    { id: 'shutdown-busy', actions: [{ do: 'stop-server' }, { do: 'watch' }] },
  ],
});
