import { defineScenario } from '../scenario.ts';

export const maxRequests = defineScenario({
  id: 'max-requests',
  title: 'Requests on one connection',
  for: 'probe',
  // 1,000 requests, one after the other: Django's development server takes 20 ms for each.
  busyS: 20,
  steps: [{ id: 'max-requests', actions: [{ do: 'ask', question: 'max-requests' }] }],
});
