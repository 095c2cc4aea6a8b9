import { defineScenario } from '../scenario.ts';

/**
 * Where the server closes early in the window, its FIN has reached the browser long before the browser is closed; `close` doesn't wait that
 * long.
 */
export const closeLate = defineScenario({
  id: 'close-late',
  title: 'The browser is closed after the whole window',
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
