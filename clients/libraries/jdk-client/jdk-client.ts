import { join } from 'node:path';
import { projectRoot } from '../../../harness/system/project-root.ts';
import { askVersion, programPath } from '../../../servers/installed.ts';
import { defineLibrary, upstreamEnvironment } from '../../../servers/upstream-side.ts';

export default defineLibrary({
  id: 'jdk-client',
  title: 'JDK HttpClient',
  summary: 'java.net.http.HttpClient with HTTP/1.1',
  version: () => askVersion(['javac', '-version'], /javac (\S+)/, 'default-jdk-headless'),
  start: (context) => ({
    file: programPath('java'),
    args: ['-Xshare:auto', '-XX:TieredStopAtLevel=1', join(projectRoot(), 'clients/libraries/jdk-client/Gateway.java')],
    env: upstreamEnvironment(context),
  }),
});
