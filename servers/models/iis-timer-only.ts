import { nodeProgram } from '../node-program.ts';
import { defineServer } from '../server.ts';
import { listenIis } from './iis.ts';

/** Tests whether the timer alone makes the server the first to close. */
export default defineServer({
  id: 'iis-timer-only',
  title: 'IIS (model), 5 s',
  provenance: 'model',
  variantOf: 'iis',
  summary: 'connectionTimeout 5 s instead of 120 s, and no header announces it',
  version: async () => ({ version: '10.0' }),
  start: nodeProgram('iis-timer-only'),
  listen: (context) => listenIis(context, { connectionMs: 5_000 }),
});
