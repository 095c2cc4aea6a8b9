/** Tells the user something on standard error, beside the output that may go into a file. */
export const say = (message: string): void => {
  process.stderr.write(`wirematrix: ${message}\n`);
};
