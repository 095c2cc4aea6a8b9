/** Middleware that comes without types. */
declare module 'koa-conditional-get' {
  import type { Middleware } from 'koa';
  export default function conditional(): Middleware;
}

declare module 'koa-range' {
  import type { Middleware } from 'koa';

  const range: Middleware;
  export default range;
}
