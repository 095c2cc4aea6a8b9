import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

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
