import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { fetchedAvailability, fetchedFile } from '../fetched.ts';
import { defineServer } from '../server.ts';

/** As measured here (1.4.5): FIN after 12 to 13 s, used or not (`idleTimeout` is 10 s); ranges, and no ETag. */
export default defineServer({
  id: 'bun',
  title: 'Bun',
  summary: 'Bun.serve with Bun.file',
  version: async () => fetchedAvailability('bun'),
  start: ({ host, port, site }) => ({
    file: fetchedFile('bun', /bun/, 'bin', 'bun'),
    args: ['run', join(projectRoot(), 'servers', 'bun', 'server.js')],
    env: { HOST: host, PORT: String(port), SITE: site },
  }),
});
