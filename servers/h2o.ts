import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from './installed.ts';
import { checkOpenToOthers } from './open-to-others.ts';
import { yamlString } from './quoting.ts';
import { defineServer, type ServerContext } from './server.ts';

/** The quick start of h2o.examp1e.net: a listener and a folder. */
const configuration = ({ host, port, site }: ServerContext) => `listen:
  host: ${yamlString(host)}
  port: ${port}
hosts:
  default:
    paths:
      /:
        file.dir: ${yamlString(site)}
`;

/** As measured here (2.2.5): FIN after 10 s, used or not; strong ETags; it takes 10 s to stop while a connection is idle. */
export default defineServer({
  id: 'h2o',
  title: 'H2O',
  summary: 'a configuration of a listener and file.dir',
  version: () => askVersion(['h2o', '--version'], /h2o version (\S+)/, 'h2o'),
  start: (context) => {
    checkOpenToOthers(context);
    const file = join(context.work, 'h2o.conf');
    writeFileSync(file, configuration(context));
    return { file: programPath('h2o'), args: ['--conf', file] };
  },
});
