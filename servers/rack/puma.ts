import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { defineServer } from '../server.ts';

/** As measured here (5.6.5): FIN 20 s after a response, 30 s on a connection without a whole head; no ETag; several ranges get a multipart 206. */
export default defineServer({
  id: 'puma',
  title: 'Puma',
  summary: 'puma config.ru, with Rack::Static',
  version: () => askVersion(['puma', '--version'], /(\d+\.\d+\.\d+)/, 'puma ruby-rack'),
  start: ({ host, port, site }) => ({
    file: programPath('puma'),
    args: ['--bind', `tcp://${host}:${port}`, join(projectRoot(), 'servers', 'rack', 'config.ru')],
    env: { SITE: site },
  }),
});
