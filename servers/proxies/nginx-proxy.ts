import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programPath } from '../installed.ts';
import { nginxVersion } from '../nginx/nginx.ts';
import { nginxWord } from '../quoting.ts';
import type { Command } from '../server.ts';
import { defineProxy, type UpstreamContext } from '../upstream-side.ts';

/** The lines of a variant: in `http`, and in `location /`. */
export interface NginxProxyLines {
  http: (upstream: string) => readonly string[];
  location: (upstream: string) => readonly string[];
}

/** Writes the configuration and returns the command that runs it. */
export const startNginxProxy =
  ({ http, location }: NginxProxyLines) =>
  ({ host, port, upstream, work }: UpstreamContext): Command => {
    const address = `${upstream.host}:${upstream.port}`;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `  ${name}_temp_path ${nginxWord(`${work}/${name}`)};`,
    );
    const file = join(work, 'nginx.conf');
    const lines = [
      'daemon off;',
      `pid ${nginxWord(`${work}/nginx.pid`)};`,
      'error_log stderr;',
      'events {}',
      'http {',
      '  access_log off;',
      ...temporary,
      ...http(address).map((line) => `  ${line}`),
      '  server {',
      `    listen ${host}:${port};`,
      '    location / {',
      ...location(address).map((line) => `      ${line}`),
      '    }',
      '  }',
      '}',
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return { file: programPath('nginx'), args: ['-p', work, '-e', 'stderr', '-c', file] };
  };

/** `proxy_pass` and nothing else. Before 1.29.7 nginx asks the server in HTTP/1.0 with `Connection: close`, so it keeps no connection. */
export default defineProxy({
  id: 'nginx-proxy',
  title: 'nginx',
  summary: 'proxy_pass alone',
  version: nginxVersion,
  start: startNginxProxy({ http: () => [], location: (address) => [`proxy_pass http://${address};`] }),
});
