/** The files of undici that are used. Its entry point loads the copy that Node.js has inside too, with a WebAssembly memory of its own. */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';

  export default Client;
}

declare module 'undici/lib/api/api-request.js' {
  import type { Client } from 'undici';

  /** undici's entry point makes it the method `request` of every client. */
  const request: (this: Client, options: Parameters<Client['request']>[0]) => ReturnType<Client['request']>;
  export default request;
}

declare module 'undici/lib/core/errors.js' {
  import { errors } from 'undici';

  export default errors;
}
