/** `limited`: it works, but something is lacking. */
export type CheckState = 'ok' | 'limited' | 'missing';

/** One thing that a machine has or lacks. */
export interface Check {
  kind: 'node' | 'capture' | 'isolation' | 'tool' | 'server' | 'client' | 'upstream';
  what: string;
  state: CheckState;
  /** What was found, or what its lack means. */
  detail: string;
  /** The one command that mends it; `null` where there is nothing to mend. */
  remedy: string | null;
}
