import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

/** As measured here (3.8.4): FIN 75 s after a response; a connection without data was not closed in 95 s; several ranges get a 416. */
export default defineServer({
  id: 'aiohttp',
  title: 'aiohttp',
  summary: 'web.run_app with its static route',
  version: () => distributionAvailability(['aiohttp'], 'python3-aiohttp'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('aiohttp'),
    args: ['-u', join(projectRoot(), 'servers', 'aiohttp', 'server.py')],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
