import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { checkOpenToOthers } from '../open-to-others.ts';
import { DOLLAR_IN_NGINX, nginxWord } from '../quoting.ts';
import { type Command, defineServer, type ServerContext } from '../server.ts';

/** Lines that a variant adds to the `http` block. */
export type HttpSettings = readonly string[];

/** Settings to run in the foreground from a folder of its own. None affects what is sent. */
const housekeeping = (work: string) => ({
  main: ['daemon off;', `pid ${nginxWord(`${work}/nginx.pid`)};`, 'error_log stderr;'],
  http: [
    'access_log off;',
    ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${nginxWord(`${work}/${name}`)};`),
  ],
});

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('');

/** nginx's mime.types has no WAVE. */
const TYPES = ['include /etc/nginx/mime.types;', 'types { audio/x-wav wav; }'];

/** The configuration in the beginner's guide of nginx.org: types, one server, a root. */
export function nginxConfiguration({ host, port, site, work }: ServerContext, settings: HttpSettings): string {
  const { main, http } = housekeeping(work);
  return `${main.join('\n')}
events {}
http {
${indent([...http, ...TYPES, ...(site.includes('$') ? [DOLLAR_IN_NGINX] : []), ...settings])}
  server {
    listen ${host}:${port};
    root ${nginxWord(site, { variables: true })};
  }
}
`;
}

/** Writes the configuration and returns the command that runs it. */
export const startNginx =
  (...settings: HttpSettings) =>
  (context: ServerContext): Command => {
    checkOpenToOthers(context);
    const { work } = context;
    const file = join(work, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(context, settings));
    return { file: programPath('nginx'), args: ['-p', work, '-e', 'stderr', '-c', file] };
  };

/** The version of nginx, or what is missing. */
export const nginxVersion = () => askVersion(['nginx', '-v'], /nginx\/(\S+)/, 'nginx-light');

/**
 * No `keepalive_timeout` is set, so that nginx's built-in default applies: 75 s, and no `Keep-Alive` header.
 *
 * As measured here (1.22.1): a connection without data, or with an incomplete head, is closed by FIN after 60 s (`client_header_timeout`),
 * without a 408; the 1000th response has `Connection: close`; a 304 requires that every validator in the request matches, and that the date
 * is the same to the second; a 412 has `Connection: keep-alive`, yet the connection is closed.
 */
export default defineServer({
  id: 'nginx',
  title: 'nginx',
  summary: "a hand-written configuration without keepalive_timeout: nginx's built-in 75 s applies",
  version: nginxVersion,
  start: startNginx(),
});
