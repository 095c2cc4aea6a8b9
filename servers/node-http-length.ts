import { stat } from 'node:fs/promises';
import { serveFiles } from './node-http.ts';
import { nodeProgram } from './node-program.ts';
import { defineServer } from './server.ts';

/** The same bytes in the other framing: one write fewer at the end, and the browser knows the length in advance. */
export default defineServer({
  id: 'node-http-length',
  title: 'Node.js http with Content-Length',
  variantOf: 'node-http',
  summary: 'the length of the file is sent as Content-Length; the body is not chunked then',
  version: async () => ({ version: process.versions.node }),
  start: nodeProgram('node-http-length'),
  async listen({ host, port, site }) {
    serveFiles(site, { contentLength: async (file) => ({ 'Content-Length': (await stat(file)).size }) }).listen(port, host);
  },
});
