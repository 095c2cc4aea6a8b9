import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'uvicorn',
  title: 'Uvicorn',
  summary: "uvicorn app:app, with Starlette's StaticFiles",
  version: () => distributionAvailability(['uvicorn', 'starlette'], 'python3-uvicorn python3-starlette'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('uvicorn', 'starlette'),
    args: ['-u', '-m', 'uvicorn', 'app:app', '--host', host, '--port', String(port)],
    cwd: join(projectRoot(), 'servers', 'asgi'),
    env: { SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
