import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { defineServer } from '../server.ts';

/**
 * As measured here (6.0.0): `Connection: close`, followed by a FIN; it is meant to stand behind a proxy. A connection without a whole head holds
 * its one worker, which is killed after 60 s (`timeout`).
 */
export default defineServer({
  id: 'unicorn',
  title: 'Unicorn',
  summary: 'unicorn config.ru, with Rack::Static',
  version: () => askVersion(['unicorn', '--version'], /(\d+\.\d+\.\d+)/, 'unicorn ruby-rack'),
  start: ({ host, port, site }) => ({
    file: programPath('unicorn'),
    args: ['--listen', `${host}:${port}`, join(projectRoot(), 'servers', 'rack', 'config.ru')],
    env: { SITE: site },
  }),
});
