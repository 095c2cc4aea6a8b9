import aiohttp from './aiohttp/aiohttp.ts';
import apacheNoDeflate from './apache-php/apache-no-deflate.ts';
import apachePhp from './apache-php/apache-php.ts';
import hypercorn from './asgi/hypercorn.ts';
import uvicorn from './asgi/uvicorn.ts';
import bun from './bun/bun.ts';
import busybox from './busybox.ts';
import caddy from './caddy.ts';
import cherrypy from './cherrypy/cherrypy.ts';
import deno from './deno/deno.ts';
import django from './django/django.ts';
import express from './express.ts';
import expressImmutable from './express-immutable.ts';
import expressKeepalive65s from './express-keepalive-65s.ts';
import expressKeepaliveOff from './express-keepalive-off.ts';
import expressNoEtag from './express-no-etag.ts';
import fastify from './fastify.ts';
import flask from './flask/flask.ts';
import flaskHeaderOnly from './flask/flask-header-only.ts';
import flaskPersistent from './flask/flask-persistent.ts';
import goHttp from './go/go-http.ts';
import gunicorn from './gunicorn/gunicorn.ts';
import gunicornGthread from './gunicorn/gunicorn-gthread.ts';
import h2o from './h2o.ts';
import hapi from './hapi/hapi.ts';
import hono from './hono.ts';
import javaHttp from './java/java-http.ts';
import jetty from './jetty/jetty.ts';
import koa from './koa.ts';
import koaEtag from './koa-etag.ts';
import lighttpd from './lighttpd.ts';
import apachePhpModel from './models/apache-php-model.ts';
import djangoModel from './models/django-model.ts';
import flaskModel from './models/flask-model.ts';
import iis from './models/iis.ts';
import iisHeaderOnly from './models/iis-header-only.ts';
import iisTimerOnly from './models/iis-timer-only.ts';
import nginxModel from './models/nginx-model.ts';
import pythonHttpModel from './models/python-http-model.ts';
import nginx from './nginx/nginx.ts';
import nginxDebian from './nginx/nginx-debian.ts';
import nginxHeaderOnly from './nginx/nginx-header-only.ts';
import nginxNoKeepalive from './nginx/nginx-no-keepalive.ts';
import nginxTimerOnly from './nginx/nginx-timer-only.ts';
import nodeHttp from './node-http.ts';
import nodeHttpLength from './node-http-length.ts';
import php from './php.ts';
import polka from './polka/polka.ts';
import pythonHttp from './python-http.ts';
import pythonHttp11 from './python-http-1.1.ts';
import puma from './rack/puma.ts';
import unicorn from './rack/unicorn.ts';
import restify from './restify/restify.ts';
import serve from './serve.ts';
import type { ServerDefinition } from './server.ts';
import tomcat from './tomcat/tomcat.ts';
import tornado from './tornado/tornado.ts';
import twisted from './twisted.ts';
import { versions } from './versions.ts';
import waitress from './waitress.ts';
import webrick from './webrick.ts';

/** Every server, in the order of the table's rows: the real ones, their variants and versions, the models. */
export const servers: readonly ServerDefinition[] = [
  nodeHttp,
  express,
  koa,
  koaEtag,
  fastify,
  hono,
  flask,
  django,
  pythonHttp,
  nginx,
  apachePhp,
  php,
  lighttpd,
  caddy,

  hapi,
  restify,
  polka,
  serve,
  bun,
  deno,
  gunicorn,
  waitress,
  uvicorn,
  hypercorn,
  tornado,
  aiohttp,
  twisted,
  cherrypy,
  puma,
  unicorn,
  webrick,
  tomcat,
  jetty,
  javaHttp,
  goHttp,
  h2o,
  busybox,

  nodeHttpLength,
  expressNoEtag,
  expressImmutable,
  expressKeepaliveOff,
  expressKeepalive65s,
  flaskHeaderOnly,
  flaskPersistent,
  pythonHttp11,
  nginxDebian,
  nginxHeaderOnly,
  nginxTimerOnly,
  nginxNoKeepalive,
  apacheNoDeflate,
  gunicornGthread,
  ...versions,

  iis,
  iisHeaderOnly,
  iisTimerOnly,
  flaskModel,
  djangoModel,
  pythonHttpModel,
  nginxModel,
  apachePhpModel,
];
