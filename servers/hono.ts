import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

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
