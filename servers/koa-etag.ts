import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer } from './server.ts';

/**
 * koa-range is the range middleware that Koa's own list names. As measured here (0.3.0) it checks no number: a range beyond the end gets a
 * 206 with a negative `Content-Length`, one that reaches past the end gets a `Content-Length` longer than its body, a suffix range a 416,
 * several ranges the first of them; `If-Range` is ignored. The connection is Node's (see `node-http.ts`).
 */
export default defineServer({
  id: 'koa-etag',
  title: 'Koa with ETag',
  summary: 'koa with koa-conditional-get, koa-etag and koa-range before koa-static',
  version: async () => npmAvailability('koa', 'koa-static', 'koa-etag', 'koa-conditional-get', 'koa-range'),
  start: nodeProgram('koa-etag'),
  async listen({ host, port, site }) {
    const [{ default: Koa }, { default: serve }, { default: etag }, { default: conditional }, { default: range }] = await Promise.all([
      import('koa'),
      import('koa-static'),
      import('koa-etag'),
      import('koa-conditional-get'),
      import('koa-range'),
    ]);
    const app = new Koa();
    app.use(conditional());
    app.use(etag());
    app.use(range);
    app.use(serve(site));
    app.listen(port, host);
  },
});
