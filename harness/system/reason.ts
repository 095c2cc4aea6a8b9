/** Errors that show a fault in this program: the stack says where. */
const OUR_FAULT = [TypeError, ReferenceError, RangeError, SyntaxError];

/** What went wrong, for the user: the error's message, or its stack where the fault is in this program. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return OUR_FAULT.some((kind) => error instanceof kind) ? (error.stack ?? error.message) : error.message;
}
