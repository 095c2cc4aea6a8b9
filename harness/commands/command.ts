import type { Command } from '@commander-js/extra-typings';

/** Adds a command to the program: its arguments, its options, and what it calls. */
export type AddCommand = (program: Command) => void;
