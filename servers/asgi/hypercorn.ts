import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

/**
 * As measured here (0.13.2): `keep_alive_timeout` (5 s) ends a connection without data or with an incomplete head; after a response nothing
 * does, in 95 s. The files are Starlette's (see `uvicorn.ts`).
 */
export default defineServer({
  id: 'hypercorn',
  title: 'Hypercorn',
  summary: "hypercorn app:app, with Starlette's StaticFiles",
  version: () => distributionAvailability(['hypercorn', 'starlette'], 'python3-hypercorn python3-starlette'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('hypercorn', 'starlette'),
    args: ['-u', '-m', 'hypercorn', '--bind', `${host}:${port}`, 'app:app'],
    cwd: join(projectRoot(), 'servers', 'asgi'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
