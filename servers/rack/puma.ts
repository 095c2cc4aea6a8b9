import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { defineServer } from '../server.ts';

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
