import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from './installed.ts';
import { defineServer, type ServerContext } from './server.ts';

/** The static file quick start of caddyserver.com. No port is opened but the site's. */
const configuration = ({ host, port }: ServerContext) => `{
	admin off
	auto_https off
}
:${port} {
	bind ${host}
	root * .
	file_server
}
`;

/**
 * As measured here (2.6.2): no idle connection was closed in 150 s, used or not (`idle_timeout` is 5 min); Go's TCP keep-alive probes are
 * sent every 15 s by the server. Head and body of a small file are sent in two segments. An empty line before a request gets a 400. There
 * is no limit of requests.
 */
export default defineServer({
  id: 'caddy',
  title: 'Caddy',
  summary: 'a Caddyfile with root and file_server',
  version: () => askVersion(['caddy', 'version'], /v?(\d+\.\d+\.\d+)/, 'caddy'),
  start: (context) => {
    const { site, work } = context;
    const file = join(work, 'Caddyfile');
    writeFileSync(file, configuration(context));
    return {
      file: programPath('caddy'),
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      // No quoting keeps every brace and dollar sign in the name of a root: what it is started in needs none.
      cwd: site,
      env: { HOME: work, XDG_CONFIG_HOME: join(work, 'config'), XDG_DATA_HOME: join(work, 'data') },
    };
  },
});
