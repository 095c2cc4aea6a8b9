import type { UpstreamSide } from '../../servers/upstream-side.ts';

/** Every client library, in the order of the rows. */
export const libraries: readonly UpstreamSide[] = [];
