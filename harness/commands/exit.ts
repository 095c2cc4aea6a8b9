/** Exit codes of the contract: 0 ok, 1 ran but a cell failed or a threshold did not hold, 2 bad arguments, 3 can't run here. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unable: 3, interrupted: 130 } as const;

/** Ends the command with a message for the user and an exit code; never shown with a stack. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: number;

  constructor(exitCode: number, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CommandError => new CommandError(EXIT.usage, message);
