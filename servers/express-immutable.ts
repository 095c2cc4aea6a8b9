import { listenExpress } from './express.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** A revisit then sends no request. */
export default defineServer({
  id: 'express-immutable',
  title: 'Express, immutable',
  variantOf: 'express',
  summary: 'Cache-Control: public, max-age=31536000, immutable (the options maxAge and immutable, which have an effect only together)',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express-immutable'),
  listen: (context) => listenExpress(context, { files: { maxAge: '1y', immutable: true } }),
});
