import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { waitForListening } from '../../harness/lab/listening.ts';
import { startServer } from '../../harness/lab/server-process.ts';
import { findProgram } from '../../harness/system/programs.ts';
import { projectRoot } from '../../harness/system/project-root.ts';
import type { ServerDefinition } from '../../servers/server.ts';
import { stageSite } from '../../servers/site/stage.ts';

const folder = mkdtempSync(join(tmpdir(), 'wirematrix-walk-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The program of the walk in CONTRIBUTING: any language will do that can listen on a socket and read its environment. */
const PROGRAM = `
use strict; use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => $ENV{HOST}, LocalPort => $ENV{PORT}, Listen => 16, ReuseAddr => 1) or die "listen: $!";
while (my $client = $server->accept) {
  my $path; while (my $line = <$client>) { $path //= (split ' ', $line)[1]; last if $line =~ /^\\r?\\n$/; }
  $path = '/index.html' if $path eq '/';
  if ($path !~ /\\.\\./ && open(my $file, '<:raw', "$ENV{SITE}$path")) {
    local $/; print $client "HTTP/1.0 200 OK\\r\\n\\r\\n", <$file>;
  } else { print $client "HTTP/1.0 404 Not Found\\r\\n\\r\\n"; }
  close $client;
}
`;

/** The definition of the walk: one file beside the program. */
const DEFINITION = `
import { defineServer } from '${pathToFileURL(join(projectRoot(), 'servers', 'server.ts')).href}';
import { askVersion } from '${pathToFileURL(join(projectRoot(), 'servers', 'installed.ts')).href}';

export default defineServer({
  id: 'perl',
  title: 'Perl',
  summary: 'a loop around accept, in perl',
  version: () => askVersion(['perl', '-v'], /\\(v([\\d.]+)\\)/, 'perl'),
  start: () => ({ file: 'perl', args: [${JSON.stringify(join(folder, 'server.pl'))}] }),
});
`;

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

test('a server in another language takes a program and one file that defines it', { timeout: 60_000 }, async (context) => {
  if (!findProgram('perl')) return context.skip('perl is not installed');
  writeFileSync(join(folder, 'server.pl'), PROGRAM);
  writeFileSync(join(folder, 'perl.ts'), DEFINITION);
  const { default: definition } = (await import(join(folder, 'perl.ts'))) as { default: ServerDefinition };
  expect(definition).toMatchObject({ provenance: 'real', variantOf: null });
  expect(await definition.version()).toEqual({ version: expect.stringMatching(/^5\.\d+\.\d+$/) });

  const [site, work] = [join(folder, 'site'), join(folder, 'work')];
  stageSite(site);
  mkdirSync(work);
  const port = await freePort();
  const server = await startServer(definition, { host: '127.0.0.1', port, site, work }, join(folder, 'log'));
  try {
    await waitForListening({ host: '127.0.0.1', port, timeoutMs: 15_000 });
    const page = await fetch(`http://127.0.0.1:${port}/`);
    expect(page.status).toBe(200);
    expect(await page.text()).toMatch(/^<!doctype html>/);
    expect((await fetch(`http://127.0.0.1:${port}/favicon.ico`)).status).toBe(404);
  } finally {
    await server.stop();
  }
  expect((await server.exited).how).toMatch(/SIGTERM/);
});

test('where a program is missing, its server says so with the one command that installs it', async () => {
  const { askVersion } = await import('../../servers/installed.ts');
  expect(await askVersion(['no-such-server', '-v'], /(\d+)/, 'no-such-package')).toEqual({
    skipped: { reason: 'no-such-server is not installed', remedy: 'apt-get install -y --no-install-recommends no-such-package' },
  });
});
