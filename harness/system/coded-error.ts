/** Why the work can't go on: what was asked for makes no sense, or this machine can't do it. */
export type ErrorCode = 'bad-argument' | 'unable-here';

/** An error for the user to read: one that says what is wrong and what mends it, so it is shown without a stack. */
export class CodedError extends Error {
  override name = 'CodedError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What the user asked for can't be meant: a name that is not there, a value out of range, a folder that holds no run. */
export const badArgument = (message: string): CodedError => new CodedError('bad-argument', message);

/** What the user asked for can't be done on this machine as it is; the message names the remedy. */
export const unableHere = (message: string): CodedError => new CodedError('unable-here', message);
