import { importFramework } from './fetched.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/**
 * Fastify sets Node's `keepAliveTimeout` to 72 s and announces it (`Keep-Alive: timeout=72`), as no other Node framework here does; FIN at
 * 73 s. Its 408 on a connection without a request is JSON, without `Date` and `Connection`.
 */
export default defineServer({
  id: 'fastify',
  title: 'Fastify',
  summary: 'fastify with @fastify/static and their defaults',
  version: async () => npmAvailability('fastify', '@fastify/static'),
  start: nodeProgram('fastify'),
  async listen({ host, port, site }) {
    const fastify = await importFramework<typeof import('fastify').default>('fastify');
    const serve = await importFramework<typeof import('@fastify/static').default>('@fastify/static');
    const app = fastify();
    app.register(serve, { root: site });
    await app.listen({ host, port });
  },
});
