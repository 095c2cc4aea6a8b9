import { defineScenario } from '../scenario.ts';

export const maxRequests = defineScenario({
  id: 'max-requests',
  title: 'Requests on one connection',
  for: 'probe',
  steps: [{ id: 'max-requests', actions: [{ do: 'ask', question: 'max-requests' }] }],
});
