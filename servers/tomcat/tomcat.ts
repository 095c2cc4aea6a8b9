import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { SHORT_LIVED } from '../jvm.ts';
import { xmlText } from '../quoting.ts';
import { defineServer, type ServerContext } from '../server.ts';

const HOME = '/usr/share/tomcat10';

/** Tomcat's own `server.xml`, as far as it affects what is sent: its connector word for word, no shutdown port, the site as the root's application. */
const configuration = ({ host, port, site }: ServerContext) => `<Server port="-1">
  <Service name="Catalina">
    <Connector address="${host}" port="${port}" protocol="HTTP/1.1" connectionTimeout="20000" redirectPort="8443" maxParameterCount="1000"/>
    <Engine name="Catalina" defaultHost="localhost">
      <Host name="localhost" appBase="webapps" unpackWARs="true" autoDeploy="false">
        <Context path="" docBase="${xmlText(site)}"/>
      </Host>
    </Engine>
  </Service>
</Server>
`;

/**
 * As measured here (10.1.60): FIN 20 s after a response, 23 to 26 s on a connection without a whole head; 100 requests a connection; weak
 * ETags. `Keep-Alive: timeout=20` is sent only in response to `Connection: keep-alive`.
 */
export default defineServer({
  id: 'tomcat',
  title: 'Apache Tomcat',
  summary: 'its own server.xml, the site as the root application, served by the default servlet',
  version: () =>
    askVersion(['java', '-cp', join(HOME, 'lib', 'catalina.jar'), 'org.apache.catalina.util.ServerInfo'], /Tomcat\/(\d\S*)/, 'tomcat10'),
  start: (context) => {
    const { work } = context;
    for (const folder of ['conf', 'logs', 'temp', 'webapps', 'work']) mkdirSync(join(work, folder), { recursive: true });
    writeFileSync(join(work, 'conf', 'server.xml'), configuration(context));
    for (const file of ['web.xml', 'context.xml']) copyFileSync(join(HOME, 'etc', file), join(work, 'conf', file));
    // The list of libraries can't quote every name of a folder: it names those of Tomcat alone.
    const properties = readFileSync(join(HOME, 'etc', 'catalina.properties'), 'utf8');
    writeFileSync(join(work, 'conf', 'catalina.properties'), properties.replaceAll(/"\$\{catalina\.base\}[^",]*",\s*/g, ''));
    return {
      // As catalina.sh does, which can't quote every name of a folder.
      file: programPath('java'),
      args: [
        ...SHORT_LIVED,
        `-Dcatalina.home=${HOME}`,
        `-Dcatalina.base=${work}`,
        `-Djava.io.tmpdir=${join(work, 'temp')}`,
        '-classpath',
        [join(HOME, 'bin', 'bootstrap.jar'), join(HOME, 'bin', 'tomcat-juli.jar')].join(delimiter),
        'org.apache.catalina.startup.Bootstrap',
        'start',
      ],
    };
  },
  readyTimeoutMs: 60_000,
});
