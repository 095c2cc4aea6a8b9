import apacheNoDeflate from './apache-php/apache-no-deflate.ts';
import apachePhp from './apache-php/apache-php.ts';
import caddy from './caddy.ts';
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
import hono from './hono.ts';
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
import pythonHttp from './python-http.ts';
import pythonHttp11 from './python-http-1.1.ts';
import type { ServerDefinition } from './server.ts';

/** Every server, in the order of the table's rows: the real ones, their variants, the models. */
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

  iis,
  iisHeaderOnly,
  iisTimerOnly,
  flaskModel,
  djangoModel,
  pythonHttpModel,
  nginxModel,
  apachePhpModel,
];
