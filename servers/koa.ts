import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/** Sends `Last-Modified` and `Cache-Control: max-age=0`, yet never a 304 and never a 206: both need more middleware. */
export default defineServer({
  id: 'koa',
  title: 'Koa',
  summary: 'koa with koa-static and its defaults',
  version: async () => npmAvailability('koa', 'koa-static'),
  start: nodeProgram('koa'),
  async listen({ host, port, site }) {
    const [{ default: Koa }, { default: serve }] = await Promise.all([import('koa'), import('koa-static')]);
    const app = new Koa();
    app.use(serve(site));
    app.listen(port, host);
  },
});
