import { join } from 'node:path';
import { projectRoot } from '../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from './python.ts';
import { defineServer } from './server.ts';

/** As measured here (2.1.2): no idle connection was closed in 95 s, used or not (`channel_timeout` is 120 s); no limit of requests. */
export default defineServer({
  id: 'waitress',
  title: 'Waitress',
  summary: "waitress-serve app:app, with Flask's application",
  version: () => distributionAvailability(['waitress', 'flask'], 'python3-waitress python3-flask'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('waitress', 'flask'),
    args: ['-u', '-m', 'waitress', `--listen=${host}:${port}`, 'app:app'],
    cwd: join(projectRoot(), 'servers', 'flask'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
