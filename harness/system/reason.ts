/** Classes of errors that the code itself is to blame for: what helps then is the place. */
const OUR_FAULT = [TypeError, ReferenceError, RangeError, SyntaxError];

/** What went wrong, for the user: the sentence of the error; the stack only where the fault is in the program itself. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return OUR_FAULT.some((kind) => error instanceof kind) ? (error.stack ?? error.message) : error.message;
}
