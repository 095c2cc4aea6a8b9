import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { pythonAvailability, pythonWith } from '../python.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'tornado',
  title: 'Tornado',
  summary: 'an application of one StaticFileHandler',
  version: () => pythonAvailability('tornado', 'tornado.version', 'python3-tornado'),
  start: async ({ host, port, site }) => ({
    file: (await pythonWith('tornado')) ?? 'python3',
    args: ['-u', join(projectRoot(), 'servers', 'tornado', 'server.py')],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
