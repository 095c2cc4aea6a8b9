import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { fetchedAvailability, fetchedFile } from '../fetched.ts';
import { defineServer } from '../server.ts';

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
