/**
 * Zero, as the first value of a field that will hold times or other numbers beyond 2^31. V8 shapes an object after the first number in each
 * field: one that begins with a small integer and then gets a time beyond 2^31 ns (2.1 s) gives the object another shape, and all code
 * that was compiled for the old one is thrown away in the middle of a capture. Minus zero is no small integer, and counts as 0 everywhere.
 */
export const DOUBLE_ZERO = -0;
