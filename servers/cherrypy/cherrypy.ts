import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { distributionAvailability, pythonFor } from '../python.ts';
import { defineServer } from '../server.ts';

/** As measured here (18.8.0): FIN 10 s after a response; a 408 after 10 s without a whole head; no ETag. */
export default defineServer({
  id: 'cherrypy',
  title: 'CherryPy',
  summary: 'cherrypy.quickstart with its staticdir tool',
  version: () => distributionAvailability(['cherrypy'], 'python3-cherrypy3'),
  start: async ({ host, port, site }) => ({
    file: await pythonFor('cherrypy'),
    args: ['-u', join(projectRoot(), 'servers', 'cherrypy', 'server.py')],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
