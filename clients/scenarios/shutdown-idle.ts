import { defineScenario } from '../scenario.ts';

const asking = (question: string) => ({ do: 'ask' as const, question });

export const shutdownIdle = defineScenario({
  id: 'shutdown-idle',
  title: 'Stop the server: idle connections and unfinished requests',
  for: 'probe',
  steps: [
    { id: 'shutdown-idle.request', actions: [asking('shutdown-idle')] },
    ...['shutdown.kept', 'shutdown.silent', 'shutdown.half-head', 'shutdown.half-body'].map((id) => ({ id, actions: [asking(id)] })),
    {
      id: 'shutdown-idle',
      actions: [
        { do: 'stop-server' },
        ...['shutdown.next', 'shutdown.head-rest', 'shutdown.body-rest', 'shutdown.new'].map(asking),
        { do: 'watch' },
      ],
    },
  ],
});
