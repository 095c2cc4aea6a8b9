import { defineScenario } from '../scenario.ts';

export const maxRequests = defineScenario({
  id: 'max-requests',
  title: 'Requests on one connection',
  for: 'probe',
  // 1,000 requests, one after the other, of a slow server (Django's takes 50 ms for each) as many as it answers in this time.
  busyS: 20,
  steps: [{ id: 'max-requests', actions: [{ do: 'ask', question: 'max-requests' }] }],
});
