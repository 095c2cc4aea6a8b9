import { join } from 'node:path';
import { askVersion, programPath } from '../installed.ts';
import { defineProxy } from '../upstream-side.ts';

/** `varnishd -b`: one backend and the built-in VCL, which stores what may be stored. Debian starts it so, beside the size of its memory. */
export default defineProxy({
  id: 'varnish',
  title: 'Varnish',
  summary: 'varnishd -b with the built-in VCL',
  version: () => askVersion(['varnishd', '-V'], /varnish-(\d+\.\d+\.\d+)/, 'varnish'),
  start: ({ host, port, upstream, work }) => ({
    file: programPath('varnishd'),
    args: [
      ...['-F', '-j', 'none', '-n', join(work, 'varnish'), '-a', `${host}:${port}`, '-T', 'none'],
      ...['-b', `${upstream.host}:${upstream.port}`, '-s', 'malloc,64m'],
    ],
  }),
});
