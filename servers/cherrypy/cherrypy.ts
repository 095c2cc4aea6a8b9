import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { pythonAvailability, pythonWith } from '../python.ts';
import { defineServer } from '../server.ts';

export default defineServer({
  id: 'cherrypy',
  title: 'CherryPy',
  summary: 'cherrypy.quickstart with its staticdir tool',
  version: () => pythonAvailability('cherrypy', 'cherrypy.__version__', 'python3-cherrypy3'),
  start: async ({ host, port, site }) => ({
    file: (await pythonWith('cherrypy')) ?? 'python3',
    args: ['-u', join(projectRoot(), 'servers', 'cherrypy', 'server.py')],
    env: { HOST: host, PORT: String(port), SITE: site, PYTHONDONTWRITEBYTECODE: '1' },
  }),
});
