import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { fetchedAvailability, fetchedFile } from '../fetched.ts';
import { defineServer } from '../server.ts';

/** As measured here (2.9.6): no idle connection was closed in 95 s, used or not; chunked, no ranges, no ETag. */
export default defineServer({
  id: 'deno',
  title: 'Deno',
  summary: "Deno.serve with a file's stream",
  version: async () => fetchedAvailability('deno'),
  start: ({ host, port, site, work }) => ({
    file: fetchedFile('deno', /deno/, 'deno'),
    args: ['run', '--no-prompt', '--allow-net', '--allow-read', '--allow-env', join(projectRoot(), 'servers', 'deno', 'server.js')],
    env: { HOST: host, PORT: String(port), SITE: site, DENO_DIR: join(work, 'deno'), DENO_NO_UPDATE_CHECK: '1' },
  }),
});
