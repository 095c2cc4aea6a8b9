/** Why the work can't go on: what was asked for makes no sense, or this machine can't do it. */
export type ErrorCode = 'bad-argument' | 'unable-here';

/** An error that the user can mend. Its message says what is wrong and what to do, so it is shown without a stack. */
export class CodedError extends Error {
  override name = 'CodedError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The arguments are wrong: an unknown name, a value out of range, a folder that holds no run. */
export const badArgument = (message: string): CodedError => new CodedError('bad-argument', message);

/** This machine, as it is, can't do what was asked for; the message names the remedy. */
export const unableHere = (message: string): CodedError => new CodedError('unable-here', message);
