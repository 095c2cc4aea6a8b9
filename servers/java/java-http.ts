import { join } from 'node:path';
import { projectRoot } from '../../harness/system/project-root.ts';
import { askVersion, programPath } from '../installed.ts';
import { defineServer } from '../server.ts';

/** The compiler is part of the JDK alone: `java Server.java` needs it. */
export default defineServer({
  id: 'java-http',
  title: 'Java com.sun.net.httpserver',
  summary: "the JDK's own HttpServer with a handler that reads files",
  version: () => askVersion(['javac', '-version'], /javac (\S+)/, 'openjdk-17-jdk-headless'),
  start: ({ host, port, site, work }) => ({
    file: programPath('java'),
    args: [`-Djava.io.tmpdir=${work}`, join(projectRoot(), 'servers', 'java', 'Server.java')],
    env: { HOST: host, PORT: String(port), SITE: site },
  }),
  readyTimeoutMs: 60_000,
});
