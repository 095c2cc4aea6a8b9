import type { ServeStaticOptions } from 'serve-static';
import { importFramework } from './fetched.ts';
import { nodeProgram, npmAvailability } from './node-program.ts';
import { defineServer, type ServerContext } from './server.ts';

/** What a variant may change. */
export interface ExpressSettings {
  /** Options of `express.static`. */
  files?: ServeStaticOptions;
  /** A header field that every response gets. */
  header?: readonly [name: string, value: string];
  /** `keepAliveTimeout` of Node's server, in milliseconds. */
  keepAliveTimeoutMs?: number;
}

/** The quick start of expressjs.com with its `express.static` middleware. */
export async function listenExpress(
  { host, port, site }: ServerContext,
  { files = {}, header, keepAliveTimeoutMs }: ExpressSettings = {},
): Promise<void> {
  const express = await importFramework<typeof import('express')>('express');
  const app = express();
  if (header) {
    app.use((_request, response, next) => {
      response.set(...header);
      next();
    });
  }
  app.use(express.static(site, files));
  const server = app.listen(port, host);
  if (keepAliveTimeoutMs !== undefined) server.keepAliveTimeout = keepAliveTimeoutMs;
}

/** A weak `ETag` of size and time, `Cache-Control: public, max-age=0`, ranges; the connection is Node's (see `node-http.ts`). */
export default defineServer({
  id: 'express',
  title: 'Express',
  summary: 'express.static with its defaults',
  version: async () => npmAvailability('express'),
  start: nodeProgram('express'),
  listen: listenExpress,
});
