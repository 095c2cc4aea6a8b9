/** Chinese definitions of observations, by id. Values are named as the page shows them in Chinese. */

const DOCUMENT =
  '“文档”指最后一步所请求的第一个 HTML 页面（若该步没有请求，则取此前最近一步所请求的；若各步都没有，则取最后一步中第一个得到响应的请求）。若其响应不是 200（例如 304），则取同一目标此前最近的 200。';
const COUNTED = '只统计承载过请求、且在场景最后一步中建立或仍然打开（没有 FIN 或 RST）的连接。';
const LOAD = '页面加载包括最后一步的全部请求及其响应。';
const REVISITS = '仅用于 revisit、link-revisit、reload、hard-reload、cache-disabled 这几个场景。';
const FRAMES_OF_HEADS = '帧：请求头与响应头。';
const UNASKED = '服务器若不提供所需的验证器，则不提出这一问题。';
const STILL_OPEN = '“仍未关闭”：抓包结束时连接尚未关闭。';

const status = (of: string): string => `${of}所得的状态码；没有响应时为“无”。${FRAMES_OF_HEADS}`;
const condition = (fields: string): string => `${status(`带有${fields}的 GET 请求`)}${UNASKED}`;
const range = (request: string): string =>
  `对音频文件${request}所得的响应：状态码，206 与 416 另附 Content-Range；“206 multipart”表示分成多个部分；没有响应时为“无”。${FRAMES_OF_HEADS}${UNASKED}`;
const allow = (request: string, statuses: string): string =>
  `对${request}的响应中的 \`Allow\` 头部（仅当状态码为 ${statuses} 时），各方法按字母顺序排列；没有该头部时为“无”，未列出任何方法时为“空”。`;
const persistence = (request: string): string =>
  `服务器在${request}之后如何处理连接：“关闭”（其 FIN 或 RST 在 250 ms 之内到达，且早于客户端）或“保持”；没有响应时为“无”；响应没有结束时不给出取值。帧：请求头、响应头，以及首个 FIN 或 RST。`;
const refused = (coding: string): string =>
  `样式表在 \`Accept-Encoding: ${coding}\` 之下的状态码与 \`Content-Encoding\`：“200 gzip”，没有该头部时为“200 identity”；没有响应时为“无”。${FRAMES_OF_HEADS}`;
const body = (of: string): string =>
  `服务器如何处理${of}的正文：“读完”（同一连接上的下一个请求得到自己的响应）、“关闭”（服务器声明关闭或直接关闭）、“被当作请求作答”（正文得到了单独的响应）、“下一个请求被拒绝”（得到 400 或 501）、“下一个请求无响应”；没有响应时为“无”。帧：第一个请求、该连接上的全部响应头，以及服务器的关闭；备注中列出各状态码。`;
const PARSED = '帧：请求、该连接上的全部响应头，以及服务器的关闭；备注中列出各状态码。';
const reads = (request: string, ...readings: string[]): string =>
  `服务器如何解读${request}，其后紧跟另一个请求。按响应的个数判断：${readings.map((one) => `“${one}”`).join('或')}；否则为“拒绝”（因格式返回错误状态码，随后连接结束）、“拒绝后继续读取”（随后又有响应）、“关闭”（作出响应，随后连接结束）、“未响应即关闭”、“无响应”、“第二个请求无响应”、“其余部分被拒绝”（其中一部分被当作另一个请求），或“无法判断”（最后一个响应不属于另一个请求）。${PARSED}`;
const accepts = (request: string): string =>
  `服务器是否接受${request}：“接受”“拒绝”（因格式返回 400 或其他错误状态码）“未响应即关闭”或“无响应”。${PARSED}`;
const limit = (request: string): string =>
  `${request}响应为 400、413、414、431 或不小于 494（且普通请求不会得到同样的状态码），或者没有响应，即视为被拒绝。大小逐次增加，直到第一次被拒绝为止。“无”：没有被拒绝；0：最小的一次即被拒绝。帧：被接受的最大请求与被拒绝的最小请求，以及各自的响应。`;
const refusal = (request: string): string =>
  `服务器拒绝过大请求时的状态码；未响应即关闭时为 FIN 或 RST，2 秒内没有响应时为“无响应”，全部接受时为“无”。${request}帧：请求与响应。`;
const beside = (what: string): string =>
  `在${what}的情况下，另一条连接上的请求等待响应首字节的时间。备注中给出同一请求单独发出时的中位数。“仍未关闭”：观察时间内没有响应。帧：上述连接中第一条的 SYN，以及请求头与响应头。`;
const AFTER_STOP =
  '“已响应，并声明关闭”（响应表明连接即将结束）、“已响应”（没有这样的声明）、“无响应”（附服务器所发的 FIN 或 RST），或“仍打开”（抓包结束前两者都没有出现）。';
const passed = (what: string): string =>
  `代理是否把${what}转发给服务器：“转发”“不转发”（由代理自行处理，或请求时去掉），或转发了其中几个。帧：这些请求在两段连接上的报文头。`;
const fields = (what: string): string =>
  `${what}的名称。统计代理转发的全部请求；没有时为“无”。帧：首次出现该情况的报文在两段连接上的报文头。`;

export const DEFINITIONS_ZH: Readonly<Record<string, string>> = {
  'connections.opened': '在场景的最后一步中完成三次握手的 TCP 连接数。帧：完成每次握手的 ACK。',
  'connections.used':
    '在最后一步中至少承载过一个请求（或在该步中开始 TLS、HTTP/2）的连接数，包括更早的步骤所建立的连接。帧：每条连接上的第一个这样的请求，或表明该协议的帧。',
  'connections.unused':
    '完成了握手、在最后一步中建立或仍然打开，而在整个抓包中既没有承载请求、也没有承载其他协议的连接数。帧：完成每次握手的 ACK。',
  'connections.max-concurrent': '最后一步中同时打开的连接的最大数目：从完成握手的 ACK 到任何一方的首个 FIN 或 RST。帧：这些连接的 ACK。',
  'connections.reuse': '最后一步的请求数除以承载它们的连接数，保留两位小数。帧：每条连接上的第一个请求。',
  'close.first': `多数连接上首个 FIN 或 RST 由哪一方发出；数目相同时取较早关闭的一方。“无”：抓包结束时仍未关闭。${COUNTED}帧：多数一方每条连接的 FIN 或 RST；“无”时为最后的载荷帧。`,
  'close.how': `\`close.first\` 所统计的连接以 FIN 还是 RST 关闭（取较多者；数目相同时取较早者）。${COUNTED}`,
  'close.idle-ms': `从连接上任何一方的最后一个载荷字节到首个 FIN 或 RST 的时间：取 \`close.first\` 所统计的各连接的中位数（中间有两个时取较短者），不包括响应被关闭截断的连接。${STILL_OPEN}${COUNTED}帧：中位数连接的最后一个载荷与关闭。`,
  'close.cause':
    '最后一步中建立或仍然打开的连接（若有承载请求的连接，则只取这些）的首个 FIN 或 RST 的可能原因。取最常见的原因；数目相同时取最早者。“无”：全部保持打开。“拒绝”：端口无人监听，SYN 得到的回应是 RST；“停止信号”：服务器收到停止信号；“通告的空闲超时”：Keep-Alive: timeout 通告的空闲时间已到；“未通告的空闲超时”：响应中从未通告的空闲超时到期；“请求数上限”：达到请求数上限，服务器在最后一个响应之后结束；“响应声明关闭”：响应带有 Connection: close；“请求要求关闭”：请求带有 Connection: close；“HTTP/1.0 惯例”：未启用 keep-alive 的 HTTP/1.0；“以关闭标明结束”：响应没有长度，以关闭表示结束；“等待请求超时”：等待请求或其剩余部分超时；“返回错误后关闭”：返回错误响应后关闭；“服务器中断”：响应尚未传完服务器就结束了连接；“未作响应”：未作响应，直接关闭；“数据未读完”：内核重置了连接；“响应后即关闭”：响应后立即关闭而未声明；“客户端自行关闭”：客户端关闭了服务器仍保持的连接；“客户端中断”：响应尚未传完客户端就已离开。帧：中位数连接的关闭，以及能说明原因的帧。',
  'tcp.keepalive-probes':
    '最后一步中双方在全部连接上发出的 TCP 保活探测数。按 Wireshark 的规则，探测是零或一个字节、序号恰比对方期望的下一个序号小一的报文段；对方窗口为 0 时这样的报文段是窗口探测，不计入。每条连接的每一方最多计 256 个。',
  'tcp.keepalive-interval-s':
    '最后一步中，同一方在同一连接上连续两次保活探测之间的秒数：取中位数。没有连接出现两次探测时为“无”。帧：中位数的两次探测。',
  'http.version': `文档状态行中的版本。${DOCUMENT}`,
  'http.connection': `文档的 \`Connection\` 头部的值，小写；没有时为“无”。${DOCUMENT}`,
  'http.statuses':
    '最后一步各请求的最终响应的状态码，按请求的顺序，以空格分隔；“-”表示没有得到响应的请求，“?”表示响应不在抓包中的请求，“0.9”表示 HTTP/0.9 的响应（没有状态码）。帧：每个响应头的第一帧；没有响应时为请求头。',
  'cache.etag': `文档的 \`ETag\` 是强（"…"）、弱（W/"…"）还是无（没有或格式不对）。${DOCUMENT}`,
  'cache.last-modified': `文档是否带有 \`Last-Modified\` 头部：是或否。${DOCUMENT}`,
  'cache.control': `文档的 \`Cache-Control\` 头部的值，原样列出；没有时为“无”。备注中给出 \`Expires\`。${DOCUMENT}`,
  'framing.head-segments': `承载文档的响应头（或其一部分）的 TCP 报文段数。${DOCUMENT}`,
  'framing.head-and-body': `承载文档响应头最后字节的报文段是否同时承载正文字节。${DOCUMENT}`,
  'framing.body': `文档正文的结束如何标明：content-length、chunked 或 close（关闭连接）。${DOCUMENT}`,
  'framing.largest-segment':
    '承载最后一步各响应的最大 TCP 报文段的载荷长度。在环回接口上，它反映服务器如何写出，而不是网络路径的容量。帧：该报文段，或其所在报文的首帧与末帧。',
  'load.requests': `发出的请求数。${LOAD}帧：每个请求的第一帧。`,
  'load.bytes': `双向传输的 HTTP 字节：报文头、正文、分块标记；不含 TCP 与 IP 头部，也不含重传。${LOAD}帧：每个报文的首帧与末帧。`,
  'load.overhead-bytes': `\`load.bytes\` 中不属于内容的部分：请求头与响应头、分块标记、尾部字段。${LOAD}帧：每个报文的首帧与末帧。`,
  'load.ms': `从该步的首个 SYN（若更早的连接上先发出了请求，则从该请求）到最后一个响应的最后一个字节。${LOAD}帧：这两帧。`,
  'load.range-status': `第一个带 \`Range\` 头部的请求（浏览器以此请求音频）所得响应的状态码。${LOAD}帧：请求头与响应头。`,
  'revisit.requests': `最后一步中发出的请求数。${REVISITS}帧：每个请求的第一帧。`,
  'revisit.not-modified': `最后一步中以 304 作答的请求数。${REVISITS}帧：每个 304 的响应头。`,
  'revisit.bytes-saved': `对第一步收到过正文的每个目标求和：其中最长的正文，减去最后一步收到的该目标的正文字节（至少为 0）。没有再次请求的目标按整个正文计。${REVISITS}帧：各个 304，以及先前正文的末帧。`,
  'handshake.ms':
    '从 SYN 到客户端对 SYN-ACK 的 ACK：取最后一步中建立的各连接的中位数（中间有两个时取较短者）。帧：中位数连接的 SYN、SYN-ACK 与 ACK。',
  'keepalive.advertised-s': '抓包中第一个 `Keep-Alive` 响应头部的 `timeout` 参数；没有时为“无”（帧：第一个响应头）。',
  'keepalive.advertised-max': '抓包中第一个 `Keep-Alive` 响应头部的 `max` 参数；没有时为“无”（帧：第一个响应头）。',
  'keepalive.max-requests':
    '服务器在关闭连接或声明关闭之前，在一条连接上响应的请求数。“无”：达到备注中的请求数时连接仍打开。响应不足 1,100 个而服务器没有关闭时不给出取值：提问的时间已用尽。帧：第一个请求、最后一个响应头，以及关闭。',
  'idle.used-s': `服务器在一次响应之后保持连接多久：从响应的最后一个载荷字节到服务器的首个 FIN 或 RST；取先后建立的几条连接中最短的一条，因为有些服务器每秒或更久才检查一次连接（备注中给出范围）。${STILL_OPEN}帧：最后的载荷与关闭。`,
  'idle.restarts':
    '空闲计时是否随每个请求重新开始：“是”表示收到第二个请求的连接，在其响应之后的关闭时间与只有一个请求的连接相同；“否”表示从第一个响应算起的时间相同，即计时针对整条连接。观察时间不足以判断，或服务器因其他原因关闭时，不给出取值。帧：两个响应的末帧与关闭。',
  'idle.unused-s': `从未发送过任何字节的连接，服务器保持多久：从完成握手的 ACK 到服务器的首个 FIN 或 RST。（Node.js 自启动起每 30 s 检查一次这样的连接，因此其值在 60 至 90 s 之间，取决于客户端何时连接。）${STILL_OPEN}帧：该 ACK 与关闭。`,
  'idle.partial-head-s': `服务器等待请求头剩余部分多久：从客户端的最后一个载荷字节到服务器的首个 FIN 或 RST。${STILL_OPEN}帧：该载荷、响应（若有）与关闭。`,
  'idle.partial-head-answer': '服务器放弃等待请求头剩余部分之前发送的状态码；未响应即关闭，或抓包结束时仍在等待，则为“无”。',
  'idle.partial-body-s': `服务器等待请求正文剩余部分多久：从客户端的最后一个载荷字节到服务器的首个 FIN 或 RST。不等正文就响应时不给出取值。${STILL_OPEN}帧：该载荷、响应（若有）与关闭。`,
  'idle.partial-body-answer': `对正文只到达一半的 POST，服务器发送的状态码；未响应即关闭，或抓包结束时仍在等待，则为“无”。${FRAMES_OF_HEADS}`,
  'pipelining.answered': '同在一个报文段中到达的三个请求，有几个得到最终响应，从第一个起数到第一个缺失为止。帧：各请求与各响应头。',
  'pipelining.order':
    '流水线请求的响应是否按请求的顺序到达：“保持”或“打乱”，依据三个文件的媒体类型，以及五个不同类型的请求各自单独发出时所得的响应。仅当至少两个目标的请求得到响应时给出。',
  'pipelining.mixed':
    '同在一个报文段中到达的五个请求（图片、不存在的文件、对页面的 HEAD、页面、再次请求不存在的文件），有几个得到最终响应，从第一个起数到第一个缺失为止。帧：各请求与各响应头。',
  'pipelining.split-head': `在首个响应之后空闲 3 s 的连接上，请求头分两个报文段、相隔 0.3 s 到达时所得的状态码；没有响应时为“无”。仅当服务器保持连接这么久时给出。${FRAMES_OF_HEADS}`,
  'conditional.if-none-match': condition(' `If-None-Match`、其值为该 ETag '),
  'conditional.weak-compare': condition(' `If-None-Match`、其值为加上或去掉 `W/` 的该 ETag '),
  'conditional.list': condition(' `If-None-Match`、其值为一个无关的 ETag 加上该 ETag '),
  'conditional.if-none-match-other': condition(' `If-None-Match`、其值为一个无关的 ETag '),
  'conditional.star': condition(' `If-None-Match: *` '),
  'conditional.precedence': condition('无关的 ETag（`If-None-Match`）与该 `Last-Modified`（`If-Modified-Since`）'),
  'conditional.if-modified-since': condition(' `If-Modified-Since`、其值为该 `Last-Modified` '),
  'conditional.if-modified-since-later': condition(' `If-Modified-Since`、其值比 `Last-Modified` 晚一天'),
  'conditional.if-modified-since-earlier': condition(' `If-Modified-Since`、其值比 `Last-Modified` 早一天'),
  'conditional.with-no-cache': condition(' `If-None-Match`（没有 ETag 时为 `If-Modified-Since`）与 `Cache-Control: no-cache` '),
  'conditional.304-length': '抓包中第一个 304 的响应头字节数，从状态行到空行。备注中列出不应有或缺少的字段。',
  'conditional.304-fields':
    '抓包中第一个 304 的异常字段：它所携带的表示元数据（Content-Type、Content-Length 等；若 Content-Length 与 200 的不同，则写作“错误的 content-length”），以及 200 带有、304 也必须带有却缺少的字段（写作“缺少 …”）；没有异常时为“无异常”。',
  'conditional.304-body': '304 是其连接上唯一的响应时，服务器在响应头之后发送的字节数：必须为零。',
  'range.accept-ranges': '抓包中第一个 `Accept-Ranges` 响应头部的值；没有任何 200 或 206 带有它时为“无”（帧：这些响应头）。',
  'range.from-zero': range(' `Range: bytes=0-` 请求'),
  'range.first-ten': range(' `Range: bytes=0-9` 请求'),
  'range.first-byte': range(' `Range: bytes=0-0` 请求'),
  'range.end-beyond': range('请求从末尾前第十个字节（由 HEAD 的 Content-Length 得知）到 99999999 的范围'),
  'range.suffix-long': range(' `Range: bytes=-99999999` 请求'),
  'range.suffix': range(' `Range: bytes=-10` 请求'),
  'range.beyond': range(' `Range: bytes=99999999-` 请求'),
  'range.multi': range(' `Range: bytes=0-9,20-29` 请求'),
  'range.malformed': range(' `Range: bytes=abc` 请求'),
  'range.reversed': range(' `Range: bytes=9-0` 请求'),
  'range.unknown-unit': range(' `Range: cards=0-9` 请求'),
  'range.if-range-stale': range(' `Range: bytes=0-9` 请求、`If-Range` 中为无关的 ETag '),
  'range.if-range-match': range(' `Range: bytes=0-9` 请求、`If-Range` 中为该强 ETag '),
  'range.if-range-weak': range(' `Range: bytes=0-9` 请求、`If-Range` 中为该 ETag 的弱形式'),
  'range.if-range-date': range(' `Range: bytes=0-9` 请求、`If-Range` 中为该 `Last-Modified` '),
  'range.if-range-date-stale': range(' `Range: bytes=0-9` 请求、`If-Range` 中的日期比 `Last-Modified` 早一天'),
  'range.if-range-date-later': range(' `Range: bytes=0-9` 请求、`If-Range` 中的日期比 `Last-Modified` 晚一天'),
  'range.if-none-match': range(' `Range: bytes=0-9` 请求并带有 `If-None-Match`（没有 ETag 时为 `If-Modified-Since`）'),
  'range.head': range('发出带 `Range: bytes=0-9` 的 HEAD 请求'),
  'methods.head': status('对样式表的 HEAD 请求'),
  'methods.head-length': 'HEAD 响应的 `Content-Length` 与 GET 的相比：“相同”（两者都没有时也算）、“无”或“不同”。仅当两者状态码相同时给出。',
  'methods.head-body': '服务器在 HEAD 的响应头之后发送的字节数：必须为零。',
  'methods.head-missing': status('对不存在的文件的 HEAD 请求'),
  'methods.options': status('对样式表的 OPTIONS 请求'),
  'methods.options-allow': allow('样式表的 OPTIONS 请求', '200 或 204'),
  'methods.options-star': status(' `OPTIONS *` 请求'),
  'methods.post': status('对样式表的 POST 请求'),
  'methods.post-allow': allow('样式表的 POST 请求', '405'),
  'methods.trace': status('对样式表的 TRACE 请求'),
  'methods.unknown': status('方法为 WIREMATRIX 的请求'),
  'versions.http10': persistence(' HTTP/1.0 请求'),
  'versions.http10-answered-as': '对 HTTP/1.0 请求的响应，其状态行中的版本。',
  'versions.http10-keep-alive': persistence('带有 `Connection: keep-alive` 的 HTTP/1.0 请求'),
  'versions.connection-close': persistence('带有 `Connection: close` 的请求'),
  'versions.close-announced':
    '对带有 `Connection: close` 的请求，响应是否也带有 `close` 选项：是或否。HTTP/1.0 的响应以其版本表明同样的意思，备注中注明。',
  'versions.missing-host': status('没有 `Host` 的 HTTP/1.1 请求'),
  'versions.two-hosts': status('带有两个不同 `Host` 行的请求'),
  'versions.bare-lf': status('仅以 LF 换行的请求'),
  'versions.absolute-form': status('目标为完整 URL 的请求'),
  'coding.gzip': '客户端接受 gzip 时，样式表的 `Content-Encoding`；没有时为“identity”。',
  'coding.vary': 'gzip 响应的 `Vary` 头部，小写；没有时为“无”。仅当该响应带有 `Accept-Encoding: identity` 的响应所没有的编码时给出。',
  'coding.etag':
    'gzip 响应的 `ETag` 与未编码响应的相比：“弱，相同”“强，相同”“变弱”（前面加上 W/）“改变”“去掉”“加上”，或两者都“无”。仅当 gzip 响应带有未编码响应所没有的编码时给出。',
  'coding.revalidates':
    '对 gzip 响应进行再验证的请求（`If-None-Match` 中为其 `ETag`，或用其日期）所得的状态码。仅当该响应带有内容编码时给出。',
  'coding.range': `接受 gzip 的客户端对样式表 \`Range: bytes=0-99\` 请求所得的响应：写法同 \`range.first-ten\`，有 \`Content-Encoding\` 时写在前面；没有响应时为“无”。${FRAMES_OF_HEADS}`,
  'coding.gzip-refused': refused('gzip;q=0'),
  'coding.identity-refused': refused('gzip, identity;q=0'),
  'bodies.length': body('带 `Content-Length` 的 POST '),
  'bodies.chunked': body('分块、带块扩展与尾部字段的 POST '),
  'bodies.get': body('带 `Content-Length` 的 GET '),
  'bodies.slow': body('分两半到达、相隔半秒的 POST '),
  'bodies.early': '正文分两半、相隔半秒到达的 POST，其最终响应是否在后一半之前开始：“提前”或“正文之后”。帧：请求头、响应头与正文的末帧。',
  'bodies.large':
    '服务器如何处理 2 MiB 的 POST：“读完”（服务器关闭之前确认了整个正文）、“关闭”（在此之前以 FIN 关闭，并至少继续读取 250 ms）、“重置”（更早发出 RST，或没有 FIN）或“未读取”（保持连接但不读取）。备注中列出各状态码。帧：请求头、响应头，以及服务器的首次关闭或重置。',
  'bodies.expect':
    '带 `Expect: 100-continue`、暂不发送正文的 POST 所得的响应：“100”、最终状态码，或在客户端等待的一秒内“没有响应”。帧：请求头与第一个响应。',
  'bodies.expect-too-large':
    '带 `Expect: 100-continue` 的 1 TB POST 以及其后的请求所得的响应（正文从未发送）：“100”“没有响应”，或最终状态码加上“关闭”“下一个请求得到响应”或“下一个请求无响应”。帧：请求头、各响应头，以及服务器的关闭。',
  'bodies.expect-http10':
    '带 `Expect: 100-continue` 且已发送正文的 HTTP/1.0 POST 所得的响应：先到达的中间状态码，或“最终响应”。没有响应时为“无”。帧：请求头与响应头。',
  'bodies.close':
    '客户端在收到最初的字节后停止读取 150 ms，带 `Connection: close` 的请求所得的大响应如何结束：“完整”“被 FIN 截断”“被 RST 截断”或“未完成”。帧：响应头、响应的最后字节，以及服务器的关闭。',
  'parsers.length': reads('带普通 `Content-Length` 的 POST', '读完', '未读正文'),
  'parsers.chunked': reads('带普通分块的 POST', '读完', '未读正文'),
  'parsers.length-beyond-chunks': reads('`Content-Length` 比分块更长的请求', 'Content-Length', 'Transfer-Encoding'),
  'parsers.length-within-chunks': reads('`Content-Length` 比分块更短的请求', 'Transfer-Encoding', 'Content-Length'),
  'parsers.lengths-equal': reads('分两行给出相同 `Content-Length` 的请求', '接受', '未读正文'),
  'parsers.lengths-differ': reads('带有两行 `Content-Length`、后一行为 0 的请求', '取第一个', '取最后一个'),
  'parsers.length-list': reads('在一个 `Content-Length` 中重复给出同一长度的请求', '接受', '未读正文'),
  'parsers.length-plus': reads('`Content-Length` 带加号的请求', '接受', '未读正文'),
  'parsers.length-minus': reads('`Content-Length` 带减号的请求', '接受', '未读正文'),
  'parsers.length-hex': reads('`Content-Length` 为十六进制的请求', '接受', '未读正文'),
  'parsers.coding-unknown': reads('带有 `Transfer-Encoding: xchunked` 与 `Content-Length` 的请求', 'Content-Length', 'Transfer-Encoding'),
  'parsers.coding-not-last': reads(
    '带有 `Transfer-Encoding: chunked, identity` 与 `Content-Length` 的请求',
    'Content-Length',
    'Transfer-Encoding',
  ),
  'parsers.coding-unknown-alone': reads('只带有 `Transfer-Encoding: xchunked` 的请求', 'Transfer-Encoding', '未读正文'),
  'parsers.coding-tab': reads(
    '`Transfer-Encoding` 的 `chunked` 前有制表符、同时带有 `Content-Length` 的请求',
    'Content-Length',
    'Transfer-Encoding',
  ),
  'parsers.coding-space': reads(
    '`Transfer-Encoding` 的冒号前有空格、同时带有 `Content-Length` 的请求',
    'Content-Length',
    'Transfer-Encoding',
  ),
  'parsers.coding-http10': reads('带有 `Transfer-Encoding` 与 `Content-Length` 的 HTTP/1.0 请求', 'Content-Length', 'Transfer-Encoding'),
  'parsers.chunk-overflow': reads('分块长度为 17 位数字（后 16 位表示 2）的请求', '读作 2', '未读正文'),
  'parsers.chunk-lf': reads('块扩展仅以 LF 结束的请求', '接受', '未读正文'),
  'parsers.chunk-lf-skipped': reads('块扩展中含有 LF 的请求', '接受', '未读正文'),
  'parsers.bare-cr': reads('其他字段行中 CR 之后带有 `Transfer-Encoding`、同时带有 `Content-Length` 的请求', '值的一部分', '视为行尾'),
  'parsers.folded': reads('其他字段的续行中带有 `Transfer-Encoding`、同时带有 `Content-Length` 的请求', '值的一部分', '独立字段'),
  'parsers.bare-lf': accepts('仅以 LF 换行的请求'),
  'parsers.space-colon': accepts('冒号前有空格的字段'),
  'parsers.nul': accepts('值中含有 NUL 的字段'),
  'parsers.empty-line': accepts('前面有一个空行的请求'),
  'parsers.absolute-form': accepts('目标为绝对形式而 `Host` 不同的请求'),
  'parsers.two-hosts': accepts('两个不同的 `Host` 行'),
  'parsers.no-host': accepts('没有 `Host` 的 HTTP/1.1 请求'),
  'limits.head': limit('请求头为 8,000 字节至 2 MB 的 GET，由每行 4,000 字节的字段行组成。'),
  'limits.head-refusal': refusal('请求头为 8,000 字节至 2 MB 的 GET，由每行 4,000 字节的字段行组成。'),
  'limits.line': limit('请求行为 8,000 至 64,000 字节的 GET。'),
  'limits.line-refusal': refusal('请求行为 8,000 至 64,000 字节的 GET。'),
  'limits.fields': limit('除 Host 外另有 90、190 与 990 个短字段行的 GET。'),
  'limits.fields-refusal': refusal('除 Host 外另有 90、190 与 990 个短字段行的 GET。'),
  'starvation.accept-ms':
    '新连接上的第一个响应，比同一连接上同一页面的第二个响应多用的时间：取三条连接的中位数。服务器每次响应后都关闭时不给出取值。帧：中位数连接上两次交互的报文头。',
  'starvation.beside-one-ms': beside('另有一条从未发送任何内容的连接'),
  'starvation.beside-many-ms': beside('另有十六条连接（八条从未发送任何内容，八条只发了一半请求头）'),
  'starvation.beside-reader-ms': beside('另有客户端请求了却不读取的下载'),
  'shutdown.idle':
    '服务器被要求停止时如何关闭空闲连接：FIN、RST，或“仍打开”（抓包结束前没有关闭）。仅当它在停止之前没有关闭该连接时给出。帧：最后的载荷与关闭。',
  'shutdown.idle-s': `服务器被要求停止多久之后关闭空闲连接：从停止信号（其时间记录在抓包中）到首个 FIN 或 RST。${STILL_OPEN}帧：最后的载荷与关闭。`,
  'shutdown.process-s':
    '服务器进程在停止信号多久之后结束：两个时间都记录在抓包中。“仍未关闭”：抓包结束时进程仍在运行，随后由测试框架终止。帧：两个时间之后各自的第一帧。',
  'shutdown.next-request': `服务器被要求停止 0.4 s 之后，在空闲连接上发出的请求的结果：${AFTER_STOP}服务器此时已关闭连接则不给出取值。帧：请求头、响应头与关闭。`,
  'shutdown.half-head': `服务器被要求停止时只发出一半请求头的请求（连接仍打开则随后发出其余部分）的结果：${AFTER_STOP}帧：请求头、响应头与关闭。`,
  'shutdown.half-body': `服务器被要求停止时已发出请求头与一半正文的 POST（连接仍打开则随后发出其余部分）的结果：${AFTER_STOP}停止之前已得到响应则不给出取值。帧：请求头、响应头与关闭。`,
  'shutdown.silent':
    '服务器被要求停止时如何关闭从未发送任何内容的连接：FIN、RST，或“仍打开”（抓包结束前没有关闭）。帧：握手的最后一帧与关闭。',
  'shutdown.new-connection':
    '服务器被要求停止约半秒之后，新建的连接及其请求的结果：“拒绝”（SYN 得到的回应是 RST）、“已响应”“已关闭”（接受后未响应即关闭），或“仍打开”（抓包结束前没有任何动作）。帧：SYN、报文头与关闭。',
  'shutdown.busy':
    '服务器被要求停止时正在进行的下载的结果：“已完成”“被 FIN 截断”“被 RST 截断”“以 FIN 结束”（正文没有长度，可能不完整），或“仍打开”（抓包结束时尚未完成）。仅当停止之前尚未完成时给出。帧：响应头、响应的最后字节，以及关闭。',
  'trap.unsolicited-response':
    '第一个不对应任何请求的响应的状态码（例如服务器关闭空闲连接之前发出的 408），且客户端发送的全部内容都在抓包中；没有时为“无”。',
  'trap.synack-retransmitted':
    '服务器的内核是否再次发送了 SYN-ACK（是或否）：启用延迟接受（deferred accept）时，内核在数据到达之前忽略客户端的 ACK；否则说明有数据包丢失。',
  'trap.duplicate-date': '是否有响应带有不止一个 `Date` 行：是或否。',
  'trap.validator-changed-by-compression':
    '同一目标在有内容编码与没有内容编码时，`ETag` 是否不同（或缺失）：是或否。仅当抓包中两者都有时给出。',
  'trap.server-keepalive-probes': '服务器是否发送了 TCP 保活探测：是或否。',
  'trap.self-request':
    '服务器是否向自己发送了请求（是或否）：User-Agent 中带有“internal dummy connection”的 `OPTIONS *`（Apache）。这样的请求并非来自客户端。',
  'proxy.request-version': '代理向服务器发送请求所用的 HTTP 版本；有多种时取最多的一种。帧：这些请求头。',
  'proxy.upstream-reuse': '代理发给服务器的请求数除以承载它们的连接数：不保持连接时为 1。帧：每条连接上的第一个请求。',
  'proxy.upstream-closed-by':
    '代理与服务器之间的连接，其首个 FIN 或 RST 由谁发出：代理、服务器，或观察时间内“无”；情况不一时取最多的一种。帧：这些 FIN 与 RST。',
  'proxy.added-request-fields': fields('服务器在请求中收到、而客户端没有发送的字段'),
  'proxy.removed-request-fields': fields('客户端在请求中发送、而服务器没有收到的字段'),
  'proxy.changed-request-fields': fields('请求中两段连接上都有、但值不同的字段'),
  'proxy.added-response-fields': fields('客户端在响应中收到、而服务器没有发送的字段'),
  'proxy.removed-response-fields': fields('服务器在响应中发送、而客户端没有收到的字段'),
  'proxy.changed-response-fields': fields('响应中两段连接上都有、但值不同的字段'),
  'proxy.response-framing':
    '响应的结束方式在服务器一段与客户端一段上不同时，两者各是什么，写作 `close > chunked`；没有不同时为“保持”。帧：首个出现不同的响应在两段连接上的响应头，否则为第一个响应的。',
  'proxy.answered-itself': '代理没有向服务器询问、自行响应的客户端请求数。帧：这些响应头。',
  'proxy.conditions': passed('条件请求的条件'),
  'proxy.ranges': passed('范围请求的范围'),
  'proxy.repeated': '代理向服务器发送了不止一次的客户端请求数。帧：每一次发送。',
};
