import { fetchedAvailability, fetchedFile } from './fetched.ts';
import { defineServer } from './server.ts';

/** As measured here (14.2): strong ETags; of several ranges the first is sent. The connection is Node's (see `node-http.ts`). */
export default defineServer({
  id: 'serve',
  title: 'serve',
  summary: 'serve FOLDER, the command line of Vercel',
  version: async () => fetchedAvailability('serve', [`node ${process.versions.node}`]),
  start: ({ host, port, site }) => ({
    file: process.execPath,
    args: [fetchedFile('serve', /^serve$/, 'build', 'main.js'), '--listen', `tcp://${host}:${port}`, site],
  }),
});
