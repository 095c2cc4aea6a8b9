import { listenExpress } from './express.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** What persistent connections are worth. */
export default defineServer({
  id: 'express-keepalive-off',
  title: 'Express without keep-alive',
  variantOf: 'express',
  summary: 'every response says Connection: close, on which Node closes',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express-keepalive-off'),
  listen: (context) => listenExpress(context, { header: ['Connection', 'close'] }),
});
