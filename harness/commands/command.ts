import type { Command } from '@commander-js/extra-typings';

/** Adds a command to the program: its arguments, its options, and the call that they are for. */
export type AddCommand = (program: Command) => void;
