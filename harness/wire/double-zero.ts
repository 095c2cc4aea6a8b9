/**
 * Zero, as the first value of a field that will hold times or other numbers beyond 2^31. V8 gives an object its shape by the first number in
 * each field. A field that begins as a small integer and then gets a time beyond 2^31 ns (2.1 s) changes the shape, and V8 discards all code that it
 * compiled for the old one. Minus zero is not a small integer, and counts as 0 everywhere.
 */
export const DOUBLE_ZERO = -0;
