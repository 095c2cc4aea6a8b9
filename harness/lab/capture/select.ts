import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Skipped } from '../../model.ts';
import { unableHere } from '../../system/coded-error.ts';
import { compiledProgram } from '../../system/compiled-program.ts';
import { limitHint } from '../../system/limit-hint.ts';
import { ownCommand } from '../../system/packages.ts';
import { systemEnvironment } from '../../system/programs.ts';
import { type Isolation, isolatedCommand } from '../namespace.ts';
import type { CaptureBackend } from './backend.ts';
import { cap } from './cap.ts';
import { tcpdump } from './tcpdump.ts';

/** The backends, best first: kernel timestamps and drop counters before neither. */
export const backends: readonly CaptureBackend[] = [tcpdump, cap];

export const CAPTURE_CHOICES: readonly string[] = ['auto', ...backends.map((backend) => backend.id)];

/** @throws where there is no backend of that name */
export function backendById(id: string): CaptureBackend {
  const found = backends.find((backend) => backend.id === id);
  if (!found) throw new Error(`there is no capture backend "${id}"; there are ${backends.map((backend) => backend.id).join(', ')}`);
  return found;
}

/** Whether a backend can capture here, and if not, why and what mends it. */
export interface BackendState {
  id: string;
  clock: CaptureBackend['clock'];
  state: Awaited<ReturnType<CaptureBackend['available']>>;
}

/** Each of its steps takes 10 s at most; where no thread can be started, Node may stand still. Milliseconds. */
const ASK_TIMEOUT_MS = 60_000;

/** Whether each backend can capture where the lanes will run: in a namespace made the same way. @throws CodedError (unable-here) where they can't be asked */
export async function backendStates(isolation: Isolation): Promise<BackendState[]> {
  const command = isolatedCommand(isolation, process.execPath, [compiledProgram('harness/lab/capture/check-child.ts'), isolation.kind]);
  const child = spawn(command.file, command.args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    // As a lane has it: NODE_OPTIONS are meant for the user's own program.
    env: { ...systemEnvironment(), NODE_OPTIONS: undefined },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    child.kill('SIGKILL');
  }, ASK_TIMEOUT_MS);
  await once(child, 'close').finally(() => clearTimeout(timer));
  try {
    return JSON.parse(stdout) as BackendState[];
  } catch {
    const late = `the check did not come to an end within ${ASK_TIMEOUT_MS / 1000} s`;
    const complaint = [...(isLate ? [late] : []), stderr.trim()].join('\n').trim() || 'the check said nothing';
    throw unableHere(`the capture backends can't be asked: ${complaint}${limitHint(complaint)}`);
  }
}

export type SelectedBackend = { id: string; clock: CaptureBackend['clock']; version: string };

/**
 * The backend for the choice of `--capture`: `auto` is the first one that can work, an id just that one.
 * @throws where there is no backend of that name
 */
export async function selectBackend(choice: string, isolation: Isolation): Promise<SelectedBackend | { skipped: Skipped }> {
  const wanted = choice === 'auto' ? backends : [backendById(choice)];
  return pickBackend(
    wanted.map(({ id }) => id),
    await backendStates(isolation),
  );
}

/** The first of `wanted` that can work; else why none can, with the remedy of the best one. */
export function pickBackend(wanted: readonly string[], states: readonly BackendState[]): SelectedBackend | { skipped: Skipped } {
  const reasons: string[] = [];
  let remedy: string | undefined;
  for (const id of wanted) {
    const found = states.find((entry) => entry.id === id);
    if (!found) continue;
    if ('version' in found.state) return { id, clock: found.clock, version: found.state.version };
    reasons.push(found.state.skipped.reason);
    remedy ??= found.state.skipped.remedy;
  }
  return { skipped: { reason: reasons.join('; '), remedy: remedy ?? ownCommand('doctor') } };
}
