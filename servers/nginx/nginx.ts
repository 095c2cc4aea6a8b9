import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { openToOthers } from '../open-to-others.ts';
import { type Command, defineServer, type ServerContext } from '../server.ts';

/** Lines that a variant adds to the `http` block. */
export type HttpSettings = readonly string[];

/** What any nginx needs to run in the foreground from a folder of its own: nothing that touches the wire. */
const housekeeping = (work: string) => ({
  main: ['daemon off;', `pid ${work}/nginx.pid;`, 'error_log stderr;'],
  http: ['access_log off;', ...['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${work}/${name};`)],
});

const indent = (lines: readonly string[]): string => lines.map((line) => `  ${line}\n`).join('');

/** nginx's own list knows no WAVE. */
const TYPES = ['include /etc/nginx/mime.types;', 'types { audio/x-wav wav; }'];

/** The configuration that the beginner's guide of nginx.org leads to: types, one server, a root. */
export function nginxConfiguration({ host, port, site, work }: ServerContext, settings: HttpSettings): string {
  const { main, http } = housekeeping(work);
  return `${main.join('\n')}
events {}
http {
${indent([...http, ...TYPES, ...settings])}
  server {
    listen ${host}:${port};
    root ${site};
  }
}
`;
}

/** Writes the configuration and returns the command that runs it. */
export const startNginx =
  (...settings: HttpSettings) =>
  (context: ServerContext): Command => {
    const { site, work } = context;
    openToOthers(site);
    openToOthers(work);
    const file = join(work, 'nginx.conf');
    writeFileSync(file, nginxConfiguration(context, settings));
    return { file: programPath('nginx'), args: ['-p', work, '-e', 'stderr', '-c', file] };
  };

export const nginxVersion = () => askVersion(['nginx', '-v'], /nginx\/(\S+)/, 'nginx-light');

/**
 * No `keepalive_timeout` is set, so nginx's built-in default applies: 75 s, and no `Keep-Alive` header.
 *
 * As measured here (1.22.1): a connection that never speaks, or stops in the middle of a head, is closed by FIN after 60 s
 * (`client_header_timeout`) and gets no 408; the 1000th response says `Connection: close`; a 304 needs every validator that was asked about to agree, and the date to be
 * the same to the second; a 412 says `keep-alive` and closes.
 */
export default defineServer({
  id: 'nginx',
  title: 'nginx',
  summary: "a hand-written configuration without keepalive_timeout: nginx's built-in 75 s applies",
  version: nginxVersion,
  start: startNginx(),
});
