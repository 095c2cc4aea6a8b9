import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { defineProxy } from '../upstream-side.ts';

/** The reverse proxy quick start of caddyserver.com. */
export default defineProxy({
  id: 'caddy-proxy',
  title: 'Caddy',
  summary: 'a Caddyfile with reverse_proxy alone',
  version: () => askVersion(['caddy', 'version'], /v?(\d+\.\d+\.\d+)/, 'caddy'),
  start: ({ host, port, upstream, work }) => {
    const file = join(work, 'Caddyfile');
    writeFileSync(
      file,
      `{\n\tadmin off\n\tauto_https off\n}\n:${port} {\n\tbind ${host}\n\treverse_proxy ${upstream.host}:${upstream.port}\n}\n`,
    );
    return {
      file: programPath('caddy'),
      args: ['run', '--config', file, '--adapter', 'caddyfile'],
      env: { HOME: work, XDG_CONFIG_HOME: join(work, 'config'), XDG_DATA_HOME: join(work, 'data') },
    };
  },
});
