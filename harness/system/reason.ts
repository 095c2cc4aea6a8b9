/** Errors that show a fault in this program: the stack says where. */
const OUR_FAULT = [TypeError, ReferenceError, RangeError, SyntaxError];

/** What went wrong, for the user: the error's message, or its stack where the fault is in this program. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return OUR_FAULT.some((kind) => error instanceof kind) ? (error.stack ?? error.message) : error.message;
}

/** What went wrong in code of the user's own: the message, and the file, line and column where it was thrown, as far as it is known. */
export function reasonWithPlace(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const stack = error.stack?.replace(error.message, '').replaceAll(OF_NODE, '') ?? '';
  const [, file, line, column] = PLACE.exec(stack) ?? [];
  const kind = error.name === 'Error' ? '' : `${error.name}: `;
  const place = file === undefined ? '' : ` (${[file, line, ...(column === undefined ? [] : [column])].join(':')})`;
  return `${kind}${error.message}${place}`;
}

/** Places in Node.js itself. */
const OF_NODE = /\bnode:[^\s()]+/g;
/** In a line of a stack, or before it where a module can't be parsed. */
const PLACE = /(?:file:\/\/)?(\/[^\s():]+):(\d+)(?::(\d+))?/;
