import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

/** As measured here (6.2): no idle connection was closed in 95 s, used or not; an ETag of the content; several ranges get the whole file. */
export default defineServer({
  id: 'tornado',
  title: 'Tornado',
  summary: 'an application of one StaticFileHandler',
  version: () => distributionAvailability(['tornado'], 'python3-tornado'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('tornado'),
    args: ['-u', join(projectRoot(), 'servers', 'tornado', 'server.py')],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
