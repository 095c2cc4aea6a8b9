import { listenExpress } from './express.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** Shows the effect of persistent connections. */
export default defineServer({
  id: 'express-keepalive-off',
  title: 'Express without keep-alive',
  variantOf: 'express',
  summary: 'every response has Connection: close, and Node closes the connection after it',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express-keepalive-off'),
  listen: (context) => listenExpress(context, { header: ['Connection', 'close'] }),
});
