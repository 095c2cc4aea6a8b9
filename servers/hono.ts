import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/**
 * As measured here: `Last-Modified` and no ETag, no `Accept-Ranges` in a full response, WAVE as application/octet-stream; methods other
 * than GET and HEAD get a 404, and the connection is closed where request content was not read. The connection is Node's (see
 * `node-http.ts`).
 */
export default defineServer({
  id: 'hono',
  title: 'Hono',
  summary: 'hono on @hono/node-server with its serveStatic',
  version: async () => npmAvailability('hono', '@hono/node-server'),
  start: nodeProgram('hono'),
  async listen({ host, port, site }) {
    const [{ Hono }, { serve }, { serveStatic }] = await Promise.all([
      import('hono'),
      import('@hono/node-server'),
      import('@hono/node-server/serve-static'),
    ]);
    const app = new Hono();
    app.use('/*', serveStatic({ root: site }));
    serve({ fetch: app.fetch, hostname: host, port });
  },
});
