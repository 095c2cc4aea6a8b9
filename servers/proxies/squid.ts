import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { defineProxy } from '../upstream-side.ts';

/** The basic accelerator of wiki.squid-cache.org: one origin server, and a cache in memory alone. */
export default defineProxy({
  id: 'squid',
  title: 'Squid, accelerator',
  summary: 'http_port accel with one originserver',
  version: () => askVersion(['squid', '-v'], /Squid Cache: Version (\S+)/, 'squid'),
  start: ({ host, port, upstream, work }) => {
    const file = join(work, 'squid.conf');
    writeFileSync(
      file,
      [
        `http_port ${host}:${port} accel defaultsite=${upstream.host}`,
        `cache_peer ${upstream.host} parent ${upstream.port} 0 no-query originserver`,
        'http_access allow all',
        'visible_hostname localhost',
        'access_log none',
        'cache_log stdio:/dev/stderr',
        'cache_store_log none',
        'pid_filename none',
        'netdb_filename none',
        'pinger_enable off',
        'cache_mem 32 MB',
        'shutdown_lifetime 1 second',
        `coredump_dir ${work}`,
        '',
      ].join('\n'),
    );
    return { file: programPath('squid'), args: ['-N', '-f', file] };
  },
});
