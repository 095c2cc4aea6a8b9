import { defineScenario } from '../scenario.ts';

/** Where the server closes early in the window, the browser learns of it long before it is closed; `close` does not wait so long. */
export const closeLate = defineScenario({
  id: 'close-late',
  title: 'The browser is closed when the whole window has passed',
  for: 'browser',
  steps: [
    {
      id: 'idle',
      actions: [
        { do: 'navigate', path: '/' },
        { do: 'watch', whole: true },
      ],
    },
    { id: 'close-late', actions: [{ do: 'quit' }] },
  ],
});
