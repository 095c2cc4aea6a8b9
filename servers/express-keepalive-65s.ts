import { listenExpress } from './express.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** The cure of the keep-alive race: longer than the 60 s for which nginx and most load balancers keep an idle connection. */
export default defineServer({
  id: 'express-keepalive-65s',
  title: 'Express, 65 s',
  variantOf: 'express',
  summary: 'server.keepAliveTimeout = 65_000',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express-keepalive-65s'),
  listen: (context) => listenExpress(context, { keepAliveTimeoutMs: 65_000 }),
});
