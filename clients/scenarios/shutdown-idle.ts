import { defineScenario } from '../scenario.ts';

export const shutdownIdle = defineScenario({
  id: 'shutdown-idle',
  title: 'Stop the server: an idle connection',
  for: 'probe',
  steps: [
    { id: 'shutdown-idle.request', actions: [{ do: 'ask', question: 'shutdown-idle' }] },
    { id: 'shutdown-idle', actions: [{ do: 'stop-server' }, { do: 'watch' }] },
  ],
});
