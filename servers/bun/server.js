// Bun.serve with Bun.file, as its documentation streams files. HOST, PORT and SITE come from the environment.
const { HOST, PORT, SITE } = process.env;

Bun.serve({
  hostname: HOST,
  port: Number(PORT),
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const file = Bun.file(SITE + (pathname === '/' ? '/index.html' : pathname));
    return (await file.exists()) ? new Response(file) : new Response('Not found\n', { status: 404 });
  },
});
