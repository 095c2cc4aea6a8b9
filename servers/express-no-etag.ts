import { listenExpress } from './express.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** Leaves Last-Modified as the only validator. */
export default defineServer({
  id: 'express-no-etag',
  title: 'Express without ETag',
  variantOf: 'express',
  summary: 'the etag option of express.static is off',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express-no-etag'),
  listen: (context) => listenExpress(context, { files: { etag: false } }),
});
