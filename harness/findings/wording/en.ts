import { grouped } from '../../system/grouped.ts';
import type { CookieFault } from '../rules/forms.ts';
import type { PartFault } from '../rules/ranges.ts';
import type { FindingWords, Language } from './words.ts';

const bytes = (count: number): string => (count === 1 ? '1 byte' : `${grouped(count)} bytes`);
const of = (target: string): string => (target === '' ? 'The response' : `The response for ${target}`);
const plural = (count: number, one: string, many = `${one}s`): string => `${grouped(count)} ${count === 1 ? one : many}`;

/** Why browsers refuse a cookie. */
const COOKIE_FAULTS: Readonly<Record<CookieFault, string>> = {
  'no-name': 'it has neither a name nor a value',
  'same-site-none': 'SameSite=None without Secure',
  'secure-prefix': 'a name with __Secure- needs Secure',
  'host-prefix': 'a name with __Host- needs Secure and Path=/, and no Domain',
};

/** What is wrong with a part. */
const PART_FAULTS: Readonly<Record<PartFault, string>> = {
  'no-empty-line': 'no empty line separates its head from its content, or a line of its head is not a header field.',
  'early-empty-line': 'an empty line stands before its head, which makes the head part of the content.',
  'no-content-range': 'it has no valid Content-Range.',
  'other-length': 'its content is not as long as its Content-Range says.',
  'other-bytes': 'its bytes are not those of the file at that position.',
  'not-asked': 'it covers a range that was not asked for.',
  'not-closed': 'no delimiter ends it.',
  'no-part': 'The boundary given in Content-Type does not begin a part: no line of the content is "--" followed by it and ended by CRLF.',
  'no-boundary': 'Content-Type gives no boundary.',
};

const findings: FindingWords = {
  'framing.content-length-long': {
    title: 'Content-Length larger than the body',
    seen: ({ target, length, sent }) =>
      `${of(target)} announces Content-Length: ${length}, but the server sends only ${bytes(sent)} and closes the connection.`,
    consequence:
      'Browsers report an incomplete download (ERR_CONTENT_LENGTH_MISMATCH), clients discard or retry it, and caches must not store it as complete.',
    remedy: 'Compute Content-Length from the bytes actually sent (after compression and encoding), or omit it and use chunked.',
  },
  'framing.content-length-short': {
    title: 'More bytes than Content-Length announces',
    seen: ({ target, status }) =>
      `After the end of the ${status} response for ${target}, the connection carries further bytes that do not begin a message.`,
    consequence:
      "The client takes these bytes for the next response: it fails, or every later request gets the previous one's response (response splitting).",
    remedy: 'Make Content-Length count bytes, not characters, of exactly the content that is written, and write nothing after it.',
  },
  'framing.body-never-ends': {
    title: 'The rest of the body never comes',
    seen: ({ target, length, sent, waited }) =>
      `${of(target)} announces Content-Length: ${length}; after ${bytes(sent)} nothing more arrives for ${waited} s, and the connection stays open.`,
    consequence: 'The page or download hangs until it times out, and the connection cannot be used for anything else.',
    remedy: 'Send as many bytes as Content-Length says, or close the connection when the source fails in the middle.',
  },
  'framing.no-last-chunk': {
    title: 'Chunked body without its end',
    seen: ({ target, sent, instead, lacks }) => {
      const then = instead === 'close' ? 'the server closes the connection' : 'the next response begins';
      return lacks === 'last-chunk'
        ? `${of(target)} is chunked; after ${bytes(sent)} ${then} without the last chunk (0).`
        : `${of(target)} is chunked; after ${bytes(sent)} and the last chunk (0) ${then} without the empty line that ends the body.`;
    },
    consequence:
      'Clients cannot tell the end of the response from a lost connection: browsers report ERR_INCOMPLETE_CHUNKED_ENCODING, proxies answer 502 or cut the page.',
    remedy:
      'End the response properly (write the last chunk, and the empty line after it) before the connection is closed; look for an exception thrown while the body is being written.',
  },
  'framing.end-missing': {
    title: 'The end of the response never comes',
    seen: ({ target, sent, waited, framing }) =>
      `${of(target)} (framing: ${framing}) has sent ${bytes(sent)}; then nothing arrives for ${waited} s, neither its end nor a close.`,
    consequence: 'The client waits for the rest: the page keeps loading until it times out.',
    remedy:
      'Send Content-Length or the last chunk, or close the connection at the end of the response. For an event stream send text/event-stream.',
  },
  'framing.end-by-timer': {
    title: 'Only the idle timer ends the response',
    seen: ({ target, status, waited }) =>
      `The ${status} response for ${target} has no Content-Length, is not chunked, and does not say Connection: close; the server closes ${waited} s after its last byte.`,
    consequence: 'Nothing but the close ends such a response: the client waits for it each time, and the connection cannot be used again.',
    remedy: 'Send Content-Length or chunks, or send Connection: close and close at the end of the response.',
  },
  'framing.204-body': {
    title: 'Body in a 204',
    seen: ({ target }) => `Bytes follow the head of the 204 response for ${target}.`,
    consequence: 'A 204 ends with its head: the client takes the bytes for the next response on this connection.',
    remedy: 'Write no content with status 204, or use 200.',
  },
  'framing.205-body': {
    title: 'Content in a 205',
    seen: ({ target, bytes: count }) => `The 205 response for ${target} has ${bytes(count)} of content.`,
    consequence: 'A 205 tells the client to reset its form and has no content: clients drop it, and some take it for the next response.',
    remedy: 'Send 205 with Content-Length: 0, or 200 where there is content.',
  },
  'framing.304-body': {
    title: 'Body in a 304',
    seen: ({ target }) => `Bytes follow the head of the 304 response for ${target}.`,
    consequence: 'A 304 ends with its head: the client takes the bytes for the next response on this connection.',
    remedy: 'Write no content with status 304.',
  },
  'framing.head-body': {
    title: 'Body in the response to HEAD',
    seen: ({ target, status }) => `Bytes follow the head of the ${status} response to HEAD ${target}.`,
    consequence: 'A response to HEAD ends with its head: the client takes the bytes for the next response on this connection.',
    remedy: 'Treat HEAD as GET without content: send the same head and nothing after it.',
  },
  'framing.204-length': {
    title: 'Length in a response without content',
    seen: ({ status, value }) => `A ${status} response has Content-Length: ${value}.`,
    consequence: 'Some clients and proxies wait for content that never arrives, or take the next response for it.',
    remedy: 'Leave Content-Length out of 1xx and 204 responses.',
  },
  'framing.204-transfer-encoding': {
    title: 'Transfer-Encoding in a response without content',
    seen: ({ status, value }) => `A ${status} response has Transfer-Encoding: ${value}.`,
    consequence: 'Some clients and proxies wait for chunks that never arrive, or take the next response for them.',
    remedy: 'Leave Transfer-Encoding out of 1xx and 204 responses.',
  },
  'framing.conflicting-lengths': {
    title: 'Different values of Content-Length',
    seen: ({ detail }) => `A response has more than one length: ${detail}.`,
    consequence:
      'Clients refuse it (ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH), proxies answer 502; parsers that take different values see different responses.',
    remedy: 'Set Content-Length in one place only: in the application or in the framework, not both.',
  },
  'framing.repeated-length': {
    title: 'Content-Length sent twice',
    seen: ({ detail }) => `A response has Content-Length more than once: ${detail}.`,
    consequence: 'A recipient may reject the message as invalid, even where the values are equal.',
    remedy: 'Set Content-Length in one place only.',
  },
  'framing.invalid-length': {
    title: 'Content-Length is not a number',
    seen: ({ detail }) => `The Content-Length of a response is ${detail}.`,
    consequence: 'The end of the response is not known: clients close the connection and discard it, proxies answer 502.',
    remedy: 'Send Content-Length as decimal digits only.',
  },
  'framing.length-with-transfer-encoding': {
    title: 'Content-Length beside Transfer-Encoding',
    seen: ({ detail }) => `A response has both: ${detail}.`,
    consequence:
      'Transfer-Encoding takes precedence; a parser that goes by Content-Length sees a different response. Proxies may refuse it as an attempt at response smuggling.',
    remedy: 'Send one of them: remove Content-Length where the response is chunked.',
  },
  'framing.chunked-to-http10': {
    title: 'Transfer-Encoding to an HTTP/1.0 client',
    seen: ({ coding, version }) =>
      `The response (HTTP/${version}) to an HTTP/1.0 request, or in HTTP/1.0, has Transfer-Encoding: ${coding}.`,
    consequence:
      'HTTP/1.0 has no transfer codings: the client takes chunk sizes for content, or does not find the end. Old proxies and health checks (nginx proxy_http_version 1.0, ab) are affected.',
    remedy: 'Answer HTTP/1.0 with Content-Length, or with a body delimited by the close of the connection.',
  },
  'framing.chunked-repeated': {
    title: 'chunked listed twice',
    seen: ({ coding }) => `The response has Transfer-Encoding: ${coding}.`,
    consequence:
      'Parsers disagree about how often the body is chunked: nginx answers 502 (duplicate header line), other clients show chunk sizes as content.',
    remedy: 'Send Transfer-Encoding: chunked once; an application that runs behind a server should leave this to the server.',
  },
  'framing.transfer-coding-unknown': {
    title: 'Transfer coding other than chunked',
    seen: ({ detail }) => `The last transfer coding of a response is not chunked: ${detail}.`,
    consequence:
      'A recipient that follows RFC 9112 reads until the connection is closed; others go by Content-Length. For the former, the response never ends on a persistent connection.',
    remedy: 'Remove Transfer-Encoding (identity is no longer defined), or use chunked.',
  },
  'framing.chunk-broken': {
    title: 'Broken chunk',
    seen: ({ detail }) => `The chunked body cannot be parsed further: ${detail}.`,
    consequence: 'Clients stop with ERR_INVALID_CHUNKED_ENCODING and discard the response; proxies answer 502 or cut the page.',
    remedy:
      'Give the size of each chunk in hexadecimal, count exactly its bytes, and end each chunk with CRLF; better, leave the chunking to the server.',
  },
  'framing.chunk-line-odd': {
    title: 'Unexpected characters in a chunk-size line',
    seen: ({ detail }) => `In the chunked body: ${detail}.`,
    consequence: 'Strict clients and proxies stop reading; where one parser accepts the line and another does not, responses get mixed up.',
    remedy: 'In a chunk-size line write only the size, then any extensions after a semicolon, and end it with one CRLF.',
  },
  'framing.junk-before-status-line': {
    title: 'Bytes before the status line',
    seen: ({ detail }) => `A response does not begin where it should: ${detail}.`,
    consequence:
      'Strict clients and proxies reject the response. Often these bytes are the end of the previous response, whose length was too small.',
    remedy: 'Write nothing between two responses; let Content-Length count every byte of the content, a final line break included.',
  },
  'framing.bare-lf': {
    title: 'Lines ended by LF alone',
    seen: ({ detail }) => `In a response ${detail}.`,
    consequence: 'Strict parsers (Node, HAProxy) reject the response; parsers that disagree about the end of a line see different headers.',
    remedy: 'End each line of the head with CRLF.',
  },
  'framing.folded-line': {
    title: 'Header field folded onto the next line',
    seen: ({ detail }) => `In a response ${detail}.`,
    consequence: 'Line folding is obsolete: Node and several proxies reject the response, others drop the rest of the value.',
    remedy: 'Write the value on one line; remove line breaks from configured header fields (Content-Security-Policy often contains some).',
  },
  'framing.space-before-colon': {
    title: 'Space before the colon',
    seen: ({ detail }) => `In a response whitespace stands between the name ${detail} and its colon.`,
    consequence: 'Some recipients ignore the field, some accept it, and strict ones (Node, nginx as a proxy) reject the response.',
    remedy: 'Remove the whitespace from the header name.',
  },
  'framing.field-line-broken': {
    title: 'A line in the head is not a header field',
    seen: ({ detail }) => `A line in the head of a response is invalid: ${detail}.`,
    consequence: 'Strict clients (Node, nginx as a proxy) reject the whole response; others drop the line.',
    remedy: 'Remove the line, or encode the value: no control characters, and only token characters in names.',
  },
  'framing.status-line': {
    title: 'Broken status line',
    seen: ({ line }) => `The status line is "${line}".`,
    consequence: 'Strict clients reject the response, others guess the version or the status.',
    remedy: 'Write "HTTP/1.1", a space, three digits from 100 to 599, a space, and the reason (which may be empty).',
  },
  'framing.status-line-space': {
    title: 'Status line without a space after the code',
    seen: ({ line }) => `The status line "${line}" ends with the code.`,
    consequence: 'Most clients accept it; strict parsers reject the response.',
    remedy: 'Write a space after the code, even if no reason follows.',
  },
  'framing.no-status-line': {
    title: 'The answer is not an HTTP response',
    seen: ({ method, target }) => `To ${method} ${target} the server sends bytes that begin with no status line.`,
    consequence: 'Browsers report ERR_INVALID_HTTP_RESPONSE, proxies answer 502.',
    remedy: 'Write a status line and headers before the content; check that the port speaks HTTP (not TLS or another protocol).',
  },
  'framing.trailer-forbidden': {
    title: 'Header field in the trailer section that belongs in the head',
    seen: ({ target, name }) => `${of(target)} has ${name} in its trailer section, after the last chunk.`,
    consequence:
      'Recipients drop it: it comes too late to be heeded. One that merges trailer fields into the head reads a message other than the one that was sent.',
    remedy: 'Send the field in the head, or leave it out; a trailer section is for fields such as a digest or timings.',
  },
  'framing.head-large': {
    title: 'Large response head',
    seen: ({ target, bytes: count }) => `The head of the response for ${target} has ${bytes(count)}.`,
    consequence:
      'nginx as a proxy answers 502 (upstream sent too big header: 4 or 8 KB by default), and Node.js clients stop at 16 KB (HPE_HEADER_OVERFLOW).',
    remedy: 'Send fewer or smaller header fields: look at cookies, Content-Security-Policy, and debug or tracing fields.',
  },

  'connection.keep-alive-race': {
    title: 'Request lost because the server closed an idle connection',
    seen: ({ method, target, idle, gap, gone, order }) =>
      gone === 'yes'
        ? `The connection had been idle for ${idle} s when ${method} ${target} was sent; the reset that answers it acknowledges nothing: the server no longer had the connection.`
        : `The server closed the connection after ${idle} s; ${method} ${target} ${order === 'after' ? `came ${gap} ms after the close` : `crossed the close within ${gap} ms`} and got no answer.`,
    consequence:
      'A client that must not retry the request (POST) reports an error; a proxy answers 502. It happens sporadically, mostly at low traffic.',
    remedy: 'Set the idle timeout of the server above that of every proxy and client in front of it.',
  },
  'connection.head-timer-on-reuse': {
    title: 'Persistent connection closed at the first bytes of the next request',
    seen: ({ method, target, idle, after }) =>
      `${method} ${target} began after ${idle} s idle; the server closed ${after} ms later, before it had received the whole head.`,
    consequence:
      'The idle timer had not expired: the timer for the request head was still running from the previous request. Requests on reused connections fail with a reset, and a proxy answers 502.',
    remedy: 'Set the request-head timeout above the idle timeout, or restart it with each request.',
  },
  'connection.closed-instead-of-answering': {
    title: 'Closed instead of answering',
    seen: ({ method, target, how, came, waited }) =>
      came === 'yes'
        ? `${method} ${target} was received; the server closed with ${how} after ${waited} s without a response.`
        : `The server accepted the connection for ${method} ${target}, and closed it with ${how} before the request came.`,
    consequence: 'Browsers report ERR_EMPTY_RESPONSE or ERR_CONNECTION_RESET, proxies answer 502.',
    remedy: "Check the server's log at this time for a crash, a killed worker or a limit. Answer with a status (500, 503) before closing.",
  },
  'connection.reset-in-response': {
    title: 'Response cut off by a reset',
    seen: ({ target, sent }) => `${of(target)} was reset (RST) by the server after ${bytes(sent)}.`,
    consequence: 'The download is broken; bytes already sent may be lost too.',
    remedy: 'Close gracefully: end the response, shut down the sending side, read until the client closes, and only then close the socket.',
  },
  'connection.upload-reset': {
    title: 'Upload answered, then reset',
    seen: ({ status, method, bytes: count }) =>
      `The server answers ${method} with ${status} while the client is still sending the body (${bytes(count)} seen), and resets the connection.`,
    consequence: 'The reset can destroy the answer before the client has read it: the user sees a connection error instead of the status.',
    remedy: 'Read and discard the rest of the body (up to a limit) before closing, or close in stages: shut down the sending side first.',
  },
  'connection.reset-after-response': {
    title: 'Reset right after the response',
    seen: ({ target, bytes: count, ms }) =>
      `The server resets the connection ${ms} ms after the response for ${target} (${bytes(count)}) instead of closing it.`,
    consequence: 'A reset discards whatever the client has not read yet: on a slow path the end of the response is lost.',
    remedy: 'Close gracefully: end the response, shut down the sending side, and read until the client closes.',
  },
  'connection.idle-reset': {
    title: 'Idle connection reset',
    seen: ({ idle }) => `The server ends a connection that was idle for ${idle} s with a reset (RST), where a FIN would do.`,
    consequence: 'The client takes it for a failure, and whatever it has not read yet is lost.',
    remedy: 'Close idle connections with a FIN.',
  },
  'connection.client-close-ignored': {
    title: 'Connection kept after the client has closed it',
    seen: ({ waited }) => `${waited} s after the client's FIN the server has not closed its side, though everything was answered.`,
    consequence: 'Each such connection stays in CLOSE-WAIT and holds a file descriptor, until the server has none left (EMFILE).',
    remedy: "Close the socket when a read gives the end of the stream; in Node.js, where allowHalfOpen is set, on 'end'.",
  },
  'limits.one-blocks-all': {
    title: 'One silent connection blocks the server',
    seen: ({ waited, alone }) =>
      `With one silent connection open, a request waited ${waited} for its response; on its own it takes ${alone} ms.`,
    consequence:
      'One client that opens a connection and sends nothing locks everyone else out. Browsers open such connections in advance: for a second user, or in a second tab, the page does not load.',
    remedy: 'Serve connections concurrently (threads, workers or an event loop), or put a proxy in front that buffers requests.',
  },
  'limits.reader-blocks-all': {
    title: 'A slow reader blocks the server',
    seen: ({ waited, alone }) =>
      `With a client that does not read its download, another request waited ${waited} for its response; on its own it takes ${alone} ms.`,
    consequence: 'One download over a slow path locks everyone else out for as long as it lasts.',
    remedy: 'Serve connections concurrently (threads, workers or an event loop), or put a proxy in front that buffers responses.',
  },
  'limits.few-block-all': {
    title: 'A few silent connections block the server',
    seen: ({ waited, alone, count }) =>
      `With ${count} connections open that send nothing or only half a request head, a request waited ${waited} for its response; on its own it takes ${alone} ms.`,
    consequence:
      'As many slow or idle clients as the server has workers lock everyone else out (Slowloris); browsers and proxies that hold idle connections are enough.',
    remedy:
      'Let idle connections wait in an event loop, raise the number of workers, set timeouts for request heads, or put a proxy in front that buffers requests.',
  },
  'limits.few-delay-others': {
    title: 'Silent connections delay others',
    seen: ({ waited, alone, count }) =>
      `With ${count} connections open that send nothing or only half a request head, a request waited ${waited} for its response; on its own it takes ${alone} ms.`,
    consequence: 'Each silent connection occupies a worker: others wait until the server has started more, as far as its limit allows.',
    remedy: 'Let idle connections wait in an event loop, or keep more workers in reserve.',
  },
  'limits.slow-accept': {
    title: 'New connections are slow to be served',
    seen: ({ ms, count }) =>
      `On ${plural(count, 'new connection')}, the first response took ${ms} ms longer than the second one for the same page on the same connection (median).`,
    consequence:
      'Every new visitor, and every connection of a page load, pays for it: the server accepts connections late, or does slow work for each.',
    remedy:
      'Look for what blocks the accept loop: synchronous work, a name lookup or a new process for each connection; let more workers accept.',
  },
  'limits.head-unlimited': {
    title: 'No limit on the size of a request head',
    seen: ({ size, status }) => `A request head of ${grouped(Number(size))} bytes was accepted and answered with ${status}.`,
    consequence:
      'Each client can make the server hold as much memory as it likes before a request is even complete: a few connections are enough to exhaust it.',
    remedy: 'Set a limit for the request head (8 to 64 KB are usual) and answer 431 beyond it.',
  },
  'limits.refused-silently': {
    title: 'A request that is too large gets no answer',
    seen: ({ size, what, how }) =>
      what === 'fields'
        ? `A request with ${size} field lines is not answered with a status: ${how}.`
        : `A request with a ${what === 'line' ? 'request line' : 'head'} of ${size} bytes is not answered with a status: ${how}.`,
    consequence: 'The client cannot know why: browsers show a connection error, proxies answer 502. Large cookies are enough to cause it.',
    remedy: 'Answer 431 (Request Header Fields Too Large), 414 (URI Too Long) or 400, and then close.',
  },
  'limits.request-line-short': {
    title: 'Request lines of 8,000 bytes are refused',
    seen: ({ size, how }) => `A request line of about ${size} bytes is refused: ${how}.`,
    consequence:
      'Long URLs (search filters, signed links, single sign-on) fail; RFC 9112 recommends that senders and recipients support at least 8,000 octets.',
    remedy: 'Raise the limit of the request line to 8,000 bytes or more.',
  },
  'limits.refusal-reset': {
    title: 'Oversized head refused, then reset',
    seen: ({ size, status }) =>
      `The request of size ${grouped(Number(size))} is answered with ${status}, and the connection is reset (RST) before the rest was read.`,
    consequence: 'The reset can destroy the answer before the client has read it: it then sees a connection error instead of the status.',
    remedy: 'Close in stages: send the response, shut down the sending side, read on for a moment, and only then close.',
  },
  'shutdown.download-cut': {
    title: 'Download cut off when the server stops',
    seen: ({ target, sent, how, after }) =>
      `The response for ${target} was in progress when the server was told to stop; ${after} s later it is cut off by ${how} after ${bytes(sent)}.`,
    consequence: 'Every deployment or restart breaks the responses being sent: truncated downloads, broken pages, 502 from a proxy.',
    remedy: 'On the stop signal, stop accepting connections, finish the responses that have begun, then exit (graceful shutdown).',
  },
  'shutdown.request-dropped': {
    title: 'Request dropped when the server stops',
    seen: ({ method, target, how, after }) =>
      `${method} ${target} was in progress when the server was told to stop; ${after} s later its connection ends with ${how}, without a response.`,
    consequence:
      'At every deployment or restart some requests fail; one that must not be retried (POST) becomes an error for the user, or a 502 from a proxy.',
    remedy: 'On the stop signal, stop accepting connections, answer the requests that have begun, with Connection: close, and then exit.',
  },
  'shutdown.ignored': {
    title: 'The stop signal has no effect',
    seen: ({ signal, watched }) =>
      `${watched} s after ${signal} the process is still running, and it answers a request on a new connection.`,
    consequence:
      'The service manager or the container runtime waits for its grace period (often 10 to 90 s) and then kills the process: requests are cut off.',
    remedy: 'Handle the signal in the server; if a shell or npm starts it, use exec so that the signal reaches the server itself.',
  },
  'shutdown.idle-kept': {
    title: 'Idle connections hold up the shutdown',
    seen: ({ signal, kept, ran }) => `After ${signal} an idle connection stays open for ${kept}, and the process keeps running for ${ran}.`,
    consequence:
      'The process waits for clients that have nothing to send, and new requests on these connections still reach it: a browser or a proxy can keep it alive until it is killed.',
    remedy: 'On the stop signal, close idle connections immediately, and answer requests still in progress with Connection: close.',
  },
  'shutdown.unused-kept': {
    title: 'An unused connection holds up the shutdown',
    seen: ({ signal, kept, ran }) =>
      `After ${signal} a connection on which nothing was ever sent stays open for ${kept}, and the process keeps running for ${ran}.`,
    consequence: 'Browsers and load balancers open connections in advance: the process waits for them until it is killed.',
    remedy: 'On the stop signal, close connections that carry no request, or exit after a few seconds.',
  },
  'shutdown.close-not-said': {
    title: 'Final response without Connection: close',
    seen: ({ method, target, after }) =>
      `The response to ${method} ${target}, sent after the stop signal, has no Connection: close; the server closes the connection ${after} s later.`,
    consequence: 'The client relies on the connection, and its next request may be lost when it closes.',
    remedy: 'While shutting down, send Connection: close in each response.',
  },
  'shutdown.idle-reset': {
    title: 'Idle connection reset when the server stops',
    seen: ({ after }) => `${after} s after the stop signal the server resets (RST) an idle connection, where a FIN would do.`,
    consequence: 'The reset discards whatever the client has not read yet.',
    remedy: 'Close idle connections with a FIN.',
  },
  'exchange.unanswered': {
    title: 'Request without an answer',
    seen: ({ method, target, waited }) => `${method} ${target} had no answer after ${waited} s.`,
    consequence: 'The user waits until it times out; the connection is blocked.',
    remedy: 'Find out what the request waits for in the application (a lock, a database, another service), and give that a time limit.',
  },
  'exchange.never-acknowledged': {
    title: 'Request never acknowledged',
    seen: ({ method, target, times, during, idle }) =>
      `${method} ${target} was sent ${times} times in ${during} s${
        Number(idle) > 0 ? `, after the connection had been idle for ${idle} s,` : ''
      } and was never acknowledged.`,
    consequence: 'The request did not arrive, or nothing comes back: the client waits until it gives up, often for minutes.',
    remedy:
      'Look at the path before the server: a NAT, firewall or load balancer drops connections that are idle for longer than its own timeout. Close idle connections sooner, or send TCP keep-alives more often; otherwise check whether the host is up.',
  },
  'connection.refused': {
    title: 'Connection refused',
    seen: ({ address, port }) => `${address} port ${port} answers the SYN with a reset.`,
    consequence: 'The client cannot connect to this address; if it knows several, it tries the next one.',
    remedy: 'Start a program that listens on this address and port (IPv4 and IPv6), or remove the address from DNS.',
  },
  'connection.syn-unanswered': {
    title: 'No answer to the SYN',
    seen: ({ address, port, count, waited }) => `${address} port ${port} did not answer ${plural(count, 'SYN')} in ${waited} s.`,
    consequence: 'The client waits for a timeout that can take up to two minutes.',
    remedy: 'Check the firewall, the address and the route; check whether the listen queue of the server is full.',
  },
  'connection.keep-alive-said-and-closed': {
    title: 'Announces keep-alive, then closes',
    seen: ({ requests, ms, how }) =>
      `After ${plural(requests, 'request')} the response says that the connection stays open; the server closes it with ${how} ${ms} ms later.`,
    consequence: 'The client sends its next request just as the connection closes: the request is lost, or has to be retried.',
    remedy: 'Send Connection: close in the last response on a connection, or keep the connection open.',
  },
  'connection.closed-without-saying': {
    title: 'Closes without announcing it',
    seen: ({ requests, ms, how }) =>
      `The server closes with ${how} ${ms} ms after response ${requests} on the connection, which has no Connection: close.`,
    consequence: 'In HTTP/1.1 the client considers the connection usable and may send its next request just as it closes.',
    remedy: 'Send Connection: close in the last response on a connection.',
  },
  'connection.close-said-and-kept': {
    title: 'Announces Connection: close, then keeps the connection',
    seen: ({ how }) =>
      how === 'answered'
        ? 'A response says Connection: close, and the server answers a later request on the same connection.'
        : `A response says Connection: close, and the server keeps the connection open for ${how}.`,
    consequence: 'Clients that wait for the close hang, and connections stay open that nobody will use.',
    remedy: 'Close the connection after a response that announces it, or omit the option.',
  },
  'connection.close-ignored': {
    title: 'Connection: close in the request is ignored',
    seen: ({ how }) =>
      how === 'answered'
        ? 'The request says Connection: close, and the server answers a later request on the same connection.'
        : `The request says Connection: close, and the server keeps the connection open for ${how}.`,
    consequence: 'Clients that read until the close (scripts, health checks) hang until the idle timeout.',
    remedy: 'Close after the response if the request asks for it, and send Connection: close in the response too.',
  },
  'connection.closed-before-advertised': {
    title: 'Closes before the advertised time',
    seen: ({ named, idle }) => `The server advertises Keep-Alive: timeout=${named}, yet closes after ${idle} s idle.`,
    consequence: 'Clients that trust the value send requests just as the connection closes, and lose them.',
    remedy: 'Advertise a time shorter than the real timeout.',
  },
  'connection.one-at-a-time': {
    title: 'One connection blocks another',
    seen: ({ target, waited, other }) =>
      `The response for ${target} arrived after ${waited} s, immediately after the silent connection #${other} was closed.`,
    consequence: 'The server serves one connection at a time: a single idle or slow client blocks all others.',
    remedy:
      'Use a server, or a worker type, that serves several connections at the same time (threads or an event loop), or put a buffering proxy in front.',
  },
  'pipelining.dropped': {
    title: 'Pipelined request dropped',
    seen: ({ method, target, count, waited }) =>
      `${method} ${target} was sent after ${plural(count, 'request')}, which ${count === 1 ? 'was' : 'were'} answered; it got no answer for ${waited} s, and the connection stays open.`,
    consequence:
      'The client waits in vain. Proxies and libraries that pipeline hang, and so does a client whose two requests arrive in one segment.',
    remedy: 'Keep what was read after a request, and parse it as the next one; if it cannot be answered, close the connection.',
  },
  'exchange.repeated-after-loss': {
    title: 'Request retried on another connection',
    seen: ({ method, target, other, status }) =>
      `${method} ${target} got no answer and was retried on connection #${other} (answer: ${status}).`,
    consequence: 'The user only sees a delay, but a request that is not idempotent may have been processed twice.',
    remedy: 'Find out why the first attempt was lost.',
  },
  'exchange.aborted-by-client': {
    title: 'The client left before the response was complete',
    seen: ({ method, target, bytes: count, how }) =>
      `The client closed with ${how} during ${method} ${target}, after ${bytes(count)} of the response.`,
    consequence: 'Normal when a user leaves a page or a player seeks; otherwise probably a timeout in the client.',
    remedy: 'None needed unless it happens often; then compare the timeouts of the client or the proxy.',
  },
  'exchange.unsolicited-response': {
    title: 'Response without a request',
    seen: ({ status }) => `The server sends a ${status} that no request asked for.`,
    consequence: 'A 408 before an idle connection is closed is common; a client may take it for the response to its next request.',
    remedy: 'Close idle connections without a response.',
  },

  'exchange.answered-twice': {
    title: 'Two responses to one request',
    seen: ({ method, target, first, second }) =>
      `${method} ${target} is answered with ${first}, and immediately afterwards with ${second}; the connection stays open.`,
    consequence:
      "The client takes the second one for the response to its next request: from then on each request gets another one's response.",
    remedy: 'Stop after the first response: return from the handler, and let only one layer answer.',
  },
  'body.becomes-request': {
    title: 'Unread body becomes the next request',
    seen: ({ before, bytes: count, next, status }) =>
      next === ''
        ? `After the answer to ${before} with a body of ${bytes(count)} comes another one (${status}), which no request asked for: the server read the body as a request.`
        : `After ${before} with a body of ${bytes(count)}, the next request on the connection (${next}) gets ${status}: the server read the body as the beginning of it.`,
    consequence: "Other users' requests on the same proxy connection fail, and a body can be used to smuggle a request.",
    remedy: 'Read the whole body of every request, even one that is refused, or close the connection.',
  },
  'connection.upload-cut': {
    title: 'Upload cut off without an answer',
    seen: ({ method, bytes: count, how }) =>
      `The server closed (${how}) while ${method} was being sent (${bytes(count)} of its body seen), without a response.`,
    consequence: 'The client sees only a connection error and sends the whole body again.',
    remedy: 'Answer with a status (413, 408, 405), keep reading up to a limit, and only then close.',
  },
  'expect.100-after-response': {
    title: '100 Continue after the final response',
    seen: ({ status }) => `The request with Expect: 100-continue had already been answered with ${status} when a 100 was sent.`,
    consequence:
      'The 100 comes where the next response should begin: a client or proxy that reuses the connection may take it for the response to its next request, or drop the connection.',
    remedy: 'Send 100 only before the final response.',
  },
  'expect.100-twice': {
    title: '100 Continue sent more than once',
    seen: ({ count }) => `One request got ${count} responses with status 100.`,
    consequence: 'Clients must accept any number of them, but some send the body once for each, or give up.',
    remedy: 'Let the server or the application send it, not both.',
  },
  'expect.interim-to-http10': {
    title: 'Interim response to an HTTP/1.0 request',
    seen: ({ status }) => `An HTTP/1.0 request got a ${status} before its final response.`,
    consequence: 'An HTTP/1.0 client does not know interim responses: it takes this one for the final response.',
    remedy: 'Ignore Expect in HTTP/1.0 requests, and never answer them with 1xx.',
  },
  'expect.next-request-lost': {
    title: 'A refused upload leaves the connection waiting for its body',
    seen: ({ status, method }) =>
      `Expect: 100-continue was answered with ${status} without Connection: close; the client did not send the body, and its next request (${method}) got no answer.`,
    consequence: 'The server takes the next request for the body. Clients that reuse the connection, as some proxies do, hang.',
    remedy: 'Send Connection: close with a final response sent in place of a 100, and close.',
  },

  'range.content-range-missing': {
    title: '206 without Content-Range',
    seen: ({ target }) => `The 206 response for ${target} has no Content-Range.`,
    consequence: 'The client does not know which part it has: resumed downloads and media players fail.',
    remedy: 'Send Content-Range in every single-part 206, or answer 200.',
  },
  'range.content-range-invalid': {
    title: 'Content-Range cannot be read',
    seen: ({ range }) => `A 206 has Content-Range: ${range}.`,
    consequence: 'The client does not know which part it has: resumed downloads and media players fail.',
    remedy: 'Write the unit, a space, the first and the last position, a slash and the length: "bytes 0-9/1234".',
  },
  'range.content-range-wrong': {
    title: 'Content-Range does not fit the content',
    seen: ({ range, bytes: count }) => `Content-Range: ${range}, and the content has ${bytes(count)}.`,
    consequence: 'Parts are joined with a gap or an overlap: resumed downloads are corrupt.',
    remedy: 'The last position in Content-Range is inclusive: the first ten bytes are "bytes 0-9".',
  },
  'range.other-than-asked': {
    title: 'Not the requested range',
    seen: ({ asked, sent }) =>
      asked === '-'
        ? `A 206 (Content-Range: ${sent}) answers a request without Range.`
        : `Range: ${asked} is answered with Content-Range: ${sent}.`,
    consequence: 'Clients write the wrong bytes into their file, or show an error.',
    remedy: 'Answer 206 with the requested range, 416 if none of it exists, or 200 with the whole file.',
  },
  'range.total-wrong': {
    title: 'Wrong total length in Content-Range',
    seen: ({ target, total, bytes: count }) =>
      `The Content-Range of ${target} gives a total of ${total}; the whole file has ${bytes(count)}.`,
    consequence: 'Players and download managers ask for parts that do not exist, or stop too early.',
    remedy: 'Give the length of the whole representation after the slash.',
  },
  'range.bytes-wrong': {
    title: 'Wrong bytes in a part',
    seen: ({ target, range, at }) => `The part of ${target} (Content-Range: ${range}) differs from the whole at byte ${at}.`,
    consequence: 'A resumed download, or a video after seeking, is corrupt.',
    remedy: 'Send the bytes at exactly the positions that Content-Range names.',
  },
  'range.of-coded-content': {
    title: 'Range applied before compression',
    seen: ({ coding, range }) => `A 206 has Content-Encoding: ${coding}, and its Content-Range (${range}) counts the plain content.`,
    consequence: 'Ranges count encoded bytes: a client that joins such parts gets a file that cannot be decoded.',
    remedy: 'Do not compress 206 responses, or ignore Range where the response is compressed.',
  },
  'range.multipart-broken': {
    title: 'Malformed part in multipart/byteranges',
    seen: ({ part, fault }) => (part === 0 ? PART_FAULTS[fault] : `Part ${part}: ${PART_FAULTS[fault]}`),
    consequence: 'Clients lose the part, or write wrong bytes into the file.',
    remedy:
      'For each part write the boundary, Content-Type and Content-Range, an empty line and the bytes of the range; end with the boundary followed by "--".',
  },
  'range.multipart-for-one': {
    title: 'multipart/byteranges for a single range',
    seen: ({ asked }) => `Range: ${asked} asks for one range, and gets a 206 in parts.`,
    consequence: 'A client that asked for one range takes the delimiters and heads of the parts for bytes of the file.',
    remedy: 'Answer a single range with a 206 that has Content-Range itself and no parts.',
  },
  'range.multipart-content-range': {
    title: 'Content-Range beside several parts',
    seen: ({ range }) => `A 206 with multipart/byteranges has Content-Range: ${range} in its own head.`,
    consequence: 'Clients that look at the field first take the delimiters and heads of the parts for bytes of the file.',
    remedy: 'Send Content-Range in the head of each part, and not in the head of the response.',
  },
  'range.etag-differs': {
    title: 'A part has a different ETag from the whole file',
    seen: ({ part, whole }) => `The 206 has ETag ${part}, the whole file ${whole}.`,
    consequence: 'Clients discard what they have and start the download again; If-Range never matches.',
    remedy: 'Compute the ETag from the whole file, not from the part.',
  },
  'range.part-without-etag': {
    title: 'Part without the ETag of the whole',
    seen: ({ target }) => `The 200 for ${target} has an ETag; its 206 has none.`,
    consequence:
      'A client cannot tell whether two parts belong to the same version: caches must not join them, and a resumed download starts again.',
    remedy: 'Send the same ETag with 206 as with 200.',
  },
  'range.part-lacks-fields': {
    title: 'Part lacks header fields of the whole',
    seen: ({ target, names }) => `The 206 for ${target} lacks ${names}, which the 200 has.`,
    consequence: 'A cache that stores the part does not know how long it is fresh, or for which requests it may be used.',
    remedy: 'Send Cache-Control, Content-Location, Date, ETag, Expires and Vary with the 206 as with the 200.',
  },
  'range.content-range-on-200': {
    title: 'Content-Range on a 200',
    seen: ({ range }) => `A 200 response has Content-Range: ${range}.`,
    consequence: 'It means nothing there; some clients take the response for a part.',
    remedy: 'Send Content-Range only with 206 and 416.',
  },
  'range.not-as-advertised': {
    title: 'Accept-Ranges says otherwise',
    seen: ({ said, asked, status }) =>
      `Accept-Ranges: ${said}, and Range: ${asked} gets ${status === 206 ? '206' : `${status} with the whole file`}.`,
    consequence: 'Players and download managers plan by it: they ask for parts and get everything, or never ask.',
    remedy: 'Send Accept-Ranges: bytes only where parts are served, and none only where they are not.',
  },
  'range.416-without-length': {
    title: '416 without the length',
    seen: ({ asked, sent }) => `Range: ${asked} gets 416 ${sent === '' ? 'without Content-Range' : `with Content-Range: ${sent}`}.`,
    consequence: 'The client cannot learn the real length and has to request everything again.',
    remedy: 'Send Content-Range: bytes */LENGTH with 416.',
  },

  'conditional.304-without-etag': {
    title: '304 without the ETag of the 200',
    seen: ({ target }) => `The 200 for ${target} has an ETag; its 304 has none.`,
    consequence: 'A cache with several stored versions cannot tell which one is still valid, and may discard them all.',
    remedy: 'Send the same ETag with 304 as with 200.',
  },
  'conditional.304-other-etag': {
    title: '304 with an ETag that was not asked for',
    seen: ({ target, asked, etag }) => `If-None-Match: ${asked} for ${target} gets 304 with ETag: ${etag}.`,
    consequence: 'A cache finds no stored response with this ETag: it updates none, or the wrong one, and may request everything again.',
    remedy: 'Send 304 with the ETag that matched, the one that the 200 has in the same encoding.',
  },
  'conditional.304-lacks-fields': {
    title: '304 lacks header fields of the 200',
    seen: ({ target, names }) => `The 304 for ${target} lacks ${names}, which the 200 has.`,
    consequence: 'Caches keep using old values: the lifetime is not extended as intended, or the wrong version is chosen.',
    remedy: 'Send Cache-Control, Content-Location, Date, ETag, Expires and Vary with the 304 as with the 200.',
  },
  'conditional.304-lacks-vary': {
    title: '304 without Vary',
    seen: ({ target }) => `The 304 for ${target} lacks Vary, which the 200 has.`,
    consequence: 'A cache that has not stored Vary may serve the response to clients that ask for another encoding or language.',
    remedy: 'Set Vary before the condition is evaluated, so that both the 200 and the 304 have it.',
  },
  'conditional.304-other-length': {
    title: '304 and 200 differ in Content-Length',
    seen: ({ length, bytes: count }) => `The 304 says Content-Length: ${length}; the content has ${bytes(count)}.`,
    consequence: 'Caches consider the stored response incomplete and discard it, or change its length.',
    remedy: 'Omit Content-Length from the 304.',
  },
  'conditional.304-unasked': {
    title: '304 to an unconditional request',
    seen: ({ target }) => `A request for ${target} without a condition gets 304.`,
    consequence: 'The client has no stored response to show: the page stays empty.',
    remedy: 'Answer 304 only if the request has If-None-Match or If-Modified-Since; check what a cache in front removes.',
  },
  'conditional.412-for-get': {
    title: '412 where 304 is due',
    seen: ({ target, condition }) => `GET or HEAD ${target} with ${condition} gets 412.`,
    consequence: 'A cache that revalidates gets an error in place of its page, and shows it.',
    remedy: 'Answer a GET or HEAD whose If-None-Match matches with 304; 412 is for other methods.',
  },
  'conditional.etag-ignored': {
    title: 'If-None-Match is ignored',
    seen: ({ target, etag, bytes: count }) =>
      `If-None-Match names the current ETag ${etag} of ${target}, and the answer is 200 with ${bytes(count)}.`,
    consequence: 'The validators are useless: each revalidation transfers everything again.',
    remedy: 'Answer 304 when If-None-Match matches the ETag (weak comparison).',
  },
  'conditional.date-ignored': {
    title: 'If-Modified-Since is ignored',
    seen: ({ target, bytes: count }) =>
      `${target} was not modified since the date in the request, and the answer is 200 with ${bytes(count)}.`,
    consequence: 'Each revalidation transfers everything again.',
    remedy: 'Answer 304 when Last-Modified is not later than If-Modified-Since.',
  },

  'status.401-without-challenge': {
    title: '401 without WWW-Authenticate',
    seen: ({ method, target }) => `${method} ${target} gets 401 without WWW-Authenticate.`,
    consequence:
      'The client cannot learn how to authenticate: browsers ask for no password, and clients that wait for a challenge give up.',
    remedy: 'Send WWW-Authenticate with each 401, such as WWW-Authenticate: Bearer, or use 403 if no credentials would help.',
  },
  'status.redirect-without-location': {
    title: 'Redirect without Location',
    seen: ({ target, status }) => `${of(target)} has status ${status} and no Location.`,
    consequence: 'Nobody can follow it: browsers show an empty page, or whatever the response contains.',
    remedy: 'Send the new address in Location, or another status.',
  },
  'status.redirect-to-itself': {
    title: 'Redirect to itself',
    seen: ({ target, status, location }) => `${target} gets ${status} with Location: ${location}, which is the same address.`,
    consequence: 'Clients follow it until they give up: browsers report ERR_TOO_MANY_REDIRECTS.',
    remedy: 'Redirect to another address, or answer; behind a proxy that ends TLS, look at X-Forwarded-Proto before you redirect to https.',
  },
  'status.101-unasked': {
    title: 'Switches protocols without being asked',
    seen: ({ method, target }) => `${method} ${target} has no Upgrade and gets 101 (Switching Protocols).`,
    consequence: 'The client goes on in HTTP and cannot read what follows: browsers show an error, and proxies answer 502.',
    remedy: 'Answer 101 only if Upgrade in the request names the protocol, and 426 otherwise.',
  },
  'status.426-without-upgrade': {
    title: '426 without Upgrade',
    seen: ({ method, target }) => `${method} ${target} gets 426 without Upgrade.`,
    consequence: 'The client cannot learn which protocol the server asks for.',
    remedy: 'Send the protocol in Upgrade, and Connection: Upgrade, with each 426.',
  },
  'methods.405-without-allow': {
    title: '405 without Allow',
    seen: ({ method }) => `${method} gets 405 without Allow.`,
    consequence: 'The client cannot learn which methods the resource supports.',
    remedy: 'Send Allow with the supported methods, such as Allow: GET, HEAD.',
  },
  'methods.405-allows-it': {
    title: '405 whose Allow has the method',
    seen: ({ method, allow }) => `${method} gets 405 with Allow: ${allow}.`,
    consequence: 'Clients that go by Allow send the same request again, and CORS and WebDAV clients draw the wrong conclusions.',
    remedy: 'List in Allow only the methods that this resource supports.',
  },
  'methods.options-without-allow': {
    title: 'OPTIONS without Allow',
    seen: ({ target, status }) => `OPTIONS ${target} gets ${status} without Allow.`,
    consequence: 'Hardly any: the client does not learn which methods the resource supports.',
    remedy: 'Send Allow with the answer to OPTIONS, or 405 or 501 where OPTIONS is not supported.',
  },
  'methods.head-other-length': {
    title: 'HEAD and GET differ in Content-Length',
    seen: ({ target, length, bytes: count }) => `HEAD ${target} says Content-Length: ${length}, GET sends ${bytes(count)}.`,
    consequence: 'Caches discard what they have stored; download managers reserve and request the wrong size.',
    remedy: 'Send the Content-Length that GET would send, or omit it.',
  },
  'methods.head-lacks-fields': {
    title: 'HEAD lacks header fields of GET',
    seen: ({ target, names }) => `HEAD ${target} lacks ${names}, which GET has.`,
    consequence: 'Whoever asks by HEAD (link checkers, download managers, caches) sees another type, age or lifetime than GET gives.',
    remedy: 'Send the same header fields with HEAD as with GET.',
  },
  'methods.head-other-status': {
    title: 'HEAD and GET get different statuses',
    seen: ({ target, status, get }) => `HEAD ${target} gets ${status}, GET gets ${get}.`,
    consequence: 'Link checkers and monitors report an existing page as missing, or miss a redirect.',
    remedy: 'Answer HEAD like GET without the content, for redirects and errors too.',
  },
  'methods.head-refused': {
    title: 'HEAD is refused although GET works',
    seen: ({ target, status }) => `HEAD ${target} gets ${status}, GET gets 200.`,
    consequence: 'Link checkers, monitors and caches consider the page missing.',
    remedy: 'Route HEAD like GET.',
  },

  'methods.trace-echoes': {
    title: 'TRACE shows secret header fields',
    seen: ({ target, name }) => `TRACE ${target} gets 200, and its content repeats the ${name} of the request.`,
    consequence: 'Where a script can send TRACE through some program, it reads cookies and passwords that are hidden from it.',
    remedy: 'Answer TRACE with 405 or 501, or leave such fields out of the content.',
  },
  'smuggling.length-over-transfer-encoding': {
    title: 'Content-Length takes precedence over Transfer-Encoding',
    seen: ({ method, status }) =>
      `${method} with Content-Length and Transfer-Encoding: chunked gets ${status}, and the number of responses shows that its body was read by its Content-Length.`,
    consequence:
      "A proxy in front that goes by Transfer-Encoding, as RFC 9112 requires, sees the request end elsewhere: what follows becomes the beginning of the next user's request.",
    remedy: 'Refuse such requests with 400 and close the connection, or read them by Transfer-Encoding and then close.',
  },
  'smuggling.length-with-transfer-encoding': {
    title: 'Accepts Content-Length with Transfer-Encoding and keeps the connection',
    seen: ({ method, status }) => `${method} with both fields gets ${status}, and the connection stays open for the next request.`,
    consequence:
      'A proxy in front that goes by Content-Length, as old ones do, sees the request end elsewhere: a second request can be smuggled in.',
    remedy: 'Refuse such requests with 400 and close the connection; at least close it after the response.',
  },
  'smuggling.conflicting-lengths': {
    title: 'Accepts an invalid or conflicting Content-Length',
    seen: ({ method, status }) => `${method} with more than one length, or an invalid one, gets ${status}, and the connection is kept.`,
    consequence:
      'A proxy in front that takes the other value, or reads the digits in another way (strtol and parseInt take +5 and 0x5), sees the request end elsewhere: a second request can be smuggled in.',
    remedy: 'Refuse such requests with 400 and close the connection.',
  },
  'smuggling.repeated-length': {
    title: 'Accepts a repeated Content-Length',
    seen: ({ method, status }) => `${method} with the same Content-Length twice gets ${status}.`,
    consequence:
      'This is allowed. A proxy that joins the lines into a list and cannot parse it may treat the request as one without a body.',
    remedy: 'Refuse such requests with 400 where a proxy is in front.',
  },
  'smuggling.transfer-encoding-unknown': {
    title: 'Accepts a Transfer-Encoding that does not end with chunked',
    seen: ({ method, status }) => `${method} with such a Transfer-Encoding gets ${status}, and the connection is kept.`,
    consequence:
      'Where the body ends is ambiguous: a proxy that looks for "chunked" anywhere in the field reads chunks, one that does not know the coding goes by Content-Length. The disagreement allows smuggling.',
    remedy: 'Answer 501 to an unknown coding and 400 if chunked is not the last one, and close the connection.',
  },
  'smuggling.http10-transfer-encoding': {
    title: 'Keeps the connection after Transfer-Encoding in HTTP/1.0',
    seen: ({ method, status }) =>
      `An HTTP/1.0 ${method} with Transfer-Encoding gets ${status}, and the next request on the connection is answered.`,
    consequence: 'A proxy that speaks HTTP/1.0 does not know chunks and goes by Content-Length: it sees the request end elsewhere.',
    remedy: 'Close the connection after such a request, or refuse it with 400.',
  },
  'smuggling.chunk-size-overflow': {
    title: 'A chunk size overflows',
    seen: ({ method, status }) => `${method} with the chunk size 10000000000000002 gets ${status}: it was read as 2.`,
    consequence:
      'A proxy with wider integers waits for more, or refuses; one with narrower integers reads another size. What is left over becomes a request.',
    remedy: 'Refuse a chunk size that does not fit into the integer.',
  },
  'smuggling.chunk-line-lf': {
    title: 'Accepts a bare LF in a chunk-size line',
    seen: ({ method, status }) => `${method} with a bare LF in a chunk extension gets ${status}, and the connection stays open.`,
    consequence:
      'Some parsers end the line there, others read on to the next CRLF. If the proxy and the server disagree, what is a chunk to one is a request to the other.',
    remedy: 'Refuse it with 400: only CRLF ends a chunk-size line, and an extension contains no LF.',
  },
  'smuggling.refused-and-read-on': {
    title: 'Refuses a request but keeps reading after it',
    seen: ({ method, status }) =>
      `${method} is refused with ${status} because its end is ambiguous, yet what follows on the connection is answered as another request.`,
    consequence: 'Where the refused request ends is a guess: part of its body can be answered as a request of its own.',
    remedy: 'Close the connection after the 400.',
  },
  'smuggling.cr-ends-line': {
    title: 'Treats a bare CR as the end of a line',
    seen: ({ method, status }) =>
      `${method} with Transfer-Encoding after a CR in another field's value gets ${status} and is read as chunked.`,
    consequence: 'A proxy in front sees one harmless field where the server sees two: a second request, or any field, can be smuggled in.',
    remedy: 'Refuse a bare CR with 400, or replace it with a space.',
  },
  'smuggling.bare-cr': {
    title: 'Accepts a bare CR in a field value',
    seen: ({ method, status }) => `${method} with a bare CR in a field value gets ${status}. It was not treated as a line end.`,
    consequence:
      'This is allowed if the CR is replaced with a space, which packets cannot show. Forwarded unchanged, it ends the line for parsers that treat CR as a line end.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.folded-line-read-alone': {
    title: 'Treats a folded line as a separate field',
    seen: ({ method, status }) =>
      `${method} with Transfer-Encoding in the continuation line of another field gets ${status} and is read as chunked.`,
    consequence:
      'A proxy in front that joins folded lines sees one harmless field where the server sees two: a second request can be smuggled in.',
    remedy: 'Refuse folded lines with 400, or join them with a space.',
  },
  'smuggling.folded-line': {
    title: 'Accepts folded lines',
    seen: ({ method, status }) => `${method} with a field continued on a second line gets ${status}.`,
    consequence: 'This is allowed if the lines are joined with a space. A proxy that does not join them sees different fields.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.space-before-colon': {
    title: 'Accepts a space before the colon',
    seen: ({ method, status }) => `${method} with whitespace between a header name and its colon gets ${status}.`,
    consequence:
      'A proxy that parses the field differently forwards what it should have checked: rules can be bypassed and requests smuggled.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.two-hosts': {
    title: 'Accepts two Host lines',
    seen: ({ method, status }) => `${method} with more than one Host line gets ${status}.`,
    consequence: 'Behind a proxy that uses the other one, a request reaches the wrong host or poisons a cache.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.no-host': {
    title: 'Accepts HTTP/1.1 without Host',
    seen: ({ method, status }) => `${method} without Host gets ${status}.`,
    consequence: 'Links and redirects built from Host are wrong, and virtual hosts cannot be told apart.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.bare-lf': {
    title: 'Accepts a bare LF as the end of a line',
    seen: ({ method, status }) => `${method} with lines ended by a bare LF gets ${status}.`,
    consequence: 'This is allowed. A proxy in front that does not treat LF as a line end sees different headers.',
    remedy: 'Refuse them if a proxy in front might parse them differently.',
  },
  'smuggling.nul': {
    title: 'Accepts NUL in a field value',
    seen: ({ method, status }) => `${method} with NUL in a field value gets ${status}.`,
    consequence:
      'This is allowed if NUL is replaced with a space, which packets cannot show. A parser written in C may end the value there: it checks and forwards less than the next one reads.',
    remedy: 'Refuse such requests with 400.',
  },

  'request.empty-line-refused': {
    title: 'An empty line before a request is refused',
    seen: ({ method, status }) =>
      `${method} with an empty line before it ${status === 0 ? 'gets no answer: the server closes' : `gets ${status}`}.`,
    consequence: 'Old clients send CRLF after the body of a POST, which then precedes the next request: that request is lost.',
    remedy: 'Skip at least one empty line before a request line.',
  },

  'header.repeated': {
    title: 'Single-value header field sent twice',
    seen: ({ names, values }) => `${names} is on more than one line: ${values}.`,
    consequence: 'Recipients use the first, the last, or both joined: redirects, types and validators become unreliable.',
    remedy: 'Set the field in one place only: the application or the server in front.',
  },
  'header.repeated-date': {
    title: 'Two Date lines',
    seen: ({ values }) => `A response has two Date values: ${values}.`,
    consequence: 'Caches that join the lines cannot parse the date and compute a wrong age.',
    remedy: 'Let the server alone set Date, not the application as well.',
  },
  'header.date-missing': {
    title: 'No Date',
    seen: ({ status }) => `A ${status} response has no Date.`,
    consequence: 'Caches cannot compute the age of the response; a heuristic lifetime is not possible.',
    remedy: 'Send Date with each response.',
  },
  'header.date-missing-in-error': {
    title: 'No Date in an error response',
    seen: ({ status }) => `A ${status} response has no Date; the successful ones have it.`,
    consequence: 'Hardly any: errors are rarely cached.',
    remedy: 'Send Date with errors too.',
  },
  'header.date-invalid': {
    title: 'Invalid date',
    seen: ({ name, value }) => `${name}: ${value} is not an HTTP date.`,
    consequence: 'Caches and conditional requests cannot use it: the response is treated as stale, or never validated.',
    remedy: 'Write dates in GMT as "Sun, 06 Nov 1994 08:49:37 GMT".',
  },
  'header.date-obsolete': {
    title: 'Date in an obsolete format',
    seen: ({ name, value }) => `${name}: ${value}`,
    consequence: 'Recipients must still read it, but many programs know only the current format and ignore the field.',
    remedy: 'Write dates in GMT as "Sun, 06 Nov 1994 08:49:37 GMT".',
  },
  'header.value-malformed': {
    title: 'Malformed header field value',
    seen: ({ name, value }) => `${name}: ${value}`,
    consequence: 'Recipients ignore the field, or each reads it in its own way.',
    remedy:
      'Write it as its definition has it: lists with commas, parameters of Content-Type after a semicolon, times in seconds as digits only, URLs percent-encoded.',
  },
  'header.date-off': {
    title: 'Date is not the time of the response',
    seen: ({ off, side }) => `Date is ${grouped(Number(off))} s ${side === 'ahead' ? 'ahead of' : 'behind'} the clock of the capture.`,
    consequence:
      'Caches compute ages from Date: a response is stale too early or kept too long, and conditional requests by date miss changes.',
    remedy: 'Take Date from the clock for each response, in GMT: not from the local time or a stored response.',
  },
  'header.last-modified-in-future': {
    title: 'Last-Modified in the future',
    seen: ({ ahead }) => `Last-Modified is ${ahead} s later than Date.`,
    consequence: 'Conditional requests do not notice changes made before that time.',
    remedy: "If the file's time is later than now, send the value of Date instead; check the clock and the deployment.",
  },
  'header.content-type-missing': {
    title: 'No Content-Type',
    seen: ({ target, bytes: count }) => `The response for ${target} has ${bytes(count)} of content and no Content-Type.`,
    consequence:
      'Browsers guess the type: stylesheets and scripts are refused with nosniff, text may be shown as a download or run as HTML.',
    remedy: 'Send Content-Type with each response that has content.',
  },
  'header.etag-unquoted': {
    title: 'ETag without quotes',
    seen: ({ value }) => `ETag: ${value}`,
    consequence: 'It is not an entity tag: caches and CDNs ignore it, and conditional requests never match.',
    remedy: 'Put double quotes around the value: ETag: "abc".',
  },
  'header.etag-invalid': {
    title: 'Malformed ETag',
    seen: ({ value }) => `ETag: ${value}`,
    consequence: 'It is not an entity tag: caches and CDNs ignore it, and conditional requests never match.',
    remedy: 'Write "abc", or W/"abc" with a capital W: one pair of double quotes, and no spaces or quotes between them.',
  },
  'cache.etag-changes': {
    title: 'ETag changes though the content does not',
    seen: ({ target, first, second }) => `${target} has the same bytes each time, once with ETag ${first}, once with ${second}.`,
    consequence:
      'If-None-Match never matches, or only by chance: each revalidation transfers everything again, and downloads cannot be resumed.',
    remedy:
      'Compute the ETag from the content, alike on every server behind a load balancer; leave out inodes, start times and random parts.',
  },
  'cache.etag-of-other-content': {
    title: 'ETag stays although the content changes',
    seen: ({ target, etag }) => `${target} has the ETag ${etag} twice, with different bytes.`,
    consequence: 'Caches get 304 and go on showing the old content; a resumed download joins two versions into a broken file.',
    remedy: 'Compute the ETag from the content that is sent, or mark it as weak (W/) where small differences do not matter.',
  },
  'cache.modified-now': {
    title: 'Last-Modified is the time of the response',
    seen: ({ target, first, second }) => `${target} has the same bytes each time, with Last-Modified: ${first}, then ${second}.`,
    consequence: 'If-Modified-Since never matches: each revalidation transfers everything again.',
    remedy: 'Send the time when the content last changed, or an ETag; leave Last-Modified out where neither is known.',
  },
  'cache.control-conflict': {
    title: 'Cache-Control contradicts itself',
    seen: ({ control, one, other }) => `Cache-Control: ${control} has both ${one} and ${other}.`,
    consequence: 'Caches take the stricter one, or the first: some keep what others do not.',
    remedy: 'Set Cache-Control in one place only, with directives that agree.',
  },
  'cache.shared-cookie': {
    title: 'Set-Cookie on a publicly cacheable response',
    seen: ({ control, cookie }) => `Cache-Control: ${control}, and the response sets the cookie ${cookie}.`,
    consequence: "A shared cache (CDN, proxy) may hand one user's cookie, and with it the session, to others.",
    remedy: 'Send Cache-Control: private (or no-store) with responses that set cookies, or set no cookie on public ones.',
  },
  'header.cookie-rejected': {
    title: 'Cookie that browsers reject',
    seen: ({ cookie, fault }) => `Set-Cookie: ${cookie}: ${COOKIE_FAULTS[fault]}.`,
    consequence: 'The cookie is never stored: logins and sessions that rest on it fail, in some browsers or in all.',
    remedy: 'Add Secure to SameSite=None and to names with __Secure-, and Secure and Path=/ without Domain to names with __Host-.',
  },
  'coding.vary-missing': {
    title: 'Compressed without Vary',
    seen: ({ target, coding, vary }) =>
      `${target} is served plain or as ${coding}, depending on Accept-Encoding, ${vary === '' ? 'without Vary' : `with Vary: ${vary}`}.`,
    consequence: 'A shared cache serves the compressed version to clients that cannot decode it, or the plain one to everyone.',
    remedy: 'Send Vary: Accept-Encoding with both versions.',
  },
  'coding.vary-missing-plain': {
    title: 'Vary on the compressed version alone',
    seen: ({ target, coding, vary }) => `${target} as ${coding} has Vary: ${vary}; its plain version has none.`,
    consequence: 'A shared cache that stores the plain version first serves it to everyone: nothing is compressed any more.',
    remedy: 'Send the same Vary with both versions.',
  },
  'coding.shared-etag': {
    title: 'Same strong ETag for plain and compressed content',
    seen: ({ target, coding, etag }) => `${target} has the ETag ${etag} both plain and as ${coding}.`,
    consequence: 'A strong ETag stands for one sequence of bytes: a cache or a resumed download may join parts of both into a broken file.',
    remedy: 'Give the compressed version an ETag of its own ("abc-gzip"), or a weak one (W/).',
  },
  'coding.mislabelled': {
    title: 'Content-Encoding on content that is not encoded',
    seen: ({ target, coding, bytes: count, by }) =>
      by === 'content'
        ? `${target} says Content-Encoding: ${coding}, but its ${bytes(count)} do not begin like gzip (1f 8b).`
        : `${target} says Content-Encoding: ${coding}, but it is exactly the ${bytes(count)} of the plain version.`,
    consequence: 'Browsers report ERR_CONTENT_DECODING_FAILED and show nothing.',
    remedy: 'Set Content-Encoding only on encoded content; check whether two layers (application and proxy) both set it.',
  },

  'coding.unknown': {
    title: 'Content-Encoding is not a content coding',
    seen: ({ target, coding }) => `${target} says Content-Encoding: ${coding}, which is not registered and was not asked for.`,
    consequence: 'Clients that decode what they are given (curl --compressed, HTTP libraries, proxies) reject the response.',
    remedy: 'Remove Content-Encoding; a character set belongs in Content-Type: text/html; charset=utf-8.',
  },
  'coding.identity-named': {
    title: 'Content-Encoding: identity',
    seen: ({ target }) => `${target} says Content-Encoding: identity.`,
    consequence: 'Hardly any: the name is reserved for Accept-Encoding, and some clients do not know it here.',
    remedy: 'Leave Content-Encoding out where nothing is encoded.',
  },
  'coding.undecodable': {
    title: 'Compressed content cannot be decoded',
    seen: ({ target, coding, bytes: count }) => `${target} says Content-Encoding: ${coding}; its ${bytes(count)} cannot be decoded.`,
    consequence: 'Browsers report ERR_CONTENT_DECODING_FAILED or show a part of the page.',
    remedy:
      'Look for what truncates or changes the encoded bytes: a stream that is not flushed to its end, or text functions applied to it.',
  },
  'coding.other-content': {
    title: 'Compressed content decodes to something else',
    seen: ({ target, coding, unpacked, bytes: count }) =>
      `${target} with ${coding} decodes to ${bytes(unpacked)}; the plain responses before and after it both have ${bytes(count)} that differ from these.`,
    consequence: 'Clients with and without this encoding see different pages.',
    remedy:
      'Generate the compressed file from the plain one; look for a stale .gz file beside it, or for content that is compressed twice.',
  },
  'status.server-errors': {
    title: 'Server errors',
    seen: ({ statuses, count, of: all }) => `${grouped(count)} of ${plural(all, 'exchange')}: ${statuses}.`,
    consequence: 'The user gets an error page, or part of the page is missing.',
    remedy: "Check the server's error log at these times; for 502 and 504, check the connection between the proxy and its upstream.",
  },
  'status.client-errors': {
    title: 'Client errors',
    seen: ({ statuses, count, of: all }) => `${grouped(count)} of ${plural(all, 'exchange')}: ${statuses}.`,
    consequence: 'Correct answers to wrong requests, or broken links.',
    remedy: 'See which targets they concern: a missing file, a wrong path, a login that is needed.',
  },
  'time.first-byte-slow': {
    title: 'Slow first byte',
    seen: ({ median, count }) => `Of ${plural(count, 'response')}, half begin more than ${median} ms after the request.`,
    consequence: 'Every page and every part of it begins that much later.',
    remedy: 'Measure where the server spends the time: a blocked event loop, a database, a new process for each request.',
  },
  'time.slowest': {
    title: 'Slowest exchanges',
    seen: ({ method, target, duration }) =>
      `${method} ${target} took ${duration} s from the first byte of the request to the last of the response.`,
    consequence: 'The user waits for it.',
    remedy: 'Look at its connection: is the server slow to answer, is the transfer slow, or are packets lost?',
  },
  'expect.no-100': {
    title: 'Expect: 100-continue gets no 100 in time',
    seen: ({ waited, isSent }) =>
      isSent === 'yes'
        ? `The client asked for 100 Continue and waited ${waited} s before sending its body: by then neither a 100 nor a final response had arrived.`
        : `The client asked for 100 Continue and never sent its body: for ${waited} s neither a 100 nor a final response arrived.`,
    consequence:
      'Every upload by such a client is delayed until it stops waiting: about 1 s with curl, as long as its timeout with others.',
    remedy: 'Let the server, and the proxy in front of it, answer Expect: 100-continue with 100 or with the final status.',
  },
  'tcp.server-delayed-ack': {
    title: "A response waits for the client's delayed ACK",
    seen: ({ ms }) => `The server held the end of a response for ${ms} ms, until the client acknowledged the segment before it.`,
    consequence: "Each such response takes some 40 ms longer than it needs (Nagle's algorithm against delayed ACK).",
    remedy: 'Write head and body at once, or set TCP_NODELAY.',
  },
  'tcp.client-delayed-ack': {
    title: "A request waits for the server's delayed ACK",
    seen: ({ ms }) => `The client held the end of a request for ${ms} ms, until the server acknowledged the segment before it.`,
    consequence: "Each such request takes some 40 ms longer than it needs (Nagle's algorithm against delayed ACK).",
    remedy: 'In the client: write head and body at once, or set TCP_NODELAY. Nothing needs to change on the server.',
  },
  'tcp.retransmissions': {
    title: 'Retransmissions',
    seen: ({ client, server, segments }) =>
      `${grouped(client)} segments from the client and ${grouped(server)} from the server were retransmitted, out of ${grouped(segments)} with data.`,
    consequence: 'Each loss costs at least a round trip, and up to seconds at the end of a response.',
    remedy: 'Check the path (Wi-Fi, congestion, a full queue). Packets captured twice look the same: editcap -d removes the copies.',
  },
  'tcp.server-window-zero': {
    title: 'The server does not read',
    seen: ({ count }) => `The server announced a zero window ${plural(count, 'time')}: its receive buffer was full.`,
    consequence: 'Uploads stall until the application reads again.',
    remedy: 'Read request bodies as they arrive; look for what blocks the application.',
  },
  'tcp.client-window-zero': {
    title: 'The client does not read',
    seen: ({ count }) => `The client announced a zero window ${plural(count, 'time')}: its receive buffer was full.`,
    consequence: 'The response waits for the client, not for the server or the path.',
    remedy: 'None on the server: the client is slow on purpose (a paused video) or busy.',
  },
  'tcp.synack-repeated': {
    title: 'SYN-ACK retransmitted',
    seen: ({ count }) => `${plural(count, 'SYN-ACK')} in one handshake.`,
    consequence:
      'A packet was lost, the accept queue of the server was full, or the server defers accept until data arrives (TCP_DEFER_ACCEPT).',
    remedy: 'None needed unless connections are slow to open.',
  },

  'idle.shorter-than-proxies': {
    title: 'Idle timeout shorter than common proxies',
    seen: ({ idle, proxies }) => `It closes an idle connection after ${idle} s. These keep one as long or longer: ${proxies}.`,
    consequence: 'Such a proxy may send a request just as the server closes, and then answers 502.',
    remedy: "Set the server's idle timeout above that of the proxy.",
  },
  'idle.none': {
    title: 'Closes after each response',
    seen: ({ idle }) => `The connection is closed ${idle} s after the response.`,
    consequence: 'Every request pays for a new connection, and a proxy in front cannot reuse any.',
    remedy: 'Keep connections open for a few seconds (HTTP/1.1 keep-alive).',
  },
  'idle.window-too-short': {
    title: 'Idle timeout longer than the watch',
    seen: ({ watched, proxies }) =>
      `After one response the connection was still open after ${watched} s. That is too short to tell whether it outlasts ${proxies}.`,
    consequence: 'If the server closes before the proxy in front of it does, a request can cross the close: the proxy answers 502.',
    remedy: 'Watch longer (--window), or compare the configured idle timeout with that of the proxy.',
  },
  'idle.not-restarted': {
    title: 'The idle timer does not restart',
    seen: ({ first, second }) =>
      `A connection with a second request was closed ${first} s after its first response and ${second} s after its second; connections with one request last equally long after theirs.`,
    consequence: 'A connection in use is closed regardless: a request sent at that moment is lost, and a proxy answers 502.',
    remedy: 'Restart the timer with each response; if the lifetime of a connection is limited, announce its end with Connection: close.',
  },
  'keepalive.max-not-kept': {
    title: 'Fewer requests than advertised',
    seen: ({ answered, named }) => `The server advertises Keep-Alive: max=${named} but ends the connection after ${answered} requests.`,
    consequence: 'A client that relies on the number loses a request when the connection closes.',
    remedy: 'Advertise the limit that is in force, or omit max.',
  },
  'limits.half-body-kept': {
    title: 'Long timeout for an incomplete request body',
    seen: ({ watched }) => `A connection with half a request body is still open after ${watched} s.`,
    consequence: 'If each connection takes a thread or a worker, a few clients can occupy all of them.',
    remedy: 'Set a time limit for the request body.',
  },
  'idle.not-advertised': {
    title: 'Idle timeout not advertised',
    seen: ({ idle }) => `It closes after ${idle} s idle and sends no Keep-Alive: timeout.`,
    consequence: 'Clients that read the value (Firefox, undici) could close first and lose no request.',
    remedy: 'Send Keep-Alive: timeout with a value below the real timeout.',
  },
  'limits.half-head-kept': {
    title: 'No timeout for an incomplete request head',
    seen: ({ watched }) => `A connection with half a request head is still open after ${watched} s.`,
    consequence: 'A few clients can occupy all connections (Slowloris).',
    remedy: 'Set a time limit for the request head.',
  },
  'cache.no-validators': {
    title: 'No validators',
    seen: () => 'The page has neither ETag nor Last-Modified.',
    consequence: 'A revisit transfers everything again.',
    remedy: 'Send ETag or Last-Modified with files.',
  },
  'cache.no-lifetime': {
    title: 'No Cache-Control',
    seen: () => 'The page has Last-Modified and no Cache-Control.',
    consequence: 'Browsers guess a lifetime (a tenth of the age) and may show an old page without revalidating it.',
    remedy: 'Send Cache-Control: no-cache for pages, and max-age for files whose name changes with their content.',
  },
  'range.unsupported': {
    title: 'No range support',
    seen: ({ value }) => `Range: bytes=0-9 gets ${value}.`,
    consequence: 'Players cannot seek beyond what is loaded, and downloads cannot be resumed.',
    remedy: 'Support single ranges for files.',
  },
  'range.refused': {
    title: 'Valid range refused',
    seen: ({ value }) => `Range: bytes=0-9 gets ${value}.`,
    consequence: 'Players and download managers get an error in place of the file.',
    remedy: 'Answer 206 with the part, or ignore Range and answer 200; 416 is for ranges beyond the end.',
  },
  'range.suffix-refused': {
    title: 'Suffix range refused',
    seen: ({ value }) => `Range: bytes=-10 gets ${value}, and other ranges get their part.`,
    consequence: 'Clients that read the end of a file first (a ZIP or MP4, say) fail.',
    remedy: 'Read bytes=-N as the last N bytes.',
  },
  'range.if-range-refused': {
    title: 'Stale If-Range gets an error',
    seen: ({ value }) => `Range with a validator in If-Range that does not match gets ${value}, not the whole file.`,
    consequence: 'A client that resumes a download after the file has changed gets an error in place of the new version.',
    remedy: 'Ignore Range when If-Range does not match, and send the whole file (200); 412 is for If-Match.',
  },
  'range.multi-refused': {
    title: 'Two ranges refused',
    seen: ({ value }) => `Range: bytes=0-9,20-29 gets ${value}.`,
    consequence: 'Clients that ask for several parts at once (PDF viewers, delta updaters) get an error.',
    remedy: 'Answer with multipart/byteranges, or ignore Range and send the whole file (200).',
  },
  'keepalive.request-limit': {
    title: 'Limited number of requests per connection',
    seen: ({ limit }) => `The server closes a connection after ${grouped(Number(limit))} requests.`,
    consequence: 'A busy proxy has to reconnect that often.',
    remedy: 'Raise the limit if a proxy is in front.',
  },
  'pipelining.order': {
    title: 'Pipelined responses in the wrong order',
    seen: ({ value }) => `The order of the responses to pipelined requests is: ${value}.`,
    consequence: "Clients get the responses to other requests: other users' content, cookies and data.",
    remedy: 'Send responses in the order of the requests; do not process requests of one connection in parallel otherwise.',
  },
  'range.if-range-ignored': {
    title: 'If-Range is ignored',
    seen: ({ value }) => `The answer is a part (${value}) although the validator in If-Range does not match.`,
    consequence: 'A resumed download joins two versions into a broken file.',
    remedy: 'Send the whole file (200) when If-Range does not match.',
  },
  'range.if-range-weak': {
    title: 'Weak ETag accepted in If-Range',
    seen: ({ value }) => `A weak ETag in If-Range gets a part (${value}).`,
    consequence: 'A weak ETag allows different bytes: parts of two versions may be joined.',
    remedy: 'Use the strong comparison: a weak ETag never matches in If-Range.',
  },
  'range.if-range-date-ignored': {
    title: 'If-Range with another date gets a part',
    seen: ({ value }) => `If-Range with a date a day before Last-Modified gets a part (${value}).`,
    consequence: 'A client that resumes an old download joins the parts of two versions.',
    remedy: 'Send a part only if the date in If-Range equals Last-Modified exactly; otherwise send the whole file with 200.',
  },
  'range.if-range-date-later': {
    title: 'If-Range with a later date gets a part',
    seen: ({ value }) => `If-Range with a date a day after Last-Modified gets a part (${value}).`,
    consequence: 'Where an older version was put back, a client that resumes a download joins the parts of two versions.',
    remedy: 'Send a part only if the date in If-Range equals Last-Modified exactly; otherwise send the whole file with 200.',
  },
  'range.first-byte-wrong': {
    title: 'bytes=0-0 is not answered with the first byte',
    seen: ({ value }) => `The answer to bytes=0-0 is ${value}.`,
    consequence:
      'Players and download managers use this to learn the length and whether ranges work: they get the whole file, or give up on ranges.',
    remedy: 'Treat the last position as inclusive, even 0: bytes=0-0 is one byte. Check whether 0 is mistaken for "not given".',
  },
  'range.end-not-clamped': {
    title: 'Range beyond the end of the file not clamped',
    seen: ({ value }) => `A range that begins ten bytes before the end and ends beyond it is answered with ${value}.`,
    consequence: 'Clients that read a file in fixed-size blocks get an error at the last block, or wait for bytes that do not exist.',
    remedy: 'If the last position is beyond the end, use the length minus one.',
  },
  'range.long-suffix-wrong': {
    title: 'Suffix range longer than the file refused',
    seen: ({ value }) => `A request for the last 99,999,999 bytes of a smaller file gets ${value}.`,
    consequence: 'Clients that read the end of a file (a ZIP or MP4, say) fail on small files.',
    remedy: 'Send the whole file if the suffix is longer than the file.',
  },
  'coding.refused-coding-used': {
    title: 'Content coding that the client does not accept',
    seen: ({ target, accept, coding }) => `${target} with Accept-Encoding: ${accept} gets Content-Encoding: ${coding}.`,
    consequence: 'A client that cannot decode it cannot read the response.',
    remedy: 'Use only codings that Accept-Encoding names, and none that has q=0 there.',
  },
  'range.before-condition': {
    title: 'Part sent although nothing was modified',
    seen: ({ value }) => `With Range and a matching If-None-Match the answer is ${value}, not 304.`,
    consequence: 'The client gets a part that it already has.',
    remedy: 'Evaluate If-None-Match and If-Modified-Since before Range.',
  },
  'range.invalid-answered': {
    title: 'Invalid range gets a part',
    seen: ({ value }) => `Range: bytes=9-0 gets ${value}.`,
    consequence: 'Clients get a part that nobody requested.',
    remedy: 'Ignore an invalid Range (200) or refuse it (4xx).',
  },
  'range.unknown-unit': {
    title: 'Unknown range unit not ignored',
    seen: ({ value }) => `Range with an unknown unit gets ${value}.`,
    consequence: 'Hardly any: no client uses units other than bytes.',
    remedy: 'Ignore Range if its unit is unknown.',
  },
  'range.of-head': {
    title: 'Range applied to HEAD',
    seen: ({ value }) => `HEAD with Range gets ${value}.`,
    consequence: 'A client that asks for the length gets the length of a part.',
    remedy: 'Ignore Range for methods other than GET.',
  },
  'conditional.etag-not-compared': {
    title: 'Any If-None-Match gets 304',
    seen: ({ value }) => `If-None-Match with an ETag that the page does not have gets ${value}.`,
    consequence: 'A client that has an old version never gets the new one: it shows the old page until its cache is cleared.',
    remedy: 'Compare the ETags in If-None-Match with the current one, and answer 304 only if one of them matches.',
  },
  'conditional.date-not-compared': {
    title: 'Any If-Modified-Since gets 304',
    seen: ({ value }) => `If-Modified-Since with a date a day before Last-Modified gets ${value}.`,
    consequence: 'A client that has an old version never gets the new one: it shows the old page until its cache is cleared.',
    remedy: 'Compare the date with Last-Modified, and answer 304 only if Last-Modified is not later.',
  },
  'conditional.date-before-etag': {
    title: 'If-Modified-Since used despite If-None-Match',
    seen: ({ value }) => `If-None-Match does not match, yet the answer is ${value} because of the date.`,
    consequence: 'A changed page with an old date is never shown: the client keeps the old version.',
    remedy: 'Ignore If-Modified-Since if the request has If-None-Match.',
  },
  'conditional.strong-compare': {
    title: 'Strong comparison in If-None-Match',
    seen: ({ value }) => `An ETag that differs only in W/ gets ${value}.`,
    consequence: 'Behind a proxy that weakens ETags (compression) each revalidation transfers everything.',
    remedy: 'Use the weak comparison in If-None-Match.',
  },
  'conditional.list-ignored': {
    title: 'List in If-None-Match not evaluated',
    seen: ({ value }) => `A list that contains the ETag gets ${value}.`,
    consequence: 'Caches with several versions transfer everything again.',
    remedy: 'Compare every ETag in the list.',
  },
  'conditional.star-ignored': {
    title: 'If-None-Match: * not evaluated',
    seen: ({ value }) => `If-None-Match: * gets ${value}.`,
    consequence: 'Hardly any for GET; most servers do the same.',
    remedy: 'Answer 304 to GET with If-None-Match: * if the resource exists.',
  },
  'conditional.no-cache-honoured': {
    title: 'no-cache in the request disables the condition',
    seen: ({ value }) => `With Cache-Control: no-cache a matching condition gets ${value}.`,
    consequence: 'A reload transfers everything again.',
    remedy: 'Evaluate the condition: no-cache is meant for caches, not for the origin server.',
  },
  'methods.unknown': {
    title: 'Unknown method not answered with 501',
    seen: ({ value }) => `A method that does not exist gets ${value}, not 501.`,
    consequence: 'Hardly any: the status gives another reason.',
    remedy: 'Answer 501 to unknown methods.',
  },
  'versions.http10-kept': {
    title: 'HTTP/1.0 connection kept open',
    seen: ({ value }) => `After the response to an HTTP/1.0 request without keep-alive: ${value}.`,
    consequence: 'HTTP/1.0 clients that read until the close hang until the idle timeout.',
    remedy: 'Close after the response unless an HTTP/1.0 request asks for keep-alive.',
  },
  'versions.close-kept': {
    title: 'Connection: close in the request is ignored',
    seen: ({ value }) =>
      `The server did not close within a quarter of a second after its response to a request with Connection: close: ${value}.`,
    consequence: 'Clients that read until the close (ab, health checks, scripts) hang until the idle timeout, and connections pile up.',
    remedy: 'Close the connection after the response, and send Connection: close in it.',
  },
  'versions.absolute-form': {
    title: 'Absolute form not accepted',
    seen: ({ value }) => `GET http://host/ HTTP/1.1 gets ${value}.`,
    consequence: 'Some proxies send this form to the server.',
    remedy: 'Accept request targets in absolute form.',
  },

  'capture.no-connection': {
    title: 'No TCP connection in the capture',
    seen: ({ frames, links }) => `None of ${plural(frames, 'frame')} could be read as TCP (link type ${links}).`,
    consequence: 'Nothing can be said about servers and clients.',
    remedy: 'Capture on the interface that carries the traffic, without a filter that excludes it (tcpdump -i any tcp).',
  },
  'capture.one-direction': {
    title: 'Only one direction was captured',
    seen: ({ missing }) => `The capture has no frame from the ${missing}.`,
    consequence: 'Responses, aborts and who closed cannot be judged.',
    remedy: 'Capture where both directions pass: on one of the hosts, or with a mirror port for both directions.',
  },
  'capture.mid-stream': {
    title: 'The capture begins in the middle of a connection',
    seen: () => 'The SYN is not in the capture.',
    consequence: 'What came before cannot be judged; the first response may lack its request.',
    remedy: 'Start the capture before the connection is opened.',
  },
  'capture.bytes-missing': {
    title: 'Bytes missing from the capture',
    seen: ({ client, server }) =>
      `${bytes(client)} from the client and ${bytes(server)} from the server were acknowledged but are not in the capture.`,
    consequence: 'Messages with gaps are not judged.',
    remedy: 'Capture with a larger buffer (tcpdump -B), a filter, or closer to the host.',
  },
  'capture.protocol-not-read': {
    title: 'Protocol not decoded',
    seen: ({ protocol }) => `The connection carries ${protocol}.`,
    consequence: 'Its requests and responses are not shown, only its TCP layer.',
    remedy:
      'For TLS, capture where the bytes are in the clear (between the proxy and the server, say). For HTTP/2, have the client use HTTP/1.1 (curl --http1.1).',
  },
  'capture.content-not-kept': {
    title: 'Content too large to be compared',
    seen: ({ bytes: count }) => `A response has ${bytes(count)} of content, more than is kept for comparison.`,
    consequence: 'Its bytes were not checked against its header fields.',
    remedy: 'Capture a smaller file to have it compared.',
  },
  'capture.cut-by-snap-length': {
    title: 'Frames truncated',
    seen: ({ count, frames }) => `${grouped(count)} of ${plural(frames, 'frame')} were truncated by the snap length.`,
    consequence: 'Heads and bodies beyond that length are not judged.',
    remedy: 'Capture whole frames: tcpdump -s 0.',
  },
  'capture.undecoded': {
    title: 'Frames that could not be decoded',
    seen: ({ list, frames }) => `Of ${plural(frames, 'frame')}: ${list}.`,
    consequence: 'Their contents are not judged.',
    remedy: 'Capture without the encapsulation, or convert the file with Wireshark or editcap.',
  },
  'capture.dropped': {
    title: 'The capture program dropped packets',
    seen: ({ count, received }) => `${grouped(count)} packets dropped, ${grouped(received)} received.`,
    consequence: 'Gaps may come from the network or only from the capture.',
    remedy: 'Capture with a larger buffer (tcpdump -B 65536) and a filter, and write to a fast disk.',
  },
};

export const EN: Language = {
  findings,
  times: (count, connections) => `${grouped(count)} times${connections > 1 ? ` on ${grouped(connections)} connections` : ''}; the first: `,
  setting: (program, setting) => ` ${program}: ${setting}`,
  findingsTitle: 'Findings',
  worthALook: 'Worth a look',
  nothing: 'nothing wrong in what was captured',
  remedy: 'remedy: ',
  severities: { fault: 'fault', risk: 'risk', advice: 'advice', note: 'note' },
  more: (count) => `${grouped(count)} more ${count === 1 ? 'finding: --json has it' : 'findings: --json has them all'}`,
  connection: (stream) => `connection #${stream}`,
  frames: (frames) => `${frames.length === 1 ? 'frame' : 'frames'} ${frames.join(', ')}`,
  comma: ', ',
  aside: (text) => ` (${text})`,
};
