/** The two parts of css-tree that are used: the whole package loads the grammar of every property. */
declare module 'css-tree/parser' {
  import type { CssNode, ParseOptions } from 'css-tree';
  export default function parse(text: string, options?: ParseOptions): CssNode;
}

declare module 'css-tree/walker' {
  import { walk } from 'css-tree';
  export default walk;
}
