import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { SHORT_LIVED } from '../jvm.ts';
import { defineServer } from '../server.ts';

/**
 * As measured here (17.0.21): FIN 39 s after a response, and on a connection without data; an incomplete head was not closed in 95 s.
 *
 * `java Server.java` needs the compiler, which the JDK alone has.
 */
export default defineServer({
  id: 'java-http',
  title: 'Java com.sun.net.httpserver',
  summary: "the JDK's own HttpServer with a handler that reads files",
  version: () => askVersion(['javac', '-version'], /javac (\S+)/, 'openjdk-17-jdk-headless'),
  start: ({ host, port, site, work }) => ({
    file: programPath('java'),
    args: [...SHORT_LIVED, `-Djava.io.tmpdir=${work}`, join(projectRoot(), 'servers', 'java', 'Server.java')],
    env: { HOST: host, PORT: String(port), SITE: site },
  }),
  readyTimeoutMs: 60_000,
});
