// Deno.serve with a file's stream, as its documentation serves files. HOST, PORT and SITE come from the environment.
const { HOST, PORT, SITE } = Deno.env.toObject();
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript', png: 'image/png', wav: 'audio/wav' };

Deno.serve({ hostname: HOST, port: Number(PORT) }, async (request) => {
  const { pathname } = new URL(request.url);
  const path = pathname === '/' ? '/index.html' : pathname;
  try {
    const file = await Deno.open(SITE + path);
    const type = TYPES[path.split('.').at(-1)] ?? 'application/octet-stream';
    return new Response(file.readable, { headers: { 'content-type': type } });
  } catch {
    return new Response('Not found\n', { status: 404 });
  }
});
