import { fetchedAvailability, fetchedNode, fetchedProgram } from '../fetched.ts';
import { defineServer } from '../server.ts';

/** As measured here (12.0): no ETag, no ranges, `Cache-Control: public, max-age=3600`. The connection is Node's (see `node-http.ts`). */
export default defineServer({
  id: 'restify',
  title: 'Restify',
  summary: 'restify with its serveStatic plug-in',
  version: async () => fetchedAvailability('restify'),
  start: (context) => fetchedProgram('restify', fetchedNode('restify'))(context),
});
