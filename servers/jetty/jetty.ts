import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Availability } from '../../harness/model.ts';
import { debianSkipped, programPath } from '../installed.ts';
import { SHORT_LIVED } from '../jvm.ts';
import { xmlText } from '../quoting.ts';
import { defineServer } from '../server.ts';

const HOME = '/usr/share/jetty9';

/** The site as the root's application. As a file of Jetty's own XML: the deployer would take a backslash in a folder's name for a slash. */
const application = (site: string) => `<?xml version="1.0"?>
<!DOCTYPE Configure PUBLIC "-//Jetty//Configure//EN" "http://www.eclipse.org/jetty/configure_9_3.dtd">
<Configure id="Server" class="org.eclipse.jetty.server.Server">
  <Set name="handler">
    <New class="org.eclipse.jetty.webapp.WebAppContext">
      <Set name="contextPath">/</Set>
      <Set name="baseResource">
        <New class="org.eclipse.jetty.util.resource.PathResource">
          <Arg><New class="java.io.File"><Arg>${xmlText(site)}</Arg></New></Arg>
        </New>
      </Set>
    </New>
  </Set>
</Configure>
`;

/** Its version stands in the names of its libraries; `start.jar --version` finds none where they are links, as in Debian's package. */
function jettyVersion(): Availability {
  const names = existsSync(join(HOME, 'lib')) ? readdirSync(join(HOME, 'lib')) : [];
  const version = names.flatMap((name) => /^jetty-server-(\d+\.\d+\.\d+)/.exec(name)?.[1] ?? [])[0];
  return version ? { version } : { skipped: debianSkipped('jetty', 'jetty9') };
}

/** As measured here (9.4.57): FIN after 30 s, used or not, also after an incomplete head; no ETag; several ranges get a multipart 206. */
export default defineServer({
  id: 'jetty',
  title: 'Eclipse Jetty',
  summary: 'start.jar with the modules http and webapp, the site as the root application, served by the default servlet',
  version: async () => jettyVersion(),
  start: ({ host, port, site, work }) => {
    writeFileSync(join(work, 'site.xml'), application(site));
    return {
      file: programPath('java'),
      args: [
        ...SHORT_LIVED,
        `-Djava.io.tmpdir=${work}`,
        '-jar',
        join(HOME, 'start.jar'),
        `jetty.home=${HOME}`,
        `jetty.base=${work}`,
        '--module=http,webapp',
        `jetty.http.host=${host}`,
        `jetty.http.port=${port}`,
        'site.xml',
      ],
    };
  },
  readyTimeoutMs: 60_000,
});
