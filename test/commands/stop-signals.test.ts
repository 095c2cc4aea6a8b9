/** Who is told of Ctrl-C, where several parts of a command wait for it. */
import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { compiledProgram } from '../../harness/system/compiled-program.ts';

const SCRIPT = `import(process.argv[1]).then(({ onStopSignal }) => {
  const say = (text) => process.stdout.write(text + ' ');
  const outer = onStopSignal(() => { say('outer'); outer(); next(); });
  const inner = onStopSignal(() => { say('inner'); inner(); inner(); next(); });
  let left = 3;
  const next = () => left-- > 0 && process.kill(process.pid, 'SIGTERM');
  setInterval(() => {}, 1000);
  next();
})`;

it('is the latest alone, and nobody once all have left: then the signal ends the process', async () => {
  const child = spawn(process.execPath, ['-e', SCRIPT, compiledProgram('harness/commands/stop-signals.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const by = await new Promise((resolve) => child.once('close', (_code, signal) => resolve(signal)));
  expect([said, by]).toEqual(['inner outer ', 'SIGTERM']);
});
