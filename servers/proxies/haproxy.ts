import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { defineProxy, type UpstreamContext } from '../upstream-side.ts';

/** The version of HAProxy, or what is missing. */
export const haproxyVersion = () => askVersion(['haproxy', '-v'], /HAProxy version (\d[\w.]*)/i, 'haproxy');

/** Debian's `haproxy.cfg`: its `defaults`; what is about logs, users and certificates is left out. */
export const startHaproxy =
  (...backend: readonly string[]) =>
  ({ host, port, upstream, work }: UpstreamContext) => {
    const file = join(work, 'haproxy.cfg');
    writeFileSync(
      file,
      [
        'defaults',
        '  mode http',
        '  option dontlognull',
        '  timeout connect 5000',
        '  timeout client 50000',
        '  timeout server 50000',
        'frontend site',
        `  bind ${host}:${port}`,
        '  default_backend application',
        'backend application',
        ...backend.map((line) => `  ${line}`),
        `  server first ${upstream.host}:${upstream.port}`,
        '',
      ].join('\n'),
    );
    return { file: programPath('haproxy'), args: ['-db', '-f', file] };
  };

/** Debian's time-outs. `http-reuse safe` is HAProxy's own default: a client's first request never goes over a connection that has been idle. */
export default defineProxy({
  id: 'haproxy',
  title: 'HAProxy',
  summary: "Debian's time-outs; http-reuse safe, which is the default",
  version: haproxyVersion,
  start: startHaproxy(),
});
