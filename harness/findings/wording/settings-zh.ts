/** Chinese of settings that are more than code (`products.ts`), by the English ones. */
export const SETTINGS_ZH: Readonly<Record<string, string>> = {
  'req.resume() before res.end(); a body that is refused: Connection: close':
    '在 res.end() 之前调用 req.resume()；拒绝正文时：Connection: close',
  'no synchronous work in the event loop; worker_threads, node:cluster': '不在事件循环中做同步工作；worker_threads、node:cluster',
  "res.vary('Accept-Encoding') (the package compression does so)": "res.vary('Accept-Encoding')（compression 包已这样做）",
  "process.on('SIGTERM', () => fastify.close()) with fastify({ forceCloseConnections: 'idle' })":
    "process.on('SIGTERM', () => fastify.close())，配合 fastify({ forceCloseConnections: 'idle' })",
  'SIGQUIT (nginx -s quit) in place of SIGTERM; worker_shutdown_timeout':
    '用 SIGQUIT（nginx -s quit）代替 SIGTERM；worker_shutdown_timeout',
  'the event MPM (a2enmod mpm_event); MaxRequestWorkers': 'event MPM（a2enmod mpm_event）；MaxRequestWorkers',
  'SIGWINCH (apachectl graceful-stop) in place of SIGTERM; GracefulShutdownTimeout':
    '用 SIGWINCH（apachectl graceful-stop）代替 SIGTERM；GracefulShutdownTimeout',
  'mod_deflate sends Vary by itself': 'mod_deflate 会自行发送 Vary',
  'SIGINT (graceful) in place of SIGTERM': '用 SIGINT（正常停止）代替 SIGTERM',
  '--timeout 30 (behind a proxy that buffers requests)': '--timeout 30（置于会缓冲请求的代理之后）',
  '--worker-class gthread --threads 8, or behind a proxy that buffers requests':
    '--worker-class gthread --threads 8，或置于会缓冲请求的代理之后',
  'gunicorn or uvicorn in its place': '改用 gunicorn 或 uvicorn',
  'w.Header().Set("ETag", …) before http.ServeContent': '在 http.ServeContent 之前调用 w.Header().Set("ETag", …)',
  'connectionTimeout of <limits>': '<limits> 的 connectionTimeout',
};
