import { nodeProgram } from '../node-program.ts';
import { defineServer } from '../server.ts';
import { listenIis } from './iis.ts';

/** Tests whether clients obey the advertised time-out. */
export default defineServer({
  id: 'iis-header-only',
  title: 'IIS (model), only the header changed',
  provenance: 'model',
  variantOf: 'iis',
  summary: 'every response has Connection: keep-alive and Keep-Alive: timeout=5; the timer stays at 120 s',
  version: async () => ({ version: '10.0' }),
  start: nodeProgram('iis-header-only'),
  listen: (context) =>
    listenIis(context, {
      connectionFields: [
        ['Connection', 'keep-alive'],
        ['Keep-Alive', 'timeout=5'],
      ],
    }),
});
