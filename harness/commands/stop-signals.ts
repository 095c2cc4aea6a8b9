/** The signals that ask a command to end. */
import { isHangUpIgnored } from '../system/standard-streams.ts';

/** Those of Ctrl-C, of `kill`, and of a terminal that is closed. */
const signals = (): NodeJS.Signals[] => (isHangUpIgnored() ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP']);

const handlers: (() => void)[] = [];
const onSignal = (): void => handlers.at(-1)?.();

/** Has `handler` called for each of them, and no other one that was named before, until the returned function is called. */
export function onStopSignal(handler: () => void): () => void {
  if (handlers.length === 0) for (const signal of signals()) process.on(signal, onSignal);
  handlers.push(handler);
  return () => {
    const at = handlers.lastIndexOf(handler);
    if (at === -1) return;
    handlers.splice(at, 1);
    if (handlers.length === 0) for (const signal of signals()) process.off(signal, onSignal);
  };
}
