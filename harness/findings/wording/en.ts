import type { PartFault } from '../rules/ranges.ts';
import type { FindingWords, Language } from './words.ts';

const bytes = (count: number): string => (count === 1 ? '1 byte' : `${count} bytes`);
const of = (target: string): string => (target === '' ? 'The response' : `The response for ${target}`);
const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** What is wrong with a part. */
const PART_FAULTS: Readonly<Record<PartFault, string>> = {
  'no-empty-line': 'there is no empty line between its head and its content, or a line of the head is no field.',
  'early-empty-line': 'an empty line stands before its head, which makes the head a part of the content.',
  'no-content-range': 'it has no valid Content-Range.',
  'other-length': 'its content is not as long as its Content-Range says.',
  'other-bytes': 'its bytes are not those of the file at that place.',
  'not-asked': 'it is of a range that was not asked for.',
  'not-closed': 'no delimiter ends it.',
  'no-part': 'The boundary of the Content-Type does not begin a part: no line of the content is "--" with it and ends with CRLF.',
  'no-boundary': 'The Content-Type names no boundary.',
};

const findings: FindingWords = {
  'framing.content-length-long': {
    title: 'Content-Length larger than the body',
    seen: ({ target, length, sent }) =>
      `${of(target)} announces Content-Length: ${length}; the server sends ${bytes(sent)} and closes the connection.`,
    consequence:
      'Browsers report an incomplete download (ERR_CONTENT_LENGTH_MISMATCH), clients discard or retry it, and caches must not store it as complete.',
    remedy: 'Compute Content-Length from the bytes that are really sent (after compression and encoding), or leave it out and use chunked.',
  },
  'framing.content-length-short': {
    title: 'More bytes than the length of the response',
    seen: ({ target, status }) =>
      `After the end of the ${status} response for ${target}, more bytes follow on the connection that begin no message.`,
    consequence:
      'The client takes these bytes for the next response: it fails, or the answers of all later requests are shifted by one (response splitting).',
    remedy: 'Make Content-Length count bytes, not characters, of exactly the content that is written, and write nothing after it.',
  },
  'framing.body-never-ends': {
    title: 'The rest of the body never comes',
    seen: ({ target, length, sent, waited }) =>
      `${of(target)} announces Content-Length: ${length}; after ${bytes(sent)} nothing more comes for ${waited} s on the open connection.`,
    consequence: 'The page or download hangs until a timeout; the connection can not be used for anything else.',
    remedy: 'Send as many bytes as Content-Length says, or close the connection when the source fails in the middle.',
  },
  'framing.no-last-chunk': {
    title: 'Chunked body without its last chunk',
    seen: ({ target, sent, instead }) =>
      instead === 'close'
        ? `${of(target)} is chunked; after ${bytes(sent)} the server closes the connection without the last chunk (0).`
        : `${of(target)} is chunked; after ${bytes(sent)} the next response begins without the last chunk (0).`,
    consequence:
      'Clients can not tell the end from a lost connection: browsers report ERR_INCOMPLETE_CHUNKED_ENCODING, proxies answer 502 or cut the page.',
    remedy:
      'End the response properly (write the last chunk) before the connection is closed; look for an exception while the body is written.',
  },
  'framing.end-missing': {
    title: 'The end of the response never comes',
    seen: ({ target, sent, waited, framing }) =>
      `${of(target)} (framing: ${framing}) has ${bytes(sent)}; after them nothing comes for ${waited} s, neither its end nor a close.`,
    consequence: 'The client waits for the rest: the page goes on loading until a timeout.',
    remedy:
      'Send Content-Length or the last chunk, or close the connection at the end of the response. For an event stream send text/event-stream.',
  },
  'framing.204-body': {
    title: 'Body in a 204',
    seen: ({ target }) => `Bytes follow the head of the 204 response for ${target}.`,
    consequence: 'A 204 ends with its head: the client takes the bytes for the next response on this connection.',
    remedy: 'Write no content with status 204, or use 200.',
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
    title: 'Length in a response that has no content',
    seen: ({ status, field, value }) => `A ${status} response has ${field}: ${value}.`,
    consequence: 'Some clients and proxies wait for content that never comes, or take the next response for it.',
    remedy: 'Leave Content-Length and Transfer-Encoding out of 204 responses.',
  },
  'framing.conflicting-lengths': {
    title: 'Different values of Content-Length',
    seen: ({ detail }) => `A response has more than one length: ${detail}.`,
    consequence:
      'Clients refuse it (ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH), proxies answer 502; parsers that take different values see different responses.',
    remedy: 'Set Content-Length in one place only: the application or the framework, not both.',
  },
  'framing.repeated-length': {
    title: 'Content-Length twice',
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
      'Transfer-Encoding counts; a parser that goes by Content-Length reads another response. Proxies may refuse it as an attempt at response smuggling.',
    remedy: 'Send one of them: remove Content-Length where the response is chunked.',
  },
  'framing.chunked-to-http10': {
    title: 'Transfer-Encoding to an HTTP/1.0 client',
    seen: ({ coding, version }) =>
      `The response (HTTP/${version}) to an HTTP/1.0 request, or in HTTP/1.0, has Transfer-Encoding: ${coding}.`,
    consequence:
      'HTTP/1.0 knows no transfer codings: the client takes chunk sizes for content, or does not find the end. Old proxies and health checks (nginx proxy_http_version 1.0, ab) are affected.',
    remedy: 'Answer HTTP/1.0 with Content-Length, or with a body that ends with the connection.',
  },
  'framing.chunked-repeated': {
    title: 'Chunked named twice',
    seen: ({ coding }) => `The response has Transfer-Encoding: ${coding}.`,
    consequence:
      'Parsers disagree about how often the body is chunked: nginx answers 502 (duplicate header line), other clients show chunk sizes as content.',
    remedy: 'Send Transfer-Encoding: chunked once; an application behind a server should leave it to the server.',
  },
  'framing.transfer-coding-unknown': {
    title: 'Transfer coding other than chunked',
    seen: ({ detail }) => `The last transfer coding of a response is not chunked: ${detail}.`,
    consequence:
      'A recipient that follows RFC 9112 reads until the connection is closed; others go by Content-Length. On a connection that is kept the response never ends for the first.',
    remedy: 'Remove Transfer-Encoding (identity is no longer a coding), or use chunked.',
  },
  'framing.chunk-broken': {
    title: 'Broken chunk',
    seen: ({ detail }) => `The chunked body can not be read on: ${detail}.`,
    consequence: 'Clients stop with ERR_INVALID_CHUNKED_ENCODING and discard the response; proxies answer 502 or cut the page.',
    remedy:
      'Write chunk sizes in hexadecimal bytes of exactly the chunk that follows, each chunk with its CRLF; leave the chunking to the server.',
  },
  'framing.chunk-line-odd': {
    title: 'Chunk size line with odd characters',
    seen: ({ detail }) => `In the chunked body: ${detail}.`,
    consequence: 'Strict clients and proxies stop reading; where one parser takes the line and another does not, responses get mixed up.',
    remedy: 'End each chunk size line with one CRLF and write nothing but the size, and extensions after a semicolon, before it.',
  },
  'framing.junk-before-status-line': {
    title: 'Bytes before the status line',
    seen: ({ detail }) => `A response begins late: ${detail}.`,
    consequence:
      'Strict clients and proxies reject the response. Often these bytes are the end of the response before, with a length that is too small.',
    remedy: 'Write nothing between two responses; let Content-Length count all bytes of the content, a last line end too.',
  },
  'framing.bare-lf': {
    title: 'Lines that end with LF alone',
    seen: ({ detail }) => `In a response ${detail}.`,
    consequence: 'Strict parsers (Node, HAProxy) reject the response; parsers that disagree about the end of a line see different headers.',
    remedy: 'End each line of the head with CRLF.',
  },
  'framing.folded-line': {
    title: 'Header continued on the next line',
    seen: ({ detail }) => `In a response ${detail}.`,
    consequence: 'Line folding is obsolete: Node and several proxies reject the response, others drop the rest of the value.',
    remedy: 'Write the value on one line; remove line breaks from configured headers (Content-Security-Policy often has some).',
  },
  'framing.space-before-colon': {
    title: 'Space before the colon',
    seen: ({ detail }) => `In a response whitespace stands between the name ${detail} and its colon.`,
    consequence: 'Some recipients ignore the field, some take it, and strict ones (Node, nginx as a proxy) reject the response.',
    remedy: 'Remove the whitespace from the header name.',
  },
  'framing.field-line-broken': {
    title: 'A line of the head is no header field',
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
  'framing.no-status-line': {
    title: 'The answer is not an HTTP response',
    seen: ({ method, target }) => `To ${method} ${target} the server sends bytes that begin with no status line.`,
    consequence: 'Browsers report ERR_INVALID_HTTP_RESPONSE, proxies answer 502.',
    remedy: 'Write a status line and headers before the content; check that the port speaks HTTP (not TLS or another protocol).',
  },

  'connection.keep-alive-race': {
    title: 'Request lost in the close of an idle connection',
    seen: ({ method, target, idle, gap }) =>
      `The server closed the connection after ${idle} s; ${method} ${target} met the close within ${gap} ms and got no answer.`,
    consequence:
      'A client that may not repeat the request (POST) reports an error; a proxy answers 502. It happens now and then, at low traffic most.',
    remedy: 'Set the idle timeout of the server above that of every proxy and client in front of it.',
  },
  'connection.head-timer-on-reuse': {
    title: 'Kept connection closed at the first bytes of the next request',
    seen: ({ method, target, idle, after }) =>
      `After ${idle} s of idling, ${method} ${target} began; the server closed ${after} ms later, with a part of its head read.`,
    consequence:
      'The idle timer had not run out: the timer of the request head still ran from the request before. Requests on reused connections fail with a reset, and a proxy answers 502.',
    remedy: 'Set the timeout of the request head above the idle timeout, or start it anew with each request.',
  },
  'connection.closed-instead-of-answering': {
    title: 'Closed instead of answering',
    seen: ({ method, target, how, waited }) =>
      `${method} ${target} was received; the server closed with ${how} after ${waited} s without a response.`,
    consequence: 'Browsers report ERR_EMPTY_RESPONSE or ERR_CONNECTION_RESET, proxies answer 502.',
    remedy:
      'Look in the log of the server at this time: a crash, a worker that was killed, or a limit. Answer with a status (500, 503) before closing.',
  },
  'connection.reset-in-response': {
    title: 'Response cut by a reset',
    seen: ({ target, sent }) => `${of(target)} was reset (RST) by the server after ${bytes(sent)}.`,
    consequence: 'The download is broken; bytes that were already sent may be lost with it.',
    remedy: 'Close gracefully: end the response, shut down the sending side, read until the client closes, and only then close the socket.',
  },
  'connection.upload-reset': {
    title: 'Answer to an upload followed by a reset',
    seen: ({ status, method, bytes: count }) =>
      `The server answers ${method} with ${status} while the body (${bytes(count)} seen) is still being sent, and resets the connection.`,
    consequence: 'The reset can destroy the answer before the client has read it: the user sees a connection error instead of the status.',
    remedy: 'Read and discard the rest of the body (up to a limit) before closing, or close in stages.',
  },
  'connection.reset-after-response': {
    title: 'Reset right after the response',
    seen: ({ target, bytes: count, ms }) =>
      `The server resets the connection ${ms} ms after the response for ${target} (${bytes(count)}), where it should close it.`,
    consequence: 'A reset discards what the client has not read yet: over a slow path the end of the response is lost.',
    remedy: 'Close gracefully: end the response, shut down the sending side, and read until the client closes.',
  },
  'limits.one-blocks-all': {
    title: 'One silent connection blocks the server',
    seen: ({ waited, alone }) =>
      `Beside one connection on which nothing was sent, a request waited ${waited} for its response; alone it takes ${alone} ms.`,
    consequence:
      'One client that opens a connection and says nothing keeps everyone else from the site. Browsers open such connections in advance: a second user, or a second tab, sees a page that does not load.',
    remedy: 'Serve connections concurrently (threads, workers or an event loop), or put a proxy in front that buffers requests.',
  },
  'limits.reader-blocks-all': {
    title: 'A slow reader blocks the server',
    seen: ({ waited, alone }) =>
      `Beside a client that does not read its download, a request waited ${waited} for its response; alone it takes ${alone} ms.`,
    consequence: 'One download over a slow path keeps everyone else from the site for as long as it lasts.',
    remedy: 'Serve connections concurrently (threads, workers or an event loop), or put a proxy in front that buffers responses.',
  },
  'limits.few-block-all': {
    title: 'Few silent connections block the server',
    seen: ({ waited, alone, count }) =>
      `Beside ${count} connections that send nothing, or half a request head, a request waited ${waited} for its response; alone it takes ${alone} ms.`,
    consequence:
      'As many slow or idle clients as the server has workers keep everyone else from the site (Slowloris); browsers and proxies that hold idle connections are enough.',
    remedy:
      'Let idle connections wait in an event loop, raise the number of workers, set timeouts for request heads, or put a proxy in front that buffers requests.',
  },
  'limits.few-delay-others': {
    title: 'Silent connections delay others',
    seen: ({ waited, alone, count }) =>
      `Beside ${count} connections that send nothing, or half a request head, a request waited ${waited} for its response; alone it takes ${alone} ms.`,
    consequence: 'Each silent connection takes a worker: others wait until the server has started more, as long as it may.',
    remedy: 'Let idle connections wait in an event loop, or keep more workers in reserve.',
  },
  'limits.slow-accept': {
    title: 'New connections are served late',
    seen: ({ ms, count }) =>
      `On ${plural(count, 'new connection')}, the first answer took ${ms} ms longer than the second one for the same page on the same connection (median).`,
    consequence:
      'Each new visitor, and each connection of a page, waits for it: the server accepts connections late, or does slow work for each.',
    remedy:
      'Look for what blocks the accept loop: synchronous work, a name lookup for each connection, a process for each; let more workers accept.',
  },
  'limits.head-unlimited': {
    title: 'Request heads without a limit',
    seen: ({ size, status }) => `A request head of ${size} bytes was taken and answered with ${status}.`,
    consequence:
      'Each client can make the server hold as much memory as it likes before a request is even complete: a few connections are enough to exhaust it.',
    remedy: 'Set a limit for the request head (8 to 64 KB are usual) and answer 431 beyond it.',
  },
  'limits.refused-silently': {
    title: 'Too large a request gets no answer',
    seen: ({ size, what, how }) =>
      what === 'fields'
        ? `A request with ${size} field lines is not answered with a status: ${how}.`
        : `A request with a ${what === 'line' ? 'request line' : 'head'} of ${size} bytes is not answered with a status: ${how}.`,
    consequence: 'The client can not know why: browsers show a connection error, proxies answer 502. Large cookies are enough for it.',
    remedy: 'Answer 431 (Request Header Fields Too Large), 414 (URI Too Long) or 400, and then close.',
  },
  'limits.request-line-short': {
    title: 'Request lines of 8,000 bytes are refused',
    seen: ({ size, how }) => `A request line of about ${size} bytes is refused: ${how}.`,
    consequence:
      'Long URLs (search filters, signed links, single sign-on) fail; all senders and recipients are recommended to support 8,000 octets.',
    remedy: 'Raise the limit of the request line to 8,000 bytes or more.',
  },
  'limits.refusal-reset': {
    title: 'Refusal of a large head followed by a reset',
    seen: ({ size, status }) =>
      `The request of size ${size} is answered with ${status}, and the connection is reset (RST) while the rest of it was unread.`,
    consequence: 'The reset can destroy the answer before the client has read it: it then sees a connection error instead of the status.',
    remedy: 'Close in stages: send the response, shut down the sending side, read on for a moment, and only then close.',
  },
  'shutdown.download-cut': {
    title: 'Download cut when the server is stopped',
    seen: ({ target, sent, how, after }) =>
      `The response for ${target} was under way when the server was asked to stop; ${after} s later it is cut by ${how} after ${bytes(sent)}.`,
    consequence:
      'Each deployment or restart breaks the responses that are being sent: truncated downloads, broken pages, 502 from a proxy.',
    remedy: 'On the stop signal, stop accepting connections, let responses that have begun end, then exit (graceful shutdown).',
  },
  'shutdown.request-dropped': {
    title: 'Request dropped when the server is stopped',
    seen: ({ method, target, how, after }) =>
      `${method} ${target} was in progress when the server was asked to stop; ${after} s later its connection ends with ${how}, without a response.`,
    consequence:
      'At each deployment or restart some requests fail; one that may not be repeated (POST) is an error for the user, or 502 from a proxy.',
    remedy: 'On the stop signal, stop accepting connections, answer the requests that have begun, with Connection: close, and then exit.',
  },
  'shutdown.ignored': {
    title: 'The stop signal has no effect',
    seen: ({ signal, watched }) => `${watched} s after ${signal} the process still runs, and answers a request on a new connection.`,
    consequence:
      'The service manager or the container runtime waits for its grace period (often 10 to 90 s) and then kills the process: requests are cut.',
    remedy: 'Handle the signal in the server; where a shell or npm starts it, use exec, so that the signal reaches the server itself.',
  },
  'shutdown.idle-kept': {
    title: 'Idle connections hold up the shutdown',
    seen: ({ signal, kept, ran }) => `After ${signal} an idle connection stays open for ${kept}, and the process runs for ${ran}.`,
    consequence:
      'The process waits for clients that have nothing to say, and new requests on these connections still reach it: a browser or a proxy can hold it until it is killed.',
    remedy: 'On the stop signal, close idle connections at once, and answer what is still in progress with Connection: close.',
  },
  'shutdown.unused-kept': {
    title: 'An unused connection holds up the shutdown',
    seen: ({ signal, kept, ran }) =>
      `After ${signal} a connection on which nothing was ever sent stays open for ${kept}, and the process runs for ${ran}.`,
    consequence: 'Browsers and load balancers open connections in advance: the process waits for them until it is killed.',
    remedy: 'On the stop signal, close connections that carry no request, or end the process after some seconds.',
  },
  'shutdown.close-not-said': {
    title: 'Last response without Connection: close',
    seen: ({ method, target, after }) =>
      `The response to ${method} ${target}, sent after the stop signal, does not say Connection: close; the server closes ${after} s later.`,
    consequence: 'The client counts on the connection, and its next request may be lost in the close.',
    remedy: 'While shutting down, send Connection: close in each response.',
  },
  'shutdown.idle-reset': {
    title: 'Idle connection reset when the server is stopped',
    seen: ({ after }) => `${after} s after the stop signal the server resets (RST) an idle connection, where a FIN would do.`,
    consequence: 'What the client has not read yet is discarded with the reset.',
    remedy: 'Close idle connections with a FIN.',
  },
  'exchange.unanswered': {
    title: 'Request without an answer',
    seen: ({ method, target, waited }) => `${method} ${target} had no answer after ${waited} s.`,
    consequence: 'The user waits until a timeout; the connection is blocked.',
    remedy: 'Look for what the request waits for in the application (a lock, a database, another service), and give it a time limit.',
  },
  'connection.refused': {
    title: 'Connection refused',
    seen: ({ address, port }) => `${address} port ${port} answers the SYN with a reset.`,
    consequence: 'The client can not connect to this address; one with several addresses tries the next.',
    remedy: 'Start a program that listens on this address and port (IPv4 and IPv6), or remove the address from DNS.',
  },
  'connection.syn-unanswered': {
    title: 'No answer to the SYN',
    seen: ({ address, port, count, waited }) => `${address} port ${port} did not answer ${plural(count, 'SYN')} in ${waited} s.`,
    consequence: 'The client waits for a timeout of up to two minutes.',
    remedy: 'Check the firewall, the address and the route; check whether the listen queue of the server is full.',
  },
  'connection.keep-alive-said-and-closed': {
    title: 'Says keep-alive and closes',
    seen: ({ requests, ms, how }) =>
      `After ${plural(requests, 'request')} the response says the connection is kept; the server closes it with ${how} ${ms} ms later.`,
    consequence: 'The client sends its next request into the close: the request is lost, or has to be repeated.',
    remedy: 'Send Connection: close in the last response of a connection, or keep the connection.',
  },
  'connection.closed-without-saying': {
    title: 'Closes without Connection: close',
    seen: ({ requests, ms, how }) =>
      `The server closes with ${how} ${ms} ms after response ${requests} of the connection, which does not announce it.`,
    consequence: 'In HTTP/1.1 the client takes the connection for usable and may send its next request into the close.',
    remedy: 'Send Connection: close in the last response of a connection.',
  },
  'connection.close-said-and-kept': {
    title: 'Says Connection: close and keeps the connection',
    seen: ({ how }) =>
      how === 'answered'
        ? 'A response says Connection: close, and the server answers a later request on the same connection.'
        : `A response says Connection: close, and the server keeps the connection for ${how}.`,
    consequence: 'Clients that wait for the close hang; connections stay open that nobody will use.',
    remedy: 'Close the connection after a response that says so, or leave the option out.',
  },
  'connection.close-ignored': {
    title: 'Connection: close of the request is ignored',
    seen: ({ how }) =>
      how === 'answered'
        ? 'The request says Connection: close, and the server answers a later request on the same connection.'
        : `The request says Connection: close, and the server keeps the connection for ${how}.`,
    consequence: 'Clients that read until the close (scripts, health checks) hang until the idle timeout.',
    remedy: 'Close after the response where the request says so, and repeat Connection: close in the response.',
  },
  'connection.closed-before-advertised': {
    title: 'Closes before the advertised time',
    seen: ({ named, idle }) => `Keep-Alive: timeout=${named}, yet the server closes after ${idle} s of idleness.`,
    consequence: 'Clients that trust the value send requests into the close and lose them.',
    remedy: 'Advertise a time that is shorter than the real timeout.',
  },
  'connection.one-at-a-time': {
    title: 'One connection blocks another',
    seen: ({ target, waited, other }) =>
      `The response for ${target} came after ${waited} s, at once after the silent connection #${other} was closed.`,
    consequence: 'The server serves one connection at a time: a single idle or slow client stops all others.',
    remedy:
      'Use a server, or a worker type, that serves several connections at the same time (threads or an event loop), or put a buffering proxy in front.',
  },
  'exchange.repeated-after-loss': {
    title: 'Request repeated on another connection',
    seen: ({ method, target, other, status }) =>
      `${method} ${target} got no answer and was sent again on connection #${other} (answer: ${status}).`,
    consequence: 'The user only sees a delay; a request that is not idempotent may have been carried out twice.',
    remedy: 'See why the first one was lost.',
  },
  'exchange.aborted-by-client': {
    title: 'The client left before the response was complete',
    seen: ({ method, target, bytes: count, how }) =>
      `The client closed with ${how} during ${method} ${target}, after ${bytes(count)} of the response.`,
    consequence: 'Usual where a user leaves a page or a player seeks; otherwise a timeout of the client.',
    remedy: 'Nothing, unless it is frequent: compare with the timeouts of the client or the proxy.',
  },
  'exchange.unsolicited-response': {
    title: 'Response without a request',
    seen: ({ status }) => `The server sends a ${status} that no request asked for.`,
    consequence: 'A 408 before an idle connection is closed is usual; a client may take it for the answer to its next request.',
    remedy: 'Close idle connections without a response.',
  },

  'body.becomes-request': {
    title: 'Unread body becomes the next request',
    seen: ({ before, bytes: count, next, status }) =>
      next === ''
        ? `After the answer to ${before} with a body of ${bytes(count)} comes another one (${status}), which no request asked for: the server read the body as a request.`
        : `After ${before} with a body of ${bytes(count)}, the next request on the connection (${next}) gets ${status}: the server read the body as the beginning of it.`,
    consequence: 'Requests of other users on the same proxy connection fail, and a body can smuggle a request.',
    remedy: 'Read the whole body of each request, also where it is refused, or close the connection.',
  },
  'connection.upload-cut': {
    title: 'An upload is cut without an answer',
    seen: ({ method, bytes: count, how }) =>
      `The server closed (${how}) while ${method} was being sent (${bytes(count)} of its body seen), without a response.`,
    consequence: 'The client sees a connection error, does not learn why, and sends the whole body again.',
    remedy: 'Answer with the status (413, 408, 405), read what still comes up to a limit, and only then close.',
  },
  'expect.100-after-response': {
    title: '100 Continue after the final response',
    seen: ({ status }) => `The request with Expect: 100-continue had been answered with ${status} when a 100 came.`,
    consequence:
      'The 100 stands where the next response begins: a client or proxy that reuses the connection may take it for the answer to its next request, or drop the connection.',
    remedy: 'Send 100 only as long as no final response was sent.',
  },
  'expect.100-twice': {
    title: '100 Continue sent more than once',
    seen: ({ count }) => `${count} responses with status 100 came to one request.`,
    consequence: 'Clients have to pass over any number of them, but some send the body for each, or stop.',
    remedy: 'Let the server or the application send it, not both.',
  },
  'expect.interim-to-http10': {
    title: 'Interim response to HTTP/1.0',
    seen: ({ status }) => `A request of HTTP/1.0 got a ${status} before its final response.`,
    consequence: 'A client of HTTP/1.0 knows no interim responses: it takes this one for its answer.',
    remedy: 'Ignore Expect in requests of HTTP/1.0, and send them no 1xx.',
  },
  'expect.next-request-lost': {
    title: 'A refused upload leaves the connection waiting for its body',
    seen: ({ status, method }) =>
      `Expect: 100-continue was answered with ${status} and without Connection: close; the client kept the body back, and its next request (${method}) got no answer.`,
    consequence: 'The server takes the next request for the body. Clients that reuse the connection (some proxies do) hang.',
    remedy: 'Send Connection: close with a final response that comes in place of a 100, and close.',
  },

  'range.content-range-missing': {
    title: '206 without Content-Range',
    seen: ({ target }) => `The 206 response for ${target} has no Content-Range.`,
    consequence: 'The client does not know which part it has: resumed downloads and media players fail.',
    remedy: 'Send Content-Range in each 206 with one part, or answer 200.',
  },
  'range.content-range-wrong': {
    title: 'Content-Range does not fit the content',
    seen: ({ range, bytes: count }) => `Content-Range: ${range}, and the content has ${bytes(count)}.`,
    consequence: 'Parts are joined with a gap or an overlap: a resumed download is corrupt.',
    remedy: 'The last position in Content-Range is inclusive: ten bytes from 0 are "bytes 0-9".',
  },
  'range.other-than-asked': {
    title: 'Another range than asked for',
    seen: ({ asked, sent }) =>
      asked === '-'
        ? `A 206 (Content-Range: ${sent}) answers a request without Range.`
        : `Range: ${asked} is answered with Content-Range: ${sent}.`,
    consequence: 'Clients put the wrong bytes into their file, or show an error.',
    remedy: 'Answer 206 with the range asked for, 416 where no byte of it exists, or 200 with everything.',
  },
  'range.total-wrong': {
    title: 'Wrong total length in Content-Range',
    seen: ({ target, total, bytes: count }) => `The Content-Range of ${target} names a total of ${total}; the whole has ${bytes(count)}.`,
    consequence: 'Players and download managers ask for parts that do not exist, or stop too early.',
    remedy: 'Name the length of the whole representation after the slash.',
  },
  'range.bytes-wrong': {
    title: 'Wrong bytes in a part',
    seen: ({ target, range, at }) => `The part of ${target} (Content-Range: ${range}) differs from the whole at byte ${at}.`,
    consequence: 'A resumed download, or a video after seeking, is corrupt.',
    remedy: 'Send the bytes at exactly the positions that Content-Range names.',
  },
  'range.of-coded-content': {
    title: 'Range cut before the content was coded',
    seen: ({ coding, range }) => `A 206 has Content-Encoding: ${coding}, and its Content-Range (${range}) counts the plain content.`,
    consequence: 'Ranges count coded bytes: who joins such parts gets a file that can not be decoded.',
    remedy: 'Do not compress 206 responses, or ignore Range where the response is compressed.',
  },
  'range.multipart-broken': {
    title: 'Malformed part in multipart/byteranges',
    seen: ({ part, fault }) => (part === 0 ? PART_FAULTS[fault] : `Part ${part}: ${PART_FAULTS[fault]}`),
    consequence: 'Clients lose the part, or put wrong bytes into the file.',
    remedy:
      'Write for each part the boundary, Content-Type and Content-Range, an empty line and the bytes of the range; at the end the boundary with "--" behind it.',
  },
  'range.etag-differs': {
    title: 'A part has another ETag than the whole',
    seen: ({ part, whole }) => `The 206 has ETag ${part}, the whole file ${whole}.`,
    consequence: 'Clients discard what they have and begin the download again; If-Range never matches.',
    remedy: 'Compute the ETag from the whole file, not from the part.',
  },
  'range.content-range-on-200': {
    title: 'Content-Range on a 200',
    seen: ({ range }) => `A 200 response has Content-Range: ${range}.`,
    consequence: 'It has no meaning there; some clients take the response for a part.',
    remedy: 'Send Content-Range with 206 and 416 only.',
  },
  'range.416-without-length': {
    title: '416 without Content-Range',
    seen: ({ asked }) => `Range: ${asked} gets 416 without Content-Range.`,
    consequence: 'The client can not learn the real length and has to ask for everything again.',
    remedy: 'Send Content-Range: bytes */LENGTH with 416.',
  },

  'conditional.304-without-etag': {
    title: '304 without the ETag of the 200',
    seen: ({ target }) => `The 200 for ${target} has an ETag, its 304 has none.`,
    consequence: 'A cache with several stored versions can not tell which one is still valid, and may discard all.',
    remedy: 'Send the same ETag with 304 as with 200.',
  },
  'conditional.304-lacks-fields': {
    title: '304 lacks fields of the 200',
    seen: ({ target, names }) => `The 304 for ${target} lacks ${names}, which the 200 has.`,
    consequence: 'Caches go on with old values: the lifetime is not extended as meant, or the wrong version is chosen.',
    remedy: 'Send Cache-Control, Content-Location, Date, ETag, Expires and Vary with 304 as with 200.',
  },
  'conditional.304-lacks-vary': {
    title: 'A 304 lacks Vary',
    seen: ({ target }) => `The 304 for ${target} lacks Vary, which the 200 has.`,
    consequence: 'A cache that has no Vary of its own may serve the answer to clients that ask for another coding or language.',
    remedy: 'Set Vary before the condition is evaluated, so that 200 and 304 have it.',
  },
  'conditional.304-other-length': {
    title: '304 with another Content-Length than the 200',
    seen: ({ length, bytes: count }) => `The 304 says Content-Length: ${length}; the content has ${bytes(count)}.`,
    consequence: 'Caches take the stored response for incomplete and discard it, or change its length.',
    remedy: 'Leave Content-Length out of 304.',
  },
  'conditional.304-unasked': {
    title: '304 without a condition',
    seen: ({ target }) => `A request for ${target} without any condition gets 304.`,
    consequence: 'The client has nothing stored that it could show: the page stays empty.',
    remedy: 'Answer 304 only where If-None-Match or If-Modified-Since is in the request; check what the cache in front removes.',
  },
  'conditional.etag-ignored': {
    title: 'If-None-Match is ignored',
    seen: ({ target, etag, bytes: count }) =>
      `If-None-Match names the current ETag ${etag} of ${target}, and the answer is 200 with ${bytes(count)}.`,
    consequence: 'Validators are sent for nothing: each revalidation transfers everything again.',
    remedy: 'Answer 304 where If-None-Match matches the ETag (weak comparison).',
  },
  'conditional.date-ignored': {
    title: 'If-Modified-Since is ignored',
    seen: ({ target, bytes: count }) =>
      `${target} was not modified since the date in the request, and the answer is 200 with ${bytes(count)}.`,
    consequence: 'Each revalidation transfers everything again.',
    remedy: 'Answer 304 where Last-Modified is not later than If-Modified-Since.',
  },

  'methods.405-without-allow': {
    title: '405 without Allow',
    seen: ({ method }) => `${method} gets 405 without Allow.`,
    consequence: 'The client can not learn which methods the resource has.',
    remedy: 'Send Allow with the methods, e.g. Allow: GET, HEAD.',
  },
  'methods.head-other-length': {
    title: 'HEAD has another Content-Length than GET',
    seen: ({ target, length, bytes: count }) => `HEAD ${target} says Content-Length: ${length}, GET sends ${bytes(count)}.`,
    consequence: 'Caches discard what they have stored; download managers reserve and ask for the wrong size.',
    remedy: 'Send with HEAD what GET would send, or leave Content-Length out.',
  },
  'methods.head-other-status': {
    title: 'HEAD gets another status than GET',
    seen: ({ target, status, get }) => `HEAD ${target} gets ${status}, GET gets ${get}.`,
    consequence: 'Link checkers and monitors report a page that is not there, or miss a redirect.',
    remedy: 'Answer HEAD as GET, without the content, redirects and errors too.',
  },
  'methods.head-refused': {
    title: 'HEAD is refused where GET works',
    seen: ({ target, status }) => `HEAD ${target} gets ${status}, GET gets 200.`,
    consequence: 'Link checkers, monitors and caches take the page for missing.',
    remedy: 'Route HEAD as GET.',
  },

  'smuggling.length-over-transfer-encoding': {
    title: 'Goes by Content-Length where Transfer-Encoding is there too',
    seen: ({ method, status }) =>
      `${method} with Content-Length and Transfer-Encoding: chunked gets ${status}, and the number of responses shows that its body was read by its Content-Length.`,
    consequence:
      "A proxy in front that goes by Transfer-Encoding, as RFC 9112 demands, sees another end of the request: what follows becomes the beginning of the next user's request.",
    remedy: 'Refuse such requests with 400 and close the connection, or read them by Transfer-Encoding and then close.',
  },
  'smuggling.length-with-transfer-encoding': {
    title: 'Accepts Content-Length with Transfer-Encoding, and goes on',
    seen: ({ method, status }) => `${method} with both fields gets ${status}, and the connection is kept for the next request.`,
    consequence:
      'A proxy in front that goes by Content-Length, as old ones do, sees another end of the request: a second request can be smuggled in.',
    remedy: 'Refuse such requests with 400 and close the connection; at least close it after the response.',
  },
  'smuggling.conflicting-lengths': {
    title: 'Accepts an invalid or conflicting Content-Length',
    seen: ({ method, status }) => `${method} with more than one length, or an invalid one, gets ${status}, and the connection is kept.`,
    consequence:
      'A proxy in front that takes the other value, or reads the digits in another way (strtol and parseInt take +5 and 0x5), sees another end of the request: a second request can be smuggled in.',
    remedy: 'Refuse such requests with 400 and close the connection.',
  },
  'smuggling.repeated-length': {
    title: 'Accepts Content-Length that is repeated',
    seen: ({ method, status }) => `${method} with the same Content-Length twice gets ${status}.`,
    consequence:
      'It is allowed. A proxy that joins the lines into a list, and cannot read that, may take the request for one without a body.',
    remedy: 'Refuse such requests with 400 where a proxy is in front.',
  },
  'smuggling.transfer-encoding-unknown': {
    title: 'Accepts a Transfer-Encoding that does not end with chunked',
    seen: ({ method, status }) => `${method} with such a Transfer-Encoding gets ${status}, and the connection is kept.`,
    consequence:
      'Where the body ends is a matter of opinion: a proxy that looks for "chunked" anywhere in the field reads chunks, one that knows no such coding goes by Content-Length. One of them smuggles.',
    remedy: 'Answer 501 to a coding that is not known, 400 where chunked is not the last one, and close the connection.',
  },
  'smuggling.http10-transfer-encoding': {
    title: 'Keeps the connection after Transfer-Encoding in HTTP/1.0',
    seen: ({ method, status }) =>
      `${method} of HTTP/1.0 with Transfer-Encoding gets ${status}, and the next request on the connection is answered.`,
    consequence: 'A proxy that speaks HTTP/1.0 knows no chunks and goes by Content-Length: it sees another end of the request.',
    remedy: 'Close the connection after such a request, or refuse it with 400.',
  },
  'smuggling.chunk-size-overflow': {
    title: 'A chunk size overflows',
    seen: ({ method, status }) => `${method} with the chunk size 10000000000000002 gets ${status}: it was read as 2.`,
    consequence:
      'A proxy with larger numbers waits for more, or refuses; one with smaller ones reads another size. What is left over becomes a request.',
    remedy: 'Refuse a chunk size with more digits than fit into the number.',
  },
  'smuggling.chunk-line-lf': {
    title: 'Accepts LF alone in the line of a chunk size',
    seen: ({ method, status }) => `${method} whose chunk extension has LF without CR gets ${status}, and the connection is kept.`,
    consequence:
      'Some parsers end the line there, others read on to the next CRLF. Where the proxy and the server differ, a chunk of one is a request for the other.',
    remedy: 'Refuse it with 400: only CRLF ends a chunk line, and an extension has no LF in it.',
  },
  'smuggling.refused-and-read-on': {
    title: 'Refuses a request, and reads on behind it',
    seen: ({ method, status }) =>
      `${method} is refused with ${status} because its end is not certain, and what follows on the connection is answered as another request.`,
    consequence: 'Where the refused request ends is a guess: a part of its body can be answered as a request of its own.',
    remedy: 'Close the connection after the 400.',
  },
  'smuggling.cr-ends-line': {
    title: 'Takes CR alone for the end of a line',
    seen: ({ method, status }) =>
      `${method} with Transfer-Encoding behind a CR in another field's value gets ${status}, and is read as chunked.`,
    consequence: 'A proxy in front sees one harmless field where the server sees two: a second request, or any field, can be smuggled in.',
    remedy: 'Refuse CR without LF with 400, or replace it by a space.',
  },
  'smuggling.bare-cr': {
    title: 'Accepts CR within a field value',
    seen: ({ method, status }) => `${method} with CR in a field value gets ${status}. It was not taken for a line end.`,
    consequence:
      'It is allowed where the CR is replaced by a space, which packets can not show. Passed on as it is, it ends the line for parsers that take CR for a line end.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.folded-line-read-alone': {
    title: 'Reads a folded line as a field of its own',
    seen: ({ method, status }) =>
      `${method} with Transfer-Encoding in the continuation of another field gets ${status}, and is read as chunked.`,
    consequence:
      'A proxy in front that joins folded lines sees one harmless field where the server sees two: a second request can be smuggled in.',
    remedy: 'Refuse folded lines with 400, or join them with a space.',
  },
  'smuggling.folded-line': {
    title: 'Accepts folded lines',
    seen: ({ method, status }) => `${method} with a field that goes on in a second line gets ${status}.`,
    consequence: 'It is allowed where the lines are joined with a space. A proxy that does not join them sees other fields.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.space-before-colon': {
    title: 'Accepts a space before the colon',
    seen: ({ method, status }) => `${method} with whitespace between a header name and its colon gets ${status}.`,
    consequence:
      'A proxy that reads the field otherwise passes on what it should have checked: request smuggling, rules that are bypassed.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.two-hosts': {
    title: 'Accepts two Host lines',
    seen: ({ method, status }) => `${method} with more than one Host line gets ${status}.`,
    consequence: 'Behind a proxy that reads the other one, a request reaches the wrong host or fills a cache with the wrong page.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.no-host': {
    title: 'Accepts HTTP/1.1 without Host',
    seen: ({ method, status }) => `${method} without Host gets ${status}.`,
    consequence: 'Links and redirects that are built from Host are wrong; virtual hosts can not be told apart.',
    remedy: 'Refuse such requests with 400.',
  },
  'smuggling.bare-lf': {
    title: 'Accepts LF alone as the end of a line',
    seen: ({ method, status }) => `${method} with lines that end with LF alone gets ${status}.`,
    consequence: 'It is allowed. A proxy in front that does not take LF for a line end sees other headers.',
    remedy: 'Refuse them where a proxy is in front that might read them otherwise.',
  },
  'smuggling.nul': {
    title: 'Accepts NUL in a field value',
    seen: ({ method, status }) => `${method} with NUL in a field value gets ${status}.`,
    consequence:
      'It is allowed where NUL is replaced by a space, which packets can not show. A parser in C ends the value there: it compares and passes on less than the next one reads.',
    remedy: 'Refuse such requests with 400.',
  },

  'request.empty-line-refused': {
    title: 'An empty line before a request is refused',
    seen: ({ method, status }) =>
      `${method} with an empty line before it ${status === 0 ? 'gets no answer: the server closes' : `gets ${status}`}.`,
    consequence: 'Old clients send CRLF after the body of a POST, which stands before the next request then: that request is lost.',
    remedy: 'Pass over at least one empty line before a request line.',
  },

  'header.repeated': {
    title: 'Field with one value sent twice',
    seen: ({ names, values }) => `${names} stands in more than one line: ${values}.`,
    consequence: 'Recipients take the first, the last, or both joined: redirects, types and validators become unreliable.',
    remedy: 'Set the field in one place only: the application or the server in front.',
  },
  'header.repeated-date': {
    title: 'Two Date lines',
    seen: ({ values }) => `A response has ${values}.`,
    consequence: 'Caches that join the lines can not read the date and compute a wrong age.',
    remedy: 'Let the server set Date, and not the application too.',
  },
  'header.date-missing': {
    title: 'No Date',
    seen: ({ status }) => `A ${status} response has no Date.`,
    consequence: 'Caches can not compute the age of the response; a heuristic lifetime is not possible.',
    remedy: 'Send Date with each response.',
  },
  'header.date-missing-in-error': {
    title: 'No Date in an error response',
    seen: ({ status }) => `A ${status} response has no Date; the successful ones have it.`,
    consequence: 'Hardly any: errors are rarely stored.',
    remedy: 'Send Date with errors too.',
  },
  'header.date-invalid': {
    title: 'Invalid date',
    seen: ({ name, value }) => `${name}: ${value} is no HTTP date.`,
    consequence: 'Caches and conditional requests can not use it: the response is taken for stale, or never validated.',
    remedy: 'Write dates in GMT as "Sun, 06 Nov 1994 08:49:37 GMT".',
  },
  'header.last-modified-in-future': {
    title: 'Last-Modified in the future',
    seen: ({ ahead }) => `Last-Modified is ${ahead} s later than Date.`,
    consequence: 'Changes that are made until then are not noticed by conditional requests.',
    remedy: 'Send Date in its place where the file has a later time; check the clock and the deployment.',
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
    consequence: 'It is no entity tag: caches and CDNs ignore it, and conditional requests never match.',
    remedy: 'Put double quotes around the value: ETag: "abc".',
  },
  'cache.shared-cookie': {
    title: 'Set-Cookie on a response that is shared',
    seen: ({ control, cookie }) => `Cache-Control: ${control}, and the response sets the cookie ${cookie}.`,
    consequence: "A shared cache (CDN, proxy) may give one user's cookie, and so the session, to others.",
    remedy: 'Send Cache-Control: private (or no-store) with responses that set cookies, or leave the cookie out of public ones.',
  },
  'coding.vary-missing': {
    title: 'Compressed without Vary',
    seen: ({ target, coding, vary }) =>
      `${target} comes plain or as ${coding}, depending on Accept-Encoding, with Vary: ${vary === '' ? 'missing' : vary}.`,
    consequence: 'A shared cache gives the compressed version to clients that can not read it, or the plain one to all.',
    remedy: 'Send Vary: Accept-Encoding with both versions.',
  },
  'coding.shared-etag': {
    title: 'One strong ETag for two codings',
    seen: ({ target, coding, etag }) => `${target} has ETag ${etag} plain and as ${coding}.`,
    consequence: 'A strong ETag stands for one sequence of bytes: a cache or a resumed download may join parts of both into a broken file.',
    remedy: 'Give the compressed version an ETag of its own ("abc-gzip"), or a weak one (W/).',
  },
  'coding.mislabelled': {
    title: 'Content-Encoding without the coding',
    seen: ({ target, coding, bytes: count, by }) =>
      by === 'content'
        ? `${target} says Content-Encoding: ${coding}, and its ${bytes(count)} do not begin as gzip does (1f 8b).`
        : `${target} says Content-Encoding: ${coding}, and has exactly the ${bytes(count)} of the plain version.`,
    consequence: 'Browsers report ERR_CONTENT_DECODING_FAILED and show nothing.',
    remedy: 'Set Content-Encoding only where the content is coded; check whether two layers (application and proxy) both set it.',
  },

  'coding.undecodable': {
    title: 'Coded content that can not be unpacked',
    seen: ({ target, coding, bytes: count }) => `${target} says Content-Encoding: ${coding}; its ${bytes(count)} can not be unpacked.`,
    consequence: 'Browsers report ERR_CONTENT_DECODING_FAILED or show a part of the page.',
    remedy: 'Look for what cuts or changes the coded bytes: a stream that is not flushed to its end, or text functions applied to it.',
  },
  'coding.other-content': {
    title: 'Coded content unpacks to something else',
    seen: ({ target, coding, unpacked, bytes: count }) =>
      `${target} with ${coding} unpacks to ${bytes(unpacked)}; these are not the ${bytes(count)} that the plain answers before and after it both have.`,
    consequence: 'Clients with and without this coding see different pages.',
    remedy: 'Make the coded file from the plain one; look for an old .gz file beside it, or for content that is coded twice.',
  },
  'status.server-errors': {
    title: 'Server errors',
    seen: ({ statuses, count, of: all }) => `${count} of ${plural(all, 'exchange')}: ${statuses}.`,
    consequence: 'The user gets an error page, or a part of the page is missing.',
    remedy:
      'Look in the error log of the server at these times; for 502 and 504 at the connection between the proxy and what is behind it.',
  },
  'status.client-errors': {
    title: 'Client errors',
    seen: ({ statuses, count, of: all }) => `${count} of ${plural(all, 'exchange')}: ${statuses}.`,
    consequence: 'Right answers to wrong questions, or broken links.',
    remedy: 'See which targets they are: a missing file, a wrong path, a login that is needed.',
  },
  'time.first-byte-slow': {
    title: 'Slow first byte',
    seen: ({ median, count }) => `Half of ${plural(count, 'response')} begin later than ${median} ms after the request.`,
    consequence: 'Each page and each of its parts begins that much later.',
    remedy: 'Measure where the server spends the time: a blocked event loop, a database, a start of a process for each request.',
  },
  'time.slowest': {
    title: 'Slowest exchanges',
    seen: ({ method, target, duration }) =>
      `${method} ${target} took ${duration} s from the first byte of the request to the last of the response.`,
    consequence: 'The user waits for it.',
    remedy: 'See in its connection whether the server thinks, the transfer is slow, or packets are lost.',
  },
  'expect.no-100': {
    title: 'Expect: 100-continue gets no 100',
    seen: ({ waited }) => `The client asked for 100 Continue and held its body back for ${waited} s: no 100 and no final response came.`,
    consequence: 'Every upload of such a client waits until it gives up: about 1 s with curl, and as long as its timeout with others.',
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
    remedy: 'In the client: write head and body at once, or set TCP_NODELAY. Nothing on the server.',
  },
  'tcp.retransmissions': {
    title: 'Retransmissions',
    seen: ({ client, server, segments }) =>
      `${client} segments of the client and ${server} of the server were sent again, of ${segments} with data.`,
    consequence: 'Each loss costs a round trip at least, and up to seconds at the end of a response.',
    remedy: 'Check the path (Wi-Fi, congestion, a full queue). Frames that were captured twice look the same: editcap -d removes them.',
  },
  'tcp.server-window-zero': {
    title: 'The server does not read',
    seen: ({ count }) => `The server announced a zero window ${plural(count, 'time')}: its receive buffer was full.`,
    consequence: 'Uploads stall until the application reads on.',
    remedy: 'Read request bodies as they come; look for what blocks the application.',
  },
  'tcp.client-window-zero': {
    title: 'The client does not read',
    seen: ({ count }) => `The client announced a zero window ${plural(count, 'time')}: its receive buffer was full.`,
    consequence: 'The response waits for the client, not for the server or the path.',
    remedy: 'Nothing on the server: the client is slow on purpose (a paused video) or busy.',
  },
  'tcp.synack-repeated': {
    title: 'Repeated SYN-ACK',
    seen: ({ count }) => `${plural(count, 'SYN-ACK')} in one handshake.`,
    consequence: 'A packet was lost, or the server defers accept until a byte comes (TCP_DEFER_ACCEPT).',
    remedy: 'Nothing, unless connections are slow to open.',
  },

  'idle.shorter-than-proxies': {
    title: 'Idle timeout shorter than that of proxies',
    seen: ({ idle, proxies }) => `It closes an idle connection after ${idle} s. These keep one for as long or longer: ${proxies}.`,
    consequence: 'Such a proxy may send a request into the close, and answers 502.',
    remedy: 'Set the idle timeout of the server above that of the proxy.',
  },
  'idle.none': {
    title: 'Closes after each response',
    seen: ({ idle }) => `The connection is closed ${idle} s after the response.`,
    consequence: 'Every request pays for a new connection, and a proxy in front can keep none.',
    remedy: 'Keep connections open for some seconds (HTTP/1.1 keep-alive).',
  },
  'idle.window-too-short': {
    title: 'Idle timeout longer than the window',
    seen: ({ watched, proxies }) =>
      `After one response the connection was still open after ${watched} s. That is too short to tell whether it outlasts ${proxies}.`,
    consequence: 'Where the server closes before the proxy in front of it does, a request can meet the close: the proxy answers 502.',
    remedy: 'Watch for longer (--window), or compare the idle timeout in the configuration with that of the proxy.',
  },
  'idle.not-restarted': {
    title: 'The idle timer does not start again',
    seen: ({ first, second }) =>
      `A connection that got a second request was closed ${first} s after the first response and ${second} s after the second, as long as others after their only one.`,
    consequence:
      'A connection that is in use is closed all the same: a request that is sent at that moment is lost, and a proxy answers 502.',
    remedy: 'Start the timer again with each response; where the life of a connection is limited, announce its end with Connection: close.',
  },
  'keepalive.max-not-kept': {
    title: 'Fewer requests than announced',
    seen: ({ answered, named }) => `The server announces Keep-Alive: max=${named} and ends the connection after ${answered} requests.`,
    consequence: 'A client that counts on the number loses a request in the close.',
    remedy: 'Announce the limit that is in force, or leave max out.',
  },
  'limits.half-body-kept': {
    title: 'Half a request body is kept for long',
    seen: ({ watched }) => `Half a request body holds a connection for more than ${watched} s.`,
    consequence: 'Where each connection takes a thread or a worker, a few clients can hold all of them.',
    remedy: 'Set a time limit for the request body.',
  },
  'idle.not-advertised': {
    title: 'Idle timeout is not advertised',
    seen: ({ idle }) => `It closes after ${idle} s and sends no Keep-Alive: timeout.`,
    consequence: 'Clients that read the value (Firefox, undici) could close first, and lose no request.',
    remedy: 'Send Keep-Alive: timeout with a value below the real timeout.',
  },
  'limits.half-head-kept': {
    title: 'Half a request head is kept without a limit',
    seen: ({ watched }) => `Half a request head holds a connection for more than ${watched} s.`,
    consequence: 'A few clients can hold all connections (Slowloris).',
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
    consequence: 'Browsers guess a lifetime (a tenth of the age) and may show an old page without asking.',
    remedy: 'Send Cache-Control: no-cache for pages, max-age for files whose name changes with their content.',
  },
  'range.unsupported': {
    title: 'No ranges',
    seen: ({ value }) => `Range: bytes=0-9 gets ${value}.`,
    consequence: 'Players can not seek in media that is not loaded yet, and downloads can not be resumed.',
    remedy: 'Support single ranges for files.',
  },
  'keepalive.request-limit': {
    title: 'Limited number of requests on a connection',
    seen: ({ limit }) => `The server closes a connection after ${limit} requests.`,
    consequence: 'A busy proxy reconnects that often.',
    remedy: 'Raise the limit where a proxy is in front.',
  },
  'pipelining.order': {
    title: 'Pipelined responses in the wrong order',
    seen: ({ value }) => `The order of the responses to pipelined requests is: ${value}.`,
    consequence: 'Each client gets the answer to another request: content, cookies and data of others.',
    remedy: 'Send responses in the order of the requests; do not handle requests of one connection at the same time without that.',
  },
  'range.if-range-ignored': {
    title: 'If-Range is ignored',
    seen: ({ value }) => `A part (${value}) although the validator in If-Range is another one.`,
    consequence: 'A download that is resumed joins two versions into a broken file.',
    remedy: 'Send the whole (200) where If-Range does not match.',
  },
  'range.if-range-weak': {
    title: 'Weak ETag accepted in If-Range',
    seen: ({ value }) => `A weak ETag in If-Range gets a part (${value}).`,
    consequence: 'A weak ETag allows different bytes: parts of two versions may be joined.',
    remedy: 'Use the strong comparison: a weak ETag never matches in If-Range.',
  },
  'range.if-range-date-ignored': {
    title: 'Part for an If-Range with another date',
    seen: ({ value }) => `If-Range with a date a day before Last-Modified gets a part (${value}).`,
    consequence: 'A client that resumes an old download joins the parts of two versions.',
    remedy: 'Send a part only where the date in If-Range is exactly Last-Modified; else send the whole with 200.',
  },
  'range.first-byte-wrong': {
    title: 'bytes=0-0 is not answered with the first byte',
    seen: ({ value }) => `The answer to bytes=0-0 is ${value}.`,
    consequence:
      'Players and download managers ask so for the length and whether ranges work: they get the whole file, or give up on ranges.',
    remedy: 'Take the last position for an inclusive one, 0 too: bytes=0-0 is one byte. Check for 0 that counts as "not given".',
  },
  'range.end-not-clamped': {
    title: 'A range that ends beyond the file',
    seen: ({ value }) => `A range that begins ten bytes before the end and ends beyond it is answered with ${value}.`,
    consequence: 'Clients that read a file in blocks of one size get an error, or wait for bytes that are not there, at the last block.',
    remedy: 'Set the last position to the length minus one where it is beyond.',
  },
  'range.long-suffix-wrong': {
    title: 'A suffix that is longer than the file',
    seen: ({ value }) => `The answer to the last 99999999 bytes of a smaller file is ${value}.`,
    consequence: 'Clients that read the end of a file (of a ZIP or MP4, say) fail on small files.',
    remedy: 'Send all of the file where the suffix is longer than it.',
  },
  'coding.refused-coding-used': {
    title: 'gzip for a client that refuses it',
    seen: ({ value }) => `The answer to Accept-Encoding: gzip;q=0 is ${value}.`,
    consequence: 'A client that can not unpack gzip gets what it can not read.',
    remedy: 'Read the qualities of Accept-Encoding: a coding with q=0 must not be used.',
  },
  'range.before-condition': {
    title: 'Range is answered before the condition',
    seen: ({ value }) => `With Range and a matching If-None-Match the answer is ${value}, not 304.`,
    consequence: 'A part is transferred that the client has.',
    remedy: 'Evaluate If-None-Match and If-Modified-Since before Range.',
  },
  'range.invalid-answered': {
    title: 'Invalid range gets a part',
    seen: ({ value }) => `Range: bytes=9-0 gets ${value}.`,
    consequence: 'Clients get a part that nobody asked for.',
    remedy: 'Ignore an invalid Range (200) or refuse it (4xx).',
  },
  'range.unknown-unit': {
    title: 'Unknown range unit is not ignored',
    seen: ({ value }) => `Range with an unknown unit gets ${value}.`,
    consequence: 'Hardly any: no client sends other units than bytes.',
    remedy: 'Ignore Range with a unit that is not known.',
  },
  'range.of-head': {
    title: 'Range is applied to HEAD',
    seen: ({ value }) => `HEAD with Range gets ${value}.`,
    consequence: 'A client that asks for the length gets that of a part.',
    remedy: 'Ignore Range for other methods than GET.',
  },
  'conditional.date-before-etag': {
    title: 'If-Modified-Since counts beside If-None-Match',
    seen: ({ value }) => `If-None-Match does not match, and the answer is ${value} because of the date.`,
    consequence: 'A changed page with an old date is never shown: the client keeps the old version.',
    remedy: 'Ignore If-Modified-Since where If-None-Match is there.',
  },
  'conditional.strong-compare': {
    title: 'If-None-Match is compared strongly',
    seen: ({ value }) => `An ETag that differs in W/ alone gets ${value}.`,
    consequence: 'Behind a proxy that weakens ETags (compression) each revalidation transfers everything.',
    remedy: 'Use the weak comparison in If-None-Match.',
  },
  'conditional.list-ignored': {
    title: 'List in If-None-Match is not read',
    seen: ({ value }) => `A list that contains the ETag gets ${value}.`,
    consequence: 'Caches with several versions transfer everything again.',
    remedy: 'Compare each ETag of the list.',
  },
  'conditional.star-ignored': {
    title: 'If-None-Match: * is not read',
    seen: ({ value }) => `If-None-Match: * gets ${value}.`,
    consequence: 'Hardly any for GET; most servers do so.',
    remedy: 'Answer 304 to GET with If-None-Match: * where the resource exists.',
  },
  'conditional.no-cache-honoured': {
    title: 'no-cache of the request stops the condition',
    seen: ({ value }) => `With Cache-Control: no-cache a matching condition gets ${value}.`,
    consequence: 'A reload transfers everything again.',
    remedy: 'Evaluate the condition: no-cache speaks to caches, not to the origin server.',
  },
  'methods.unknown': {
    title: 'Unknown method',
    seen: ({ value }) => `A method that does not exist gets ${value}.`,
    consequence: 'Hardly any: the status names another reason.',
    remedy: 'Answer 501 to methods that the server does not know.',
  },
  'versions.http10-kept': {
    title: 'HTTP/1.0 connection is kept',
    seen: ({ value }) => `After the answer to HTTP/1.0 without keep-alive: ${value}.`,
    consequence: 'HTTP/1.0 clients that read until the close hang until the idle timeout.',
    remedy: 'Close after the response where an HTTP/1.0 request does not ask for keep-alive.',
  },
  'versions.close-kept': {
    title: 'Connection: close of the request is ignored',
    seen: ({ value }) =>
      `After the answer to a request with Connection: close, the server did not close within a quarter of a second: ${value}.`,
    consequence: 'Clients that read until the close (ab, health checks, scripts) hang until the idle timeout, and connections pile up.',
    remedy: 'Close the connection after the response, and say Connection: close in it.',
  },
  'versions.absolute-form': {
    title: 'Absolute form is not accepted',
    seen: ({ value }) => `GET http://host/ HTTP/1.1 gets ${value}.`,
    consequence: 'Some proxies send this form to the server.',
    remedy: 'Accept the absolute form of the target.',
  },

  'capture.no-connection': {
    title: 'No TCP connection in the capture',
    seen: ({ frames, links }) => `None of ${plural(frames, 'frame')} could be read as TCP (link type ${links}).`,
    consequence: 'Nothing can be said of servers and clients.',
    remedy: 'Capture on the interface that carries the traffic, without a filter that excludes it (tcpdump -i any tcp).',
  },
  'capture.one-direction': {
    title: 'Only one direction was captured',
    seen: ({ missing }) => `No frame of the ${missing} is in the capture.`,
    consequence: 'Answers, aborts and who closed can not be judged.',
    remedy: 'Capture where both directions pass: on one of the hosts, or with a mirror port for both directions.',
  },
  'capture.mid-stream': {
    title: 'The capture begins in the middle of a connection',
    seen: () => 'The SYN is not in the capture.',
    consequence: 'What came before can not be judged; the first response may have no request.',
    remedy: 'Begin to capture before the connection is opened.',
  },
  'capture.bytes-missing': {
    title: 'Bytes are missing in the capture',
    seen: ({ client, server }) =>
      `${bytes(client)} of the client and ${bytes(server)} of the server were acknowledged and are not in the capture.`,
    consequence: 'Messages with gaps are not judged.',
    remedy: 'Capture with a larger buffer (tcpdump -B), a filter, or closer to the host.',
  },
  'capture.protocol-not-read': {
    title: 'A protocol that is not read',
    seen: ({ protocol }) => `The connection carries ${protocol}.`,
    consequence: 'Its requests and responses are not shown; only its TCP part is.',
    remedy:
      'For TLS, capture where the bytes are in the clear (between the proxy and the server, say). For HTTP/2, have the client use HTTP/1.1 (curl --http1.1).',
  },
  'capture.content-not-kept': {
    title: 'Content too long to be compared',
    seen: ({ bytes: count }) => `A response has ${bytes(count)} of content, more than is kept.`,
    consequence: 'Whether its bytes are those that its headers name was not looked at.',
    remedy: 'Capture a smaller file to have them compared.',
  },
  'capture.cut-by-snap-length': {
    title: 'Frames were cut',
    seen: ({ count, frames }) => `${count} of ${plural(frames, 'frame')} were cut by the snap length.`,
    consequence: 'Heads and bodies beyond the cut are not judged.',
    remedy: 'Capture whole frames: tcpdump -s 0.',
  },
  'capture.undecoded': {
    title: 'Frames that could not be read',
    seen: ({ list, frames }) => `Of ${plural(frames, 'frame')}: ${list}.`,
    consequence: 'What they carry is not judged.',
    remedy: 'Capture without the encapsulation, or convert the file with Wireshark or editcap.',
  },
  'capture.dropped': {
    title: 'The capture program dropped packets',
    seen: ({ count, received }) => `${count} dropped, ${received} received.`,
    consequence: "What is missing may be the network's doing or only that of the capture.",
    remedy: 'Capture with a larger buffer (tcpdump -B 65536) and a filter, and write to a fast disk.',
  },
};

export const EN: Language = {
  findings,
  times: (count, connections) => `${count} times${connections > 1 ? ` on ${connections} connections` : ''}; the first: `,
  setting: (program, setting) => `${program}: ${setting}`,
  findingsTitle: 'Findings',
  worthALook: 'Worth a look',
  nothing: 'nothing wrong follows from what was captured',
  remedy: 'remedy: ',
  severities: { fault: 'fault', risk: 'risk', advice: 'advice', note: 'note' },
  more: (count) => `${count} more: --json has all findings`,
  connection: (stream) => `connection #${stream}`,
  frames: (frames) => `${frames.length === 1 ? 'frame' : 'frames'} ${frames.join(', ')}`,
};
