/** The shell steps of `action.yml`, with a recorded event and stand-ins for npx and for GitHub's API. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMENT_MARK } from '../../harness/report/comment.ts';

const ACTION = path.join(import.meta.dirname, '../../harness/action');

let dir: string;
const at = (name: string): string => path.join(dir, name);
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'wirematrix-action-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const run = (
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    execFile(file, args, { cwd: dir, env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: error ? (typeof error.code === 'number' ? error.code : null) : 0, stdout, stderr });
    });
  });

describe('probe.sh', () => {
  /** An npx that writes down its arguments, leaves results, and ends with this code. */
  async function probe(code: number, inputs: NodeJS.ProcessEnv) {
    await mkdir(at('bin'));
    const script = `#!/bin/sh\nfor word in "$@"; do printf '%s\\n' "$word"; done > "${at('words')}"\nmkdir -p "${at('wirematrix-results')}"\n[ ${code} -lt 2 ] && touch "${at('wirematrix-results')}/run.json" && echo '# table' > "${at('wirematrix-results')}/comment.md"\nexit ${code}\n`;
    await writeFile(at('bin/npx'), script);
    await chmod(at('bin/npx'), 0o755);
    const env = {
      PATH: `${at('bin')}:${process.env.PATH}`,
      RUNNER_TEMP: dir,
      GITHUB_OUTPUT: at('output'),
      GITHUB_STEP_SUMMARY: at('summary'),
    };
    const ended = await run('bash', [path.join(ACTION, 'probe.sh')], { ...env, ...inputs });
    return { ended, words: (await readFile(at('words'), 'utf8')).trimEnd().split('\n'), output: await readFile(at('output'), 'utf8') };
  }

  it('passes the inputs on word by word, whatever is in them', async () => {
    const { ended, words, output } = await probe(1, {
      INPUT_COMMAND: 'node server.js "$(touch harm)"; echo',
      INPUT_PORT: '3000',
      INPUT_FAIL_ON: 'risk',
      INPUT_ARGUMENTS: '--only\nrange,idle\n\n--quick',
      INPUT_VERSION: '1.2.3',
    });
    expect(ended.code).toBe(0);
    expect(words.slice(0, 4)).toEqual(['--yes', 'wirematrix@1.2.3', 'probe', '--out']);
    expect(words.slice(7)).toEqual([
      ...['--command', 'node server.js "$(touch harm)"; echo', '--port', '3000', '--fail-on', 'risk', '--only', 'range,idle', '--quick'],
    ]);
    expect(output).toBe(`exit-code=1\nresults=${at('wirematrix-results')}\n`);
    expect(await readFile(at('summary'), 'utf8')).toBe('# table\n');
  });

  it('names no results where there are none', async () => {
    const { words, output } = await probe(3, { INPUT_URL: 'http://127.0.0.1:1/' });
    expect(words.slice(-2)).toEqual(['--', 'http://127.0.0.1:1/']);
    expect(output).toBe('exit-code=3\n');
  });
});

describe('prepare.sh', () => {
  /** What it does as this user where AppArmor has this to say, on a machine with tcpdump. */
  async function prepare(uid: number, restricted: string): Promise<string> {
    await mkdir(at('bin'), { recursive: true });
    const stub = async (name: string, line: string) => {
      await writeFile(at(`bin/${name}`), `#!/bin/bash\n${line}\n`);
      await chmod(at(`bin/${name}`), 0o755);
    };
    await stub('id', `echo ${uid}`);
    await stub('sysctl', `echo "sysctl $*" >> "${at('done')}"`);
    await stub('sudo', `echo -n 'sudo ' >> "${at('done')}"; "$@"`);
    await stub('tcpdump', 'true');
    await writeFile(at('done'), '');
    await writeFile(at('restricted'), restricted);
    const env = { PATH: `${at('bin')}:${process.env.PATH}`, RESTRICTED: at('restricted') };
    const ended = await run('bash', [path.join(ACTION, 'prepare.sh')], env);
    expect(ended, ended.stderr).toMatchObject({ code: 0 });
    return readFile(at('done'), 'utf8');
  }
  const SYSCTL = 'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0\n';

  it('lifts the restriction of namespaces for an ordinary user, where there is one', async () => {
    expect(await prepare(1000, '1')).toBe(`sudo ${SYSCTL}`);
    expect(await prepare(1000, '0')).toBe('');
    expect(await prepare(0, '1')).toBe('');
  });
});

describe('comment.mjs', () => {
  const BODY = `${COMMENT_MARK}\n# table\n`;
  interface Asked {
    method: string | undefined;
    url: string | undefined;
    body: string;
  }

  async function comment(event: object, there: object[], status = 200) {
    const asked: Asked[] = [];
    const server = http.createServer(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      asked.push({ method: request.method, url: request.url, body });
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page') ?? 1);
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify(request.method === 'GET' ? there.slice((page - 1) * 100, page * 100) : {}));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    await writeFile(at('event.json'), JSON.stringify(event));
    await writeFile(at('comment.md'), BODY);
    const { port } = server.address() as AddressInfo;
    const ended = await run(process.execPath, [path.join(ACTION, 'comment.mjs'), at('comment.md')], {
      GITHUB_API_URL: `http://127.0.0.1:${port}`,
      GITHUB_EVENT_PATH: at('event.json'),
      GITHUB_REPOSITORY: 'me/mine',
      GITHUB_TOKEN: 'none',
    });
    server.close();
    return { ended, asked };
  }
  const others = (count: number) => Array.from({ length: count }, (_, id) => ({ id, body: 'something else' }));

  it('writes one', async () => {
    const { ended, asked } = await comment({ pull_request: { number: 7 } }, others(3));
    expect(ended).toMatchObject({ code: 0, stdout: 'commented\n' });
    expect(asked.at(-1)).toEqual({ method: 'POST', url: '/repos/me/mine/issues/7/comments', body: JSON.stringify({ body: BODY }) });
  });

  it('updates it, wherever it stands', async () => {
    const { ended, asked } = await comment({ pull_request: { number: 7 } }, [...others(140), { id: 999, body: `${COMMENT_MARK}\nold` }]);
    expect(ended).toMatchObject({ code: 0, stdout: 'updated the comment\n' });
    expect(asked.map(({ method }) => method)).toEqual(['GET', 'GET', 'PATCH']);
    expect(asked.at(-1)?.url).toBe('/repos/me/mine/issues/comments/999');
  });

  it('does nothing without a pull request, and does not fail where it may not write', async () => {
    const push = await comment({ ref: 'refs/heads/main' }, []);
    expect([push.ended.code, push.asked]).toEqual([0, []]);
    const forbidden = await comment({ pull_request: { number: 7 } }, [], 403);
    expect(forbidden.ended.code).toBe(0);
    expect(forbidden.ended.stdout).toMatch(/^::warning title=wirematrix::the comment can't be written/);
  });
});
