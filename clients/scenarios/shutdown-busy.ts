import { defineScenario } from '../scenario.ts';

export const shutdownBusy = defineScenario({
  id: 'shutdown-busy',
  title: 'Stop the server: a download in progress',
  for: 'probe',
  // On a link without a limit, or with long queues, the kernel would take most or all of the file from the server before the stop.
  link: { rateKbit: 1_000, mtu: 1_500, bufferBytes: 2_000 },
  steps: [
    { id: 'shutdown-busy.request', actions: [{ do: 'ask', question: 'shutdown-busy' }] },
    { id: 'shutdown-busy', actions: [{ do: 'stop-server' }, { do: 'watch' }] },
  ],
});
