# Rack's own middleware for static files, as a Rack-up file for any server. SITE comes from the environment.
site = ENV.fetch('SITE')
use Rack::Static, root: site, urls: [''], index: 'index.html'
run ->(_env) { [404, { 'content-type' => 'text/plain' }, ["Not found\n"]] }
