/** Chinese (simplified), in the terms that network engineers use. Names of headers, states and flags stay as on the wire. */
import { grouped } from '../../system/grouped.ts';
import type { CookieFault } from '../rules/forms.ts';
import type { PartFault } from '../rules/ranges.ts';
import { SETTINGS_ZH } from './settings-zh.ts';
import type { FindingWords, Language } from './words.ts';

const of = (target: string): string => (target === '' ? '响应' : `${target} 的响应`);

/** 浏览器拒绝 Cookie 的原因。 */
const COOKIE_FAULTS: Readonly<Record<CookieFault, string>> = {
  'no-name': '既没有名称也没有值',
  'same-site-none': 'SameSite=None 缺少 Secure',
  'secure-prefix': '以 __Secure- 开头的名称需要 Secure',
  'host-prefix': '以 __Host- 开头的名称需要 Secure 和 Path=/，且不能有 Domain',
};

/** 某一部分的错误。 */
const PART_FAULTS: Readonly<Record<PartFault, string>> = {
  'no-empty-line': '头部与内容之间没有空行，或头部中有一行不是字段。',
  'early-empty-line': '头部之前有一个空行，头部因此成为内容。',
  'no-content-range': '没有有效的 Content-Range。',
  'other-length': '内容长度与 Content-Range 不符。',
  'other-bytes': '字节与文件该处的内容不同。',
  'not-asked': '不在所请求的范围之内。',
  'not-closed': '末尾没有结束边界。',
  'no-part': '内容中没有以 Content-Type 所给边界开始的部分：没有以 "--" 加该边界、并以 CRLF 结束的行。',
  'no-boundary': 'Content-Type 没有给出 boundary。',
};

const findings: FindingWords = {
  'framing.content-length-long': {
    title: 'Content-Length 大于正文',
    seen: ({ target, length, sent }) => `${of(target)}声明 Content-Length: ${length}；服务器只发送 ${grouped(sent)} 字节就关闭了连接。`,
    consequence: '浏览器报告下载不完整（ERR_CONTENT_LENGTH_MISMATCH），客户端丢弃或重试，缓存不得将其作为完整响应保存。',
    remedy: '按实际发送的字节数（压缩和编码之后）计算 Content-Length，或去掉它而使用 chunked。',
  },
  'framing.content-length-short': {
    title: '响应长度之后还有字节',
    seen: ({ target, status }) => `${target} 的 ${status} 响应结束后，连接上还有不构成报文的字节。`,
    consequence: '客户端会把这些字节当作下一个响应：请求失败，或之后所有响应错位（响应拆分）。',
    remedy: 'Content-Length 应为实际写出内容的字节数而不是字符数，之后不要再写任何内容。',
  },
  'framing.body-never-ends': {
    title: '正文的其余部分始终没有到达',
    seen: ({ target, length, sent, waited }) =>
      `${of(target)}声明 Content-Length: ${length}；收到 ${grouped(sent)} 字节后，连接仍打开，但 ${waited} 秒内再无数据。`,
    consequence: '页面或下载挂起直到超时；该连接不能用于其他请求。',
    remedy: '按 Content-Length 发送足够的字节；数据源中途失败时关闭连接。',
  },
  'framing.no-last-chunk': {
    title: '分块正文没有结束',
    seen: ({ target, sent, instead, lacks }) =>
      `${of(target)}使用 chunked；发送 ${grouped(sent)} 字节${lacks === 'last-chunk' ? '' : '和最后一块（0）'}后${
        instead === 'close' ? '服务器关闭连接' : '下一个响应开始'
      }，没有${lacks === 'last-chunk' ? '最后一块（0）' : '结束正文的空行'}。`,
    consequence: '客户端无法区分正常结束与连接中断：浏览器报告 ERR_INCOMPLETE_CHUNKED_ENCODING，代理返回 502 或截断页面。',
    remedy: '关闭连接前正常结束响应（写出最后一块及其后的空行）；检查写正文时是否有异常。',
  },
  'framing.end-missing': {
    title: '响应没有结束',
    seen: ({ target, sent, waited, framing }) =>
      `${of(target)}（定界方式：${framing}）已有 ${grouped(sent)} 字节；之后 ${waited} 秒内既没有结束标志，也没有关闭连接。`,
    consequence: '客户端一直等待其余部分：页面持续加载直到超时。',
    remedy: '发送 Content-Length 或最后一块，或在响应结束时关闭连接。事件流应使用 text/event-stream。',
  },
  'framing.end-by-timer': {
    title: '响应只靠空闲计时器结束',
    seen: ({ target, status, waited }) =>
      `${target} 的 ${status} 响应没有 Content-Length，不分块，也没有 Connection: close；最后一个字节之后 ${waited} 秒，服务器才关闭连接。`,
    consequence: '这样的响应只以关闭为结束：客户端每次都要等到那时，连接也无法再用。',
    remedy: '发送 Content-Length 或分块，或发送 Connection: close 并在响应结束时关闭。',
  },
  'framing.204-body': {
    title: '204 带有正文',
    seen: ({ target }) => `${target} 的 204 响应头之后还有字节。`,
    consequence: '204 到响应头为止：客户端会把这些字节当作该连接上的下一个响应。',
    remedy: '状态为 204 时不要写内容，或改用 200。',
  },
  'framing.205-body': {
    title: '205 带有内容',
    seen: ({ target, bytes: count }) => `${target} 的 205 响应带有 ${grouped(count)} 字节的内容。`,
    consequence: '205 要求客户端重置表单，没有内容：客户端会丢弃它，有的把它当作下一个响应。',
    remedy: '以 Content-Length: 0 发送 205；有内容时改用 200。',
  },
  'framing.304-body': {
    title: '304 带有正文',
    seen: ({ target }) => `${target} 的 304 响应头之后还有字节。`,
    consequence: '304 到响应头为止：客户端会把这些字节当作该连接上的下一个响应。',
    remedy: '状态为 304 时不要写内容。',
  },
  'framing.head-body': {
    title: 'HEAD 的响应带有正文',
    seen: ({ target, status }) => `HEAD ${target} 的 ${status} 响应头之后还有字节。`,
    consequence: 'HEAD 的响应到响应头为止：客户端会把这些字节当作该连接上的下一个响应。',
    remedy: '按 GET 处理 HEAD，但不发送内容。',
  },
  'framing.204-length': {
    title: '没有内容的响应带有长度',
    seen: ({ status, value }) => `${status} 响应带有 Content-Length: ${value}。`,
    consequence: '有些客户端和代理会等待不存在的内容，或把下一个响应当作内容。',
    remedy: '1xx 和 204 响应中不要有 Content-Length。',
  },
  'framing.204-transfer-encoding': {
    title: '没有内容的响应带有 Transfer-Encoding',
    seen: ({ status, value }) => `${status} 响应带有 Transfer-Encoding: ${value}。`,
    consequence: '有些客户端和代理会等待不存在的分块，或把下一个响应当作分块。',
    remedy: '1xx 和 204 响应中不要有 Transfer-Encoding。',
  },
  'framing.conflicting-lengths': {
    title: 'Content-Length 的值互相矛盾',
    seen: ({ detail }) => `响应有多个长度：${detail}。`,
    consequence: '客户端拒绝该响应（ERR_RESPONSE_HEADERS_MULTIPLE_CONTENT_LENGTH），代理返回 502；取不同值的解析器看到不同的响应。',
    remedy: '只在一处设置 Content-Length：应用或框架，不要两者都设。',
  },
  'framing.repeated-length': {
    title: 'Content-Length 出现两次',
    seen: ({ detail }) => `响应中 Content-Length 出现多次：${detail}。`,
    consequence: '即使值相同，接收方也可以将报文视为无效。',
    remedy: '只在一处设置 Content-Length。',
  },
  'framing.invalid-length': {
    title: 'Content-Length 不是数字',
    seen: ({ detail }) => `响应的 Content-Length 为 ${detail}。`,
    consequence: '无法知道响应在哪里结束：客户端关闭连接并丢弃，代理返回 502。',
    remedy: 'Content-Length 只能是十进制数字。',
  },
  'framing.length-with-transfer-encoding': {
    title: 'Content-Length 与 Transfer-Encoding 同时出现',
    seen: ({ detail }) => `响应同时带有：${detail}。`,
    consequence: '以 Transfer-Encoding 为准；按 Content-Length 解析的程序会读到另一个响应。代理可能将其视为响应走私而拒绝。',
    remedy: '只发送其中一个：chunked 响应去掉 Content-Length。',
  },
  'framing.chunked-to-http10': {
    title: '向 HTTP/1.0 客户端发送 Transfer-Encoding',
    seen: ({ coding, version }) => `对 HTTP/1.0 请求的响应（HTTP/${version}）带有 Transfer-Encoding: ${coding}。`,
    consequence:
      'HTTP/1.0 没有传输编码：客户端会把块长度当作内容，或找不到正文的结尾。影响旧代理和健康检查（nginx proxy_http_version 1.0、ab）。',
    remedy: '对 HTTP/1.0 使用 Content-Length，或以关闭连接结束正文。',
  },
  'framing.chunked-repeated': {
    title: 'chunked 出现两次',
    seen: ({ coding }) => `响应带有 Transfer-Encoding: ${coding}。`,
    consequence: '解析器对正文分块几次看法不一：nginx 返回 502（duplicate header line），有些客户端把块长度显示为内容。',
    remedy: 'Transfer-Encoding: chunked 只发送一次；服务器后面的应用应把它交给服务器。',
  },
  'framing.transfer-coding-unknown': {
    title: '不是 chunked 的传输编码',
    seen: ({ detail }) => `响应的最后一个传输编码不是 chunked：${detail}。`,
    consequence: '遵循 RFC 9112 的接收方读到连接关闭为止，另一些则按 Content-Length。若连接保持，前者永远等不到结束。',
    remedy: '去掉 Transfer-Encoding（identity 已不是编码），或使用 chunked。',
  },
  'framing.chunk-broken': {
    title: '分块损坏',
    seen: ({ detail }) => `分块正文无法继续读取：${detail}。`,
    consequence: '客户端报告 ERR_INVALID_CHUNKED_ENCODING 并丢弃响应；代理返回 502 或截断页面。',
    remedy: '块长度以十六进制写出，等于其后块的字节数，每块以 CRLF 结束；分块交给服务器处理。',
  },
  'framing.chunk-line-odd': {
    title: '块长度行含有多余字符',
    seen: ({ detail }) => `分块正文中：${detail}。`,
    consequence: '严格的客户端和代理停止读取；如果一方接受而另一方不接受，响应会错位。',
    remedy: '块长度行只写长度（以及分号后的扩展），并以一个 CRLF 结束。',
  },
  'framing.junk-before-status-line': {
    title: '状态行之前有多余字节',
    seen: ({ detail }) => `响应没有从状态行开始：${detail}。`,
    consequence: '严格的客户端和代理拒绝该响应。这些字节往往是前一个响应的结尾，其长度写小了。',
    remedy: '两个响应之间不写任何内容；Content-Length 应计入内容的全部字节，包括末尾的换行。',
  },
  'framing.bare-lf': {
    title: '行仅以 LF 结尾',
    seen: ({ detail }) => `响应中：${detail}。`,
    consequence: '严格的解析器（Node、HAProxy）拒绝该响应；对行尾看法不同的解析器看到不同的头部。',
    remedy: '头部的每一行以 CRLF 结尾。',
  },
  'framing.folded-line': {
    title: '头部折行',
    seen: ({ detail }) => `响应中：${detail}。`,
    consequence: '折行已废弃：Node 和若干代理拒绝该响应，另一些丢弃值的其余部分。',
    remedy: '把值写在一行；去掉配置中头部里的换行（Content-Security-Policy 中常见）。',
  },
  'framing.space-before-colon': {
    title: '冒号前有空格',
    seen: ({ detail }) => `响应中字段名 ${detail} 与冒号之间有空白。`,
    consequence: '有的接收方忽略该字段，有的接受，严格的（Node、作为代理的 nginx）拒绝整个响应。',
    remedy: '去掉字段名后的空白。',
  },
  'framing.field-line-broken': {
    title: '响应头中有不是字段的行',
    seen: ({ detail }) => `响应头中有无效的行：${detail}。`,
    consequence: '严格的客户端（Node、作为代理的 nginx）拒绝整个响应；其他的丢弃该行。',
    remedy: '去掉该行，或对值编码：值中不能有控制字符，名称只能用 token 字符。',
  },
  'framing.status-line': {
    title: '状态行损坏',
    seen: ({ line }) => `状态行为 "${line}"。`,
    consequence: '严格的客户端拒绝该响应，其他的猜测版本或状态。',
    remedy: '依次写出 "HTTP/1.1"、空格、100 到 599 的三位数字、空格、原因短语（可为空）。',
  },
  'framing.status-line-space': {
    title: '状态行的状态码后没有空格',
    seen: ({ line }) => `状态行 "${line}" 以状态码结束。`,
    consequence: '多数客户端接受；严格的解析器拒绝该响应。',
    remedy: '即使没有原因短语，状态码后也要写空格。',
  },
  'framing.no-status-line': {
    title: '收到的不是 HTTP 响应',
    seen: ({ method, target }) => `对 ${method} ${target}，服务器发送的字节不以状态行开始。`,
    consequence: '浏览器报告 ERR_INVALID_HTTP_RESPONSE，代理返回 502。',
    remedy: '在内容之前写状态行和头部；检查该端口是否为 HTTP（而不是 TLS 或其他协议）。',
  },
  'framing.trailer-forbidden': {
    title: '尾部字段中有属于头部的字段',
    seen: ({ target, name }) => `${of(target)}在最后一块之后的尾部字段中带有 ${name}。`,
    consequence: '接收方丢弃它：来得太晚，已无法遵循。把尾部字段并入头部的接收方，读到的报文与所发送的不同。',
    remedy: '把该字段放入头部，或去掉；尾部字段用于摘要、耗时一类的信息。',
  },
  'framing.head-large': {
    title: '响应头很大',
    seen: ({ target, bytes }) => `${target} 的响应头有 ${grouped(bytes)} 字节。`,
    consequence:
      'nginx 作为代理时返回 502（upstream sent too big header，默认上限 4 或 8 KB）；Node.js 客户端到 16 KB 为止（HPE_HEADER_OVERFLOW）。',
    remedy: '减少或缩短字段：检查 Cookie、Content-Security-Policy 以及调试、追踪字段。',
  },

  'connection.keep-alive-race': {
    title: '请求恰逢空闲连接关闭而丢失',
    seen: ({ method, target, idle, gap, gone, order }) =>
      gone === 'yes'
        ? `连接空闲 ${idle} 秒后发送了 ${method} ${target}；回应它的 RST 没有确认任何数据：服务器一侧已不再有这条连接。`
        : `服务器在空闲 ${idle} 秒后关闭连接；${method} ${target} ${order === 'after' ? `在关闭之后 ${gap} 毫秒才到` : `与关闭相差 ${gap} 毫秒`}，没有得到响应。`,
    consequence: '不可重复的请求（POST）报错；代理返回 502。偶尔发生，流量低时最多。',
    remedy: '服务器的空闲超时应大于其前面所有代理和客户端的空闲超时。',
  },
  'connection.head-timer-on-reuse': {
    title: '复用的连接在下一个请求的首批字节到达时被关闭',
    seen: ({ method, target, idle, after }) =>
      `空闲 ${idle} 秒后，${method} ${target} 开始发送；${after} 毫秒后服务器在只读到部分请求头时关闭连接。`,
    consequence: '空闲计时器并未到期：请求头计时器仍从上一个请求开始计时。复用连接上的请求会被重置，代理返回 502。',
    remedy: '请求头超时应大于空闲超时，或在每个请求开始时重新计时。',
  },
  'connection.closed-instead-of-answering': {
    title: '不返回响应就关闭连接',
    seen: ({ method, target, how, came, waited }) =>
      came === 'yes'
        ? `收到 ${method} ${target} 后，服务器在 ${waited} 秒后以 ${how} 关闭，没有响应。`
        : `服务器接受了 ${method} ${target} 的连接，却在请求到达之前就以 ${how} 关闭。`,
    consequence: '浏览器报告 ERR_EMPTY_RESPONSE 或 ERR_CONNECTION_RESET，代理返回 502。',
    remedy: '查看服务器此时的日志：崩溃、工作进程被杀死或达到限制。关闭前应返回状态码（500、503）。',
  },
  'connection.reset-in-response': {
    title: '响应被重置中断',
    seen: ({ target, sent }) => `${of(target)}在 ${grouped(sent)} 字节后被服务器重置（RST）。`,
    consequence: '下载损坏；已发送的字节也可能随之丢失。',
    remedy: '优雅关闭：结束响应，关闭发送方向，读到客户端关闭为止，然后才关闭套接字。',
  },
  'connection.upload-reset': {
    title: '响应上传之后又重置连接',
    seen: ({ status, method, bytes }) =>
      `${method} 的正文（已见 ${grouped(bytes)} 字节）还在发送时，服务器就返回 ${status}，随后重置连接。`,
    consequence: '重置可能在客户端读取之前毁掉响应：用户看到的是连接错误而不是状态码。',
    remedy: '关闭前读取并丢弃其余正文（有上限），或分阶段关闭。',
  },
  'connection.reset-after-response': {
    title: '响应之后立即重置',
    seen: ({ target, bytes, ms }) => `${target} 的响应（${grouped(bytes)} 字节）之后 ${ms} 毫秒，服务器重置连接而不是正常关闭。`,
    consequence: '重置会丢弃客户端尚未读取的数据：在慢速路径上响应的末尾会丢失。',
    remedy: '优雅关闭：结束响应，关闭发送方向，并读到客户端关闭为止。',
  },
  'connection.idle-reset': {
    title: '重置空闲连接',
    seen: ({ idle }) => `连接空闲 ${idle} 秒后，服务器以重置（RST）而不是 FIN 结束它。`,
    consequence: '客户端会当作故障，尚未读取的数据也会丢失。',
    remedy: '用 FIN 关闭空闲连接。',
  },
  'connection.client-close-ignored': {
    title: '客户端关闭后服务器仍保留连接',
    seen: ({ waited }) => `所有请求都已响应，客户端发出 FIN ${waited} 秒之后，服务器仍未关闭自己的一侧。`,
    consequence: '这样的连接停留在 CLOSE-WAIT，各占一个文件描述符，直到服务器耗尽（EMFILE）。',
    remedy: "读到流的末尾时关闭套接字；Node.js 设置了 allowHalfOpen 时，在 'end' 事件中关闭。",
  },
  'limits.one-blocks-all': {
    title: '一条静默连接就能阻塞服务器',
    seen: ({ waited, alone }) => `另有一条从未发送数据的连接时，请求等待响应 ${waited}；单独请求只需 ${alone} 毫秒。`,
    consequence:
      '一个客户端打开连接而不发送任何内容，其他人就无法访问网站。浏览器会预先打开这种连接：第二个用户或第二个标签页就会看到页面一直加载。',
    remedy: '并发地处理连接（线程、工作进程或事件循环），或在前面放置会缓冲请求的代理。',
  },
  'limits.reader-blocks-all': {
    title: '一个读取缓慢的客户端就能阻塞服务器',
    seen: ({ waited, alone }) => `另有一个不读取下载内容的客户端时，请求等待响应 ${waited}；单独请求只需 ${alone} 毫秒。`,
    consequence: '慢速网络上的一次下载，会在整个下载期间让其他人无法访问网站。',
    remedy: '并发地处理连接（线程、工作进程或事件循环），或在前面放置会缓冲响应的代理。',
  },
  'limits.few-block-all': {
    title: '少量静默连接就能阻塞服务器',
    seen: ({ waited, alone, count }) =>
      `另有 ${count} 条不发数据或只发了一半请求头的连接时，请求等待响应 ${waited}；单独请求只需 ${alone} 毫秒。`,
    consequence: '缓慢或空闲的客户端只要达到工作线程的数量，其他人就无法访问网站（Slowloris）；保持空闲连接的浏览器和代理就足够了。',
    remedy: '让空闲连接在事件循环中等待，增加工作线程，为请求头设置超时，或在前面放置会缓冲请求的代理。',
  },
  'limits.few-delay-others': {
    title: '静默连接拖慢其他请求',
    seen: ({ waited, alone, count }) =>
      `另有 ${count} 条不发数据或只发了一半请求头的连接时，请求等待响应 ${waited}；单独请求只需 ${alone} 毫秒。`,
    consequence: '每条静默连接占用一个工作进程：其他请求要等服务器启动更多进程，而进程数量有上限。',
    remedy: '让空闲连接在事件循环中等待，或预留更多空闲的工作进程。',
  },
  'limits.slow-accept': {
    title: '新连接等待很久才得到服务',
    seen: ({ ms, count }) => `在 ${count} 条新连接上，第一个响应比同一连接上同一页面的第二个响应多用 ${ms} 毫秒（中位数）。`,
    consequence: '每个新访客以及页面的每条连接都要等待：服务器接受连接太晚，或为每条连接做缓慢的工作。',
    remedy: '查找阻塞 accept 循环的原因：同步操作、对每条连接的域名反查、为每条连接创建进程；让更多工作进程接受连接。',
  },
  'limits.head-unlimited': {
    title: '请求头没有大小限制',
    seen: ({ size, status }) => `${size} 字节的请求头被接受，并返回 ${status}。`,
    consequence: '请求尚未完整，每个客户端就能让服务器占用任意多的内存：几条连接就足以耗尽内存。',
    remedy: '为请求头设置上限（通常为 8 到 64 KB），超过时返回 431。',
  },
  'limits.refused-silently': {
    title: '过大的请求没有得到响应',
    seen: ({ size, what, how }) =>
      `${what === 'fields' ? `含 ${size} 行头部字段` : what === 'line' ? `请求行为 ${size} 字节` : `请求头为 ${size} 字节`}的请求没有得到状态码：${how === 'no answer' ? '没有响应' : how}。`,
    consequence: '客户端无从得知原因：浏览器显示连接错误，代理返回 502。较大的 Cookie 就足以触发。',
    remedy: '先返回 431（Request Header Fields Too Large）、414（URI Too Long）或 400，再关闭连接。',
  },
  'limits.request-line-short': {
    title: '拒绝 8,000 字节的请求行',
    seen: ({ size, how }) => `约 ${size} 字节的请求行被拒绝：${how === 'no answer' ? '没有响应' : how}。`,
    consequence: '较长的 URL（搜索条件、签名链接、单点登录）会失败；RFC 建议收发双方至少支持 8,000 个八位字节。',
    remedy: '把请求行的上限提高到 8,000 字节或更多。',
  },
  'limits.refusal-reset': {
    title: '拒绝过大的请求头后重置连接',
    seen: ({ size, status }) => `大小为 ${size} 的请求得到 ${status}，其余部分尚未读取，连接就被重置（RST）。`,
    consequence: '重置可能在客户端读取之前销毁响应：客户端看到的是连接错误，而不是状态码。',
    remedy: '分步关闭：发送响应，关闭发送方向，继续读取片刻，最后再关闭套接字。',
  },
  'shutdown.download-cut': {
    title: '停止服务器时下载被截断',
    seen: ({ target, sent, how, after }) =>
      `要求服务器停止时，${target} 的响应仍在发送；${after} 秒后，已发出 ${grouped(sent)} 字节的响应被 ${how} 截断。`,
    consequence: '每次部署或重启都会打断正在发送的响应：下载不完整、页面残缺，代理返回 502。',
    remedy: '收到停止信号后，先停止接受新连接，等已开始的响应发送完毕，再退出（优雅停机）。',
  },
  'shutdown.request-dropped': {
    title: '停止服务器时请求被丢弃',
    seen: ({ method, target, how, after }) =>
      `要求服务器停止时，${method} ${target} 仍在处理中；${after} 秒后连接以 ${how} 结束，没有响应。`,
    consequence: '每次部署或重启都有请求失败；不能重复的请求（POST）会让用户看到错误，或由代理返回 502。',
    remedy: '收到停止信号后，先停止接受新连接，对已开始的请求返回带 Connection: close 的响应，再退出。',
  },
  'shutdown.ignored': {
    title: '停止信号不起作用',
    seen: ({ signal, watched }) => `收到 ${signal} ${watched} 秒后，进程仍在运行，并对新连接上的请求返回响应。`,
    consequence: '服务管理器或容器运行时会等到宽限期（通常 10 到 90 秒）结束，然后强制终止进程，请求因此被截断。',
    remedy: '在服务器中处理该信号；由 shell 或 npm 启动时用 exec，使信号到达服务器进程本身。',
  },
  'shutdown.idle-kept': {
    title: '空闲连接拖住停机',
    seen: ({ signal, kept, ran }) => `收到 ${signal} 后，空闲连接仍保持 ${kept}，进程仍运行 ${ran}。`,
    consequence: '进程在等待没有请求的客户端，而这些连接上的新请求仍会到达：浏览器或代理可以一直拖住它，直到它被强制终止。',
    remedy: '收到停止信号后，立即关闭空闲连接，并对仍在处理的请求返回带 Connection: close 的响应。',
  },
  'shutdown.unused-kept': {
    title: '未用过的连接拖住停机',
    seen: ({ signal, kept, ran }) => `收到 ${signal} 后，从未发送数据的连接仍保持 ${kept}，进程仍运行 ${ran}。`,
    consequence: '浏览器和负载均衡器会预先打开连接：进程一直等待它们，直到被强制终止。',
    remedy: '收到停止信号后，关闭没有请求的连接，或在几秒后结束进程。',
  },
  'shutdown.close-not-said': {
    title: '最后的响应没有 Connection: close',
    seen: ({ method, target, after }) =>
      `停止信号之后对 ${method} ${target} 的响应没有 Connection: close；服务器在 ${after} 秒后关闭连接。`,
    consequence: '客户端以为连接还能使用，下一个请求可能在关闭中丢失。',
    remedy: '停机期间，在每个响应中发送 Connection: close。',
  },
  'shutdown.idle-reset': {
    title: '停止服务器时空闲连接被重置',
    seen: ({ after }) => `停止信号 ${after} 秒后，服务器用 RST 关闭空闲连接，而 FIN 已经足够。`,
    consequence: '客户端尚未读取的数据会随重置一起丢弃。',
    remedy: '用 FIN 关闭空闲连接。',
  },
  'exchange.unanswered': {
    title: '请求没有得到响应',
    seen: ({ method, target, waited }) => `${method} ${target} 在 ${waited} 秒后仍没有响应。`,
    consequence: '用户等到超时；连接被占用。',
    remedy: '检查应用在等什么（锁、数据库、其他服务），并设置时限。',
  },
  'exchange.never-acknowledged': {
    title: '请求始终没有得到确认',
    seen: ({ method, target, times, during, idle }) =>
      `${Number(idle) > 0 ? `连接空闲 ${idle} 秒之后，` : ''}${method} ${target} 在 ${during} 秒内发送了 ${times} 次，始终没有得到确认。`,
    consequence: '请求没有到达，或者没有任何数据返回：客户端一直等到放弃，往往要几分钟。',
    remedy:
      '先查服务器之前的路径：NAT、防火墙或负载均衡会丢弃空闲时间超过其自身超时的连接。应更早关闭空闲连接，或更频繁地发送 TCP keep-alive；否则检查主机是否在线。',
  },
  'connection.refused': {
    title: '连接被拒绝',
    seen: ({ address, port }) => `${address} 端口 ${port} 以重置回应 SYN。`,
    consequence: '客户端无法连接该地址；有多个地址的客户端会尝试下一个。',
    remedy: '启动监听该地址和端口的程序（IPv4 和 IPv6），或从 DNS 中去掉该地址。',
  },
  'connection.syn-unanswered': {
    title: 'SYN 没有回应',
    seen: ({ address, port, count, waited }) => `${address} 端口 ${port} 在 ${waited} 秒内没有回应 ${grouped(count)} 个 SYN。`,
    consequence: '客户端要等待长达两分钟的超时。',
    remedy: '检查防火墙、地址和路由；检查服务器的监听队列是否已满。',
  },
  'connection.keep-alive-said-and-closed': {
    title: '声明 keep-alive 却关闭',
    seen: ({ requests, ms, how }) => `${requests} 个请求之后，响应声明保持连接；服务器却在 ${ms} 毫秒后以 ${how} 关闭。`,
    consequence: '客户端的下一个请求会遇上关闭：请求丢失或须重发。',
    remedy: '在连接的最后一个响应中发送 Connection: close，或保持连接。',
  },
  'connection.closed-without-saying': {
    title: '没有 Connection: close 就关闭',
    seen: ({ requests, ms, how }) => `连接的第 ${requests} 个响应没有声明关闭，服务器却在 ${ms} 毫秒后以 ${how} 关闭。`,
    consequence: 'HTTP/1.1 客户端认为连接可用，下一个请求可能遇上关闭。',
    remedy: '在连接的最后一个响应中发送 Connection: close。',
  },
  'connection.close-said-and-kept': {
    title: '声明 Connection: close 却保持连接',
    seen: ({ how }) =>
      how === 'answered'
        ? '响应声明 Connection: close，服务器却在同一连接上继续响应后来的请求。'
        : `响应声明 Connection: close，服务器却保持连接 ${how}。`,
    consequence: '等待关闭的客户端挂起；无人使用的连接一直打开。',
    remedy: '声明关闭的响应之后关闭连接，或去掉该选项。',
  },
  'connection.close-ignored': {
    title: '忽略请求中的 Connection: close',
    seen: ({ how }) =>
      how === 'answered'
        ? '请求声明 Connection: close，服务器却在同一连接上继续响应后来的请求。'
        : `请求声明 Connection: close，服务器却保持连接 ${how}。`,
    consequence: '读到关闭为止的客户端（脚本、健康检查）挂起直到空闲超时。',
    remedy: '请求声明 close 时，响应之后关闭连接，并在响应中重复 Connection: close。',
  },
  'connection.closed-before-advertised': {
    title: '早于通告的时间关闭',
    seen: ({ named, idle }) => `Keep-Alive: timeout=${named}，服务器却在空闲 ${idle} 秒后关闭。`,
    consequence: '相信该值的客户端会把请求发到正在关闭的连接上而丢失。',
    remedy: '通告的时间应小于实际超时。',
  },
  'connection.one-at-a-time': {
    title: '一条连接阻塞另一条',
    seen: ({ target, waited, other }) => `${target} 的响应在 ${waited} 秒后、静默连接 #${other} 刚关闭时到达。`,
    consequence: '服务器一次只服务一条连接：一个空闲或缓慢的客户端会阻塞所有其他客户端。',
    remedy: '使用能同时服务多条连接的服务器或工作进程类型（线程或事件循环），或在前面放置缓冲代理。',
  },
  'pipelining.dropped': {
    title: '流水线请求被丢弃',
    seen: ({ method, target, count, waited }) =>
      `${method} ${target} 之前的 ${grouped(count)} 个请求都得到响应；它在 ${waited} 秒内没有响应，连接仍然打开。`,
    consequence: '客户端白等。使用流水线的代理和库会挂起，两个请求同处一个报文段的客户端也是如此。',
    remedy: '保留一个请求之后已读取的数据，并作为下一个请求解析；无法响应时关闭连接。',
  },
  'exchange.repeated-after-loss': {
    title: '请求在另一连接上重发',
    seen: ({ method, target, other, status }) => `${method} ${target} 没有得到响应，在连接 #${other} 上重发（响应：${status}）。`,
    consequence: '用户只看到延迟；非幂等的请求可能执行了两次。',
    remedy: '查看第一个请求为何丢失。',
  },
  'exchange.aborted-by-client': {
    title: '客户端在响应完成前离开',
    seen: ({ method, target, bytes, how }) => `${method} ${target} 期间，收到响应 ${grouped(bytes)} 字节后，客户端以 ${how} 关闭。`,
    consequence: '用户离开页面或播放器跳转时很常见；否则是客户端超时。',
    remedy: '不频繁则无须处理；频繁时与客户端或代理的超时比较。',
  },
  'exchange.unsolicited-response': {
    title: '没有请求的响应',
    seen: ({ status }) => `服务器发送了没有请求的 ${status}。`,
    consequence: '关闭空闲连接前的 408 很常见；客户端可能将其当作下一个请求的响应。',
    remedy: '关闭空闲连接时不发送响应。',
  },

  'exchange.answered-twice': {
    title: '一个请求得到两个响应',
    seen: ({ method, target, first, second }) => `${method} ${target} 得到 ${first}，紧接着又得到 ${second}；连接保持打开。`,
    consequence: '客户端把第二个当作下一个请求的响应：此后每个请求都得到别的请求的响应。',
    remedy: '发出第一个响应后就停止：从处理函数返回，只由一层来响应。',
  },
  'body.becomes-request': {
    title: '未读的正文成了下一个请求',
    seen: ({ before, bytes, next, status }) =>
      next === ''
        ? `${before} 带有 ${grouped(bytes)} 字节正文；在对它的响应之后，又来了一个没有请求与之对应的响应（${status}）：服务器把正文当成了请求。`
        : `${before} 带有 ${grouped(bytes)} 字节正文，之后该连接上的下一个请求（${next}）得到 ${status}：服务器把正文当成了它的开头。`,
    consequence: '同一代理连接上其他用户的请求失败，正文可以夹带请求。',
    remedy: '读完每个请求的整个正文（拒绝时也一样），或关闭连接。',
  },
  'connection.upload-cut': {
    title: '上传被中断而没有响应',
    seen: ({ method, bytes, how }) => `${method} 发送途中（已见 ${grouped(bytes)} 字节正文），服务器未作响应即以 ${how} 关闭。`,
    consequence: '客户端只看到连接错误，不知原因，会重新发送整个正文。',
    remedy: '先返回状态码（413、408、405），在限度内读掉继续到来的数据，然后再关闭。',
  },
  'expect.100-after-response': {
    title: '最终响应之后才发送 100 Continue',
    seen: ({ status }) => `带有 Expect: 100-continue 的请求已得到 ${status}，此后又来了 100。`,
    consequence: '该 100 占据下一个响应的位置：复用连接的客户端或代理可能把它当作下一个请求的响应，或断开连接。',
    remedy: '仅在尚未发送最终响应时发送 100。',
  },
  'expect.100-twice': {
    title: '多次发送 100 Continue',
    seen: ({ count }) => `对一个请求发送了 ${grouped(count)} 个 100 响应。`,
    consequence: '客户端应能忽略任意多个，但有的客户端会为每个 100 发送正文，或就此停住。',
    remedy: '由服务器或应用之一发送，不要两者都发。',
  },
  'expect.interim-to-http10': {
    title: '对 HTTP/1.0 发送临时响应',
    seen: ({ status }) => `HTTP/1.0 请求在最终响应之前得到 ${status}。`,
    consequence: 'HTTP/1.0 客户端不认识临时响应，会把它当作响应。',
    remedy: '忽略 HTTP/1.0 请求中的 Expect，不向其发送 1xx。',
  },
  'expect.next-request-lost': {
    title: '拒绝上传后，连接仍在等待其正文',
    seen: ({ status, method }) =>
      `对 Expect: 100-continue 的响应是 ${status}，且没有 Connection: close；客户端没有发送正文，其下一个请求（${method}）没有得到响应。`,
    consequence: '服务器把下一个请求当作正文。复用该连接的客户端（包括某些代理）会一直等待。',
    remedy: '以最终响应代替 100 时，带上 Connection: close 并关闭连接。',
  },

  'range.content-range-missing': {
    title: '206 没有 Content-Range',
    seen: ({ target }) => `${target} 的 206 响应没有 Content-Range。`,
    consequence: '客户端不知道得到的是哪一部分：续传和媒体播放失败。',
    remedy: '每个单部分的 206 都发送 Content-Range，或返回 200。',
  },
  'range.content-range-invalid': {
    title: 'Content-Range 无法解析',
    seen: ({ range }) => `206 的 Content-Range 是 ${range}。`,
    consequence: '客户端不知道得到的是哪一部分：续传和媒体播放失败。',
    remedy: '依次写单位、空格、首末位置、斜杠和总长度："bytes 0-9/1234"。',
  },
  'range.content-range-wrong': {
    title: 'Content-Range 与内容不符',
    seen: ({ range, bytes }) => `Content-Range: ${range}，内容却有 ${grouped(bytes)} 字节。`,
    consequence: '各部分拼接时出现空缺或重叠：续传的文件损坏。',
    remedy: 'Content-Range 的末位置是包含在内的：从 0 起的十个字节是 "bytes 0-9"。',
  },
  'range.other-than-asked': {
    title: '返回的不是所请求的范围',
    seen: ({ asked, sent }) =>
      asked === '-' ? `没有 Range 的请求得到 206（Content-Range: ${sent}）。` : `Range: ${asked} 得到 Content-Range: ${sent}。`,
    consequence: '客户端把错误的字节写入文件，或报错。',
    remedy: '以 206 返回所请求的范围；没有任何这样的字节时返回 416；或以 200 返回全部。',
  },
  'range.total-wrong': {
    title: 'Content-Range 中的总长度错误',
    seen: ({ target, total, bytes }) => `${target} 的 Content-Range 声明总长度 ${total}，完整内容却有 ${grouped(bytes)} 字节。`,
    consequence: '播放器和下载工具请求不存在的部分，或过早停止。',
    remedy: '斜杠之后写完整表示的长度。',
  },
  'range.bytes-wrong': {
    title: '部分内容的字节错误',
    seen: ({ target, range, at }) => `${target} 的部分内容（Content-Range: ${range}）在第 ${at} 字节处与完整内容不同。`,
    consequence: '续传的下载或跳转后的视频损坏。',
    remedy: '发送 Content-Range 所写位置上的字节。',
  },
  'range.of-coded-content': {
    title: '先取范围再编码',
    seen: ({ coding, range }) => `206 带有 Content-Encoding: ${coding}，其 Content-Range（${range}）却按未编码的内容计算。`,
    consequence: '范围按编码后的字节计算：拼接这些部分得到无法解码的文件。',
    remedy: '不要压缩 206 响应，或在压缩时忽略 Range。',
  },
  'range.multipart-broken': {
    title: 'multipart/byteranges 的部分格式错误',
    seen: ({ part, fault }) => (part === 0 ? PART_FAULTS[fault] : `第 ${part} 部分：${PART_FAULTS[fault]}`),
    consequence: '客户端丢失该部分，或把错误的字节写入文件。',
    remedy: '每一部分依次写边界、Content-Type 与 Content-Range、空行、该范围的字节；末尾写带 "--" 的边界。',
  },
  'range.multipart-for-one': {
    title: '单个范围得到 multipart/byteranges',
    seen: ({ asked }) => `Range: ${asked} 只请求一个范围，得到的 206 却分成多个部分。`,
    consequence: '只请求一个范围的客户端会把边界和各部分的头部当作文件的字节。',
    remedy: '对单个范围回应自身带有 Content-Range、不分部分的 206。',
  },
  'range.multipart-content-range': {
    title: '多部分响应带有 Content-Range',
    seen: ({ range }) => `multipart/byteranges 的 206 在自己的响应头中带有 Content-Range: ${range}。`,
    consequence: '先看该字段的客户端会把各部分的分隔符和头部当作文件的字节。',
    remedy: '在每个部分的头部发送 Content-Range，而不是在响应头中。',
  },
  'range.etag-differs': {
    title: '部分与整体的 ETag 不同',
    seen: ({ part, whole }) => `206 的 ETag 为 ${part}，整个文件的为 ${whole}。`,
    consequence: '客户端丢弃已有部分而重新下载；If-Range 永不匹配。',
    remedy: '按整个文件而不是按部分计算 ETag。',
  },
  'range.part-without-etag': {
    title: '部分响应缺少整体的 ETag',
    seen: ({ target }) => `${target} 的 200 有 ETag，206 却没有。`,
    consequence: '客户端无法判断两个部分是否属于同一版本：缓存不能拼接它们，续传只能重新开始。',
    remedy: '206 发送与 200 相同的 ETag。',
  },
  'range.part-lacks-fields': {
    title: '部分响应缺少整体的字段',
    seen: ({ target, names }) => `${target} 的 206 缺少 200 所有的 ${names}。`,
    consequence: '保存该部分的缓存不知道它的新鲜期，或它适用于哪些请求。',
    remedy: '206 与 200 一样发送 Cache-Control、Content-Location、Date、ETag、Expires 和 Vary。',
  },
  'range.content-range-on-200': {
    title: '200 带有 Content-Range',
    seen: ({ range }) => `200 响应带有 Content-Range: ${range}。`,
    consequence: '它在此没有意义；有些客户端会把响应当作部分内容。',
    remedy: '只在 206 和 416 中发送 Content-Range。',
  },
  'range.not-as-advertised': {
    title: '与 Accept-Ranges 所说的不符',
    seen: ({ said, asked, status }) =>
      `Accept-Ranges: ${said}，而 Range: ${asked} 得到${status === 206 ? ' 206' : `带有整个文件的 ${status}`}。`,
    consequence: '播放器和下载工具据此行事：请求一部分却得到全部，或从不请求。',
    remedy: '只有支持范围请求时才发送 Accept-Ranges: bytes，只有不支持时才发送 none。',
  },
  'range.416-without-length': {
    title: '416 没有给出长度',
    seen: ({ asked, sent }) => `Range: ${asked} 得到${sent === '' ? '没有 Content-Range' : `带有 Content-Range: ${sent} `}的 416。`,
    consequence: '客户端无法得知实际长度，只能重新请求全部。',
    remedy: '416 中发送 Content-Range: bytes */长度。',
  },

  'conditional.304-without-etag': {
    title: '304 缺少 200 的 ETag',
    seen: ({ target }) => `${target} 的 200 有 ETag，304 却没有。`,
    consequence: '保存多个版本的缓存无法判断哪个仍有效，可能全部丢弃。',
    remedy: '304 发送与 200 相同的 ETag。',
  },
  'conditional.304-other-etag': {
    title: '304 的 ETag 与条件不符',
    seen: ({ target, asked, etag }) => `对 ${target} 的条件 If-None-Match: ${asked} 得到 304，其 ETag 却是 ${etag}。`,
    consequence: '缓存中没有该 ETag 的响应：它不更新任何响应，或更新错误的响应，也可能重新请求全部内容。',
    remedy: '304 应发送匹配的 ETag，即同一编码的 200 所带的 ETag。',
  },
  'conditional.304-lacks-fields': {
    title: '304 缺少 200 的字段',
    seen: ({ target, names }) => `${target} 的 304 缺少 200 所有的 ${names}。`,
    consequence: '缓存沿用旧值：有效期没有按预期延长，或选错版本。',
    remedy: '304 与 200 一样发送 Cache-Control、Content-Location、Date、ETag、Expires 和 Vary。',
  },
  'conditional.304-lacks-vary': {
    title: '304 缺少 Vary',
    seen: ({ target }) => `${target} 的 304 缺少 200 所带的 Vary。`,
    consequence: '缓存若自身没有 Vary，可能把响应提供给请求其他编码或语言的客户端。',
    remedy: '在判断条件之前设置 Vary，使 200 和 304 都带有。',
  },
  'conditional.304-other-length': {
    title: '304 的 Content-Length 与 200 不同',
    seen: ({ length, bytes }) => `304 声明 Content-Length: ${length}，内容却有 ${grouped(bytes)} 字节。`,
    consequence: '缓存认为保存的响应不完整而丢弃，或改变其长度。',
    remedy: '304 不要带 Content-Length。',
  },
  'conditional.304-unasked': {
    title: '没有条件却返回 304',
    seen: ({ target }) => `对 ${target} 的无条件请求得到 304。`,
    consequence: '客户端没有可显示的已存内容：页面为空。',
    remedy: '只有请求带 If-None-Match 或 If-Modified-Since 时才返回 304；检查前面的缓存去掉了什么。',
  },
  'conditional.412-for-get': {
    title: '应为 304 却返回 412',
    seen: ({ target, condition }) => `带有 ${condition} 的 GET 或 HEAD ${target} 得到 412。`,
    consequence: '重新验证的缓存得到的是错误而不是页面，并把它显示出来。',
    remedy: '对 If-None-Match 匹配的 GET 或 HEAD 返回 304；412 用于其他方法。',
  },
  'conditional.etag-ignored': {
    title: '忽略 If-None-Match',
    seen: ({ target, etag, bytes }) => `If-None-Match 中是 ${target} 的当前 ETag ${etag}，响应却是 200 和 ${grouped(bytes)} 字节。`,
    consequence: '验证器白白发送：每次再验证都重新传输全部内容。',
    remedy: 'If-None-Match 与 ETag 匹配（弱比较）时返回 304。',
  },
  'conditional.date-ignored': {
    title: '忽略 If-Modified-Since',
    seen: ({ target, bytes }) => `${target} 自请求中的日期以来没有修改，响应却是 200 和 ${grouped(bytes)} 字节。`,
    consequence: '每次再验证都重新传输全部内容。',
    remedy: 'Last-Modified 不晚于 If-Modified-Since 时返回 304。',
  },

  'status.401-without-challenge': {
    title: '401 没有 WWW-Authenticate',
    seen: ({ method, target }) => `${method} ${target} 得到没有 WWW-Authenticate 的 401。`,
    consequence: '客户端无法得知如何认证：浏览器不询问密码，等待质询的客户端放弃请求。',
    remedy: '每个 401 都发送 WWW-Authenticate，例如 WWW-Authenticate: Bearer；任何凭据都无用时改用 403。',
  },
  'status.redirect-without-location': {
    title: '重定向没有 Location',
    seen: ({ target, status }) => `${of(target)}的状态码为 ${status}，却没有 Location。`,
    consequence: '无法跟随：浏览器显示空白页，或响应中的内容。',
    remedy: '在 Location 中给出新地址，或改用其他状态码。',
  },
  'status.redirect-to-itself': {
    title: '重定向到自身',
    seen: ({ target, status, location }) => `${target} 得到 ${status} 和 Location: ${location}，即同一地址。`,
    consequence: '客户端反复跟随直到放弃：浏览器报告 ERR_TOO_MANY_REDIRECTS。',
    remedy: '重定向到其他地址，或直接响应；位于终止 TLS 的代理之后时，先看 X-Forwarded-Proto 再决定是否重定向到 https。',
  },
  'status.101-unasked': {
    title: '未经请求就切换协议',
    seen: ({ method, target }) => `${method} ${target} 没有 Upgrade，却得到 101（Switching Protocols）。`,
    consequence: '客户端仍使用 HTTP，无法读取后面的内容：浏览器显示错误，代理返回 502。',
    remedy: '只有请求的 Upgrade 列出该协议时才返回 101，否则返回 426。',
  },
  'status.426-without-upgrade': {
    title: '426 没有 Upgrade',
    seen: ({ method, target }) => `${method} ${target} 得到没有 Upgrade 的 426。`,
    consequence: '客户端无法得知服务器要求哪种协议。',
    remedy: '每个 426 都发送列出该协议的 Upgrade，以及 Connection: Upgrade。',
  },
  'methods.405-without-allow': {
    title: '405 没有 Allow',
    seen: ({ method }) => `${method} 得到没有 Allow 的 405。`,
    consequence: '客户端无法得知该资源支持哪些方法。',
    remedy: '发送 Allow，例如 Allow: GET, HEAD。',
  },
  'methods.405-allows-it': {
    title: '405 的 Allow 中含有该方法',
    seen: ({ method, allow }) => `${method} 得到带有 Allow: ${allow} 的 405。`,
    consequence: '按 Allow 行事的客户端会再发同样的请求；CORS 和 WebDAV 客户端得出错误的结论。',
    remedy: 'Allow 只列出该资源支持的方法。',
  },
  'methods.options-without-allow': {
    title: 'OPTIONS 没有 Allow',
    seen: ({ target, status }) => `OPTIONS ${target} 得到没有 Allow 的 ${status}。`,
    consequence: '几乎没有：客户端无法得知该资源支持哪些方法。',
    remedy: '对 OPTIONS 的响应发送 Allow；不支持 OPTIONS 时返回 405 或 501。',
  },
  'methods.head-other-length': {
    title: 'HEAD 与 GET 的 Content-Length 不同',
    seen: ({ target, length, bytes }) => `HEAD ${target} 声明 Content-Length: ${length}，GET 发送 ${grouped(bytes)} 字节。`,
    consequence: '缓存丢弃已存内容；下载工具按错误的大小请求。',
    remedy: 'HEAD 发送 GET 所发送的头部，或去掉 Content-Length。',
  },
  'methods.head-lacks-fields': {
    title: 'HEAD 缺少 GET 的字段',
    seen: ({ target, names }) => `HEAD ${target} 缺少 GET 所有的 ${names}。`,
    consequence: '用 HEAD 查询的程序（链接检查、下载工具、缓存）得到的类型、时间或新鲜期与 GET 不同。',
    remedy: 'HEAD 发送与 GET 相同的字段。',
  },
  'methods.head-other-status': {
    title: 'HEAD 与 GET 的状态码不同',
    seen: ({ target, status, get }) => `HEAD ${target} 得到 ${status}，GET 得到 ${get}。`,
    consequence: '链接检查和监控误报页面状态，或漏掉重定向。',
    remedy: '像 GET 一样响应 HEAD，只是没有内容；重定向和错误也一样。',
  },
  'methods.head-refused': {
    title: 'GET 可用而 HEAD 被拒绝',
    seen: ({ target, status }) => `HEAD ${target} 得到 ${status}，GET 得到 200。`,
    consequence: '链接检查、监控和缓存认为页面不存在。',
    remedy: '按 GET 处理 HEAD。',
  },

  'methods.trace-echoes': {
    title: 'TRACE 返回机密字段',
    seen: ({ target, name }) => `TRACE ${target} 得到 200，内容重复了请求的 ${name}。`,
    consequence: '脚本若能经由某个程序发送 TRACE，就能读到本来对它隐藏的 cookie 和密码。',
    remedy: '对 TRACE 返回 405 或 501，或在内容中省去这些字段。',
  },
  'smuggling.length-over-transfer-encoding': {
    title: 'Transfer-Encoding 并存时仍以 Content-Length 为准',
    seen: ({ method, status }) =>
      `同时带有 Content-Length 和 Transfer-Encoding: chunked 的 ${method} 得到 ${status}；从响应的个数可知，正文是按 Content-Length 读取的。`,
    consequence: '按 RFC 9112 以 Transfer-Encoding 为准的前置代理看到不同的请求结尾：剩余部分成为下一个用户请求的开头。',
    remedy: '以 400 拒绝并关闭连接，或按 Transfer-Encoding 读取后关闭连接。',
  },
  'smuggling.length-with-transfer-encoding': {
    title: '接受 Content-Length 与 Transfer-Encoding 并存的请求，且保持连接',
    seen: ({ method, status }) => `同时带有两个字段的 ${method} 得到 ${status}，连接继续用于下一个请求。`,
    consequence: '以 Content-Length 为准的前置代理（多为旧版本）看到不同的请求结尾：可以夹带第二个请求。',
    remedy: '以 400 拒绝并关闭连接；至少在响应后关闭。',
  },
  'smuggling.conflicting-lengths': {
    title: '接受无效或矛盾的 Content-Length',
    seen: ({ method, status }) => `带有多个长度或无效长度的 ${method} 得到 ${status}，连接保持。`,
    consequence: '取另一个值或以别的方式解析数字的前置代理（strtol、parseInt 接受 +5 和 0x5）看到不同的请求结尾：可以夹带第二个请求。',
    remedy: '以 400 拒绝并关闭连接。',
  },
  'smuggling.repeated-length': {
    title: '接受重复的 Content-Length',
    seen: ({ method, status }) => `同一 Content-Length 出现两次的 ${method} 得到 ${status}。`,
    consequence: '这是允许的。把各行合并成列表却无法解析的代理，可能认为请求没有正文。',
    remedy: '若前面有代理，则以 400 拒绝。',
  },
  'smuggling.transfer-encoding-unknown': {
    title: '接受不以 chunked 结尾的 Transfer-Encoding',
    seen: ({ method, status }) => `带有这种 Transfer-Encoding 的 ${method} 得到 ${status}，连接保持。`,
    consequence:
      '正文在何处结束取决于解析器：只要字段中出现 chunked 就按分块读取的代理，与不认识该编码而按 Content-Length 读取的代理，结论不同，于是可以夹带请求。',
    remedy: '对未知编码返回 501，chunked 不在最后时返回 400，并关闭连接。',
  },
  'smuggling.http10-transfer-encoding': {
    title: 'HTTP/1.0 请求带 Transfer-Encoding 之后仍保持连接',
    seen: ({ method, status }) => `带有 Transfer-Encoding 的 HTTP/1.0 ${method} 得到 ${status}，该连接上的下一个请求也得到响应。`,
    consequence: '只懂 HTTP/1.0 的代理不识分块，以 Content-Length 为准：它看到不同的请求结尾。',
    remedy: '返回响应后关闭连接，或以 400 拒绝。',
  },
  'smuggling.chunk-size-overflow': {
    title: '分块长度溢出',
    seen: ({ method, status }) => `分块长度为 10000000000000002 的 ${method} 得到 ${status}：服务器将其读成了 2。`,
    consequence: '整数更宽的代理会等待更多数据或拒绝，更窄的读出另一个长度；余下的字节成为请求。',
    remedy: '位数超出整数范围的分块长度一律拒绝。',
  },
  'smuggling.chunk-line-lf': {
    title: '接受分块长度行中单独的 LF',
    seen: ({ method, status }) => `分块扩展中带有单独 LF 的 ${method} 得到 ${status}，连接保持。`,
    consequence: '有的解析器在此结束该行，有的读到下一个 CRLF 为止。代理与服务器不一致时，一方的分块就是另一方的请求。',
    remedy: '以 400 拒绝：只有 CRLF 结束分块长度行，扩展中不得有 LF。',
  },
  'smuggling.refused-and-read-on': {
    title: '拒绝请求后继续读取其后的内容',
    seen: ({ method, status }) => `${method} 因结尾不确定而以 ${status} 被拒绝，但该连接上其后的内容仍被当作请求响应。`,
    consequence: '被拒绝的请求在何处结束只能猜测：其正文的一部分可能被当作独立的请求。',
    remedy: '发送 400 后关闭连接。',
  },
  'smuggling.cr-ends-line': {
    title: '把单独的 CR 当作行尾',
    seen: ({ method, status }) => `在另一字段的值中以 CR 隔开 Transfer-Encoding 的 ${method} 得到 ${status}，并按分块读取。`,
    consequence: '前置代理看到一个无害的字段，服务器看到两个：可以夹带第二个请求或任意字段。',
    remedy: '对没有 LF 的 CR 以 400 拒绝，或替换为空格。',
  },
  'smuggling.bare-cr': {
    title: '接受字段值中的 CR',
    seen: ({ method, status }) => `字段值中带有 CR 的 ${method} 得到 ${status}，该 CR 未被当作行尾。`,
    consequence: '若把 CR 替换为空格则是允许的，但报文看不出是否替换。原样转发时，把 CR 当作行尾的解析器会在此断行。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.folded-line-read-alone': {
    title: '把折叠行当作独立的字段',
    seen: ({ method, status }) => `在另一字段的续行中写有 Transfer-Encoding 的 ${method} 得到 ${status}，并按分块读取。`,
    consequence: '合并折叠行的前置代理看到一个无害的字段，服务器看到两个：可以夹带第二个请求。',
    remedy: '以 400 拒绝折叠行，或用空格合并。',
  },
  'smuggling.folded-line': {
    title: '接受折叠行',
    seen: ({ method, status }) => `字段延续到第二行的 ${method} 得到 ${status}。`,
    consequence: '若用空格合并则是允许的。不合并折叠行的代理看到不同的字段。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.nul': {
    title: '接受字段值中的 NUL',
    seen: ({ method, status }) => `字段值中带有 NUL 的 ${method} 得到 ${status}。`,
    consequence: '若把 NUL 替换为空格则是允许的，但报文看不出是否替换。以 C 字符串处理的解析器在此截断：它检查和转发的比后面读到的少。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.space-before-colon': {
    title: '接受冒号前的空格',
    seen: ({ method, status }) => `字段名与冒号之间有空白的 ${method} 得到 ${status}。`,
    consequence: '对该字段解析不同的代理会放过本应检查的内容：请求走私、绕过规则。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.two-hosts': {
    title: '接受两个 Host',
    seen: ({ method, status }) => `带有多个 Host 的 ${method} 得到 ${status}。`,
    consequence: '若前置代理取另一个 Host，请求会到达错误的主机，或以错误的页面填充缓存。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.no-host': {
    title: '接受没有 Host 的 HTTP/1.1 请求',
    seen: ({ method, status }) => `没有 Host 的 ${method} 得到 ${status}。`,
    consequence: '由 Host 生成的链接和重定向错误；无法区分虚拟主机。',
    remedy: '以 400 拒绝。',
  },
  'smuggling.bare-lf': {
    title: '接受仅以 LF 结尾的行',
    seen: ({ method, status }) => `行仅以 LF 结尾的 ${method} 得到 ${status}。`,
    consequence: '这是允许的。不把 LF 当作行尾的前置代理看到不同的头部。',
    remedy: '若前面有解析不同的代理，则拒绝。',
  },

  'request.empty-line-refused': {
    title: '拒绝请求之前的空行',
    seen: ({ method, status }) => `前面带有一个空行的 ${method} ${status === 0 ? '没有得到响应：服务器直接关闭' : `得到 ${status}`}。`,
    consequence: '旧客户端在 POST 正文之后多发一个 CRLF，它便位于下一个请求之前：该请求因此失败。',
    remedy: '请求行之前至少忽略一个空行。',
  },

  'header.repeated': {
    title: '单值字段出现两次',
    seen: ({ names, values }) => `${names} 出现在多行中：${values}。`,
    consequence: '接收方取第一个、最后一个或合并的值：重定向、类型和验证器不可靠。',
    remedy: '只在一处设置该字段：应用或前面的服务器。',
  },
  'header.repeated-date': {
    title: '两个 Date',
    seen: ({ values }) => `响应带有 ${values}。`,
    consequence: '合并各行的缓存无法读取日期，算出错误的年龄。',
    remedy: '由服务器设置 Date，应用不要再设。',
  },
  'header.date-missing': {
    title: '没有 Date',
    seen: ({ status }) => `${status} 响应没有 Date。`,
    consequence: '缓存无法计算响应的年龄，也无法使用启发式有效期。',
    remedy: '每个响应都发送 Date。',
  },
  'header.date-missing-in-error': {
    title: '错误响应没有 Date',
    seen: ({ status }) => `${status} 响应没有 Date，成功的响应有。`,
    consequence: '几乎没有影响：错误响应很少被保存。',
    remedy: '错误响应也发送 Date。',
  },
  'header.date-invalid': {
    title: '日期无效',
    seen: ({ name, value }) => `${name}: ${value} 不是 HTTP 日期。`,
    consequence: '缓存和条件请求无法使用它：响应被当作过期，或从不验证。',
    remedy: '日期用 GMT 写成 "Sun, 06 Nov 1994 08:49:37 GMT"。',
  },
  'header.date-obsolete': {
    title: '日期使用已废弃的格式',
    seen: ({ name, value }) => `${name}: ${value}`,
    consequence: '接收方仍须能读取，但许多程序只认识现行格式，会忽略该字段。',
    remedy: '日期用 GMT 写成 "Sun, 06 Nov 1994 08:49:37 GMT"。',
  },
  'header.value-malformed': {
    title: '字段值格式错误',
    seen: ({ name, value }) => `${name}: ${value}`,
    consequence: '接收方忽略该字段，或各有各的理解。',
    remedy: '按字段的定义书写：列表用逗号分隔，Content-Type 的参数放在分号之后，以秒计的时间只用数字，URL 使用百分号编码。',
  },
  'header.date-off': {
    title: 'Date 不是响应的时间',
    seen: ({ off, side }) => `Date 比抓包的时钟${side === 'ahead' ? '快' : '慢'} ${grouped(Number(off))} 秒。`,
    consequence: '缓存按 Date 计算年龄：响应过早过期或保留过久，按日期的条件请求也会漏掉修改。',
    remedy: '每个响应的 Date 都取自时钟，用 GMT，而不是本地时间或保存的响应。',
  },
  'header.last-modified-in-future': {
    title: 'Last-Modified 在未来',
    seen: ({ ahead }) => `Last-Modified 比 Date 晚 ${ahead} 秒。`,
    consequence: '在那之前的修改不会被条件请求发现。',
    remedy: '文件时间更晚时以 Date 代替；检查时钟和部署过程。',
  },
  'header.content-type-missing': {
    title: '没有 Content-Type',
    seen: ({ target, bytes }) => `${target} 的响应有 ${grouped(bytes)} 字节内容，却没有 Content-Type。`,
    consequence: '浏览器猜测类型：在 nosniff 下拒绝样式表和脚本，文本可能被下载或作为 HTML 执行。',
    remedy: '有内容的响应都发送 Content-Type。',
  },
  'header.etag-unquoted': {
    title: 'ETag 没有引号',
    seen: ({ value }) => `ETag: ${value}`,
    consequence: '它不是实体标签：缓存和 CDN 忽略它，条件请求永不匹配。',
    remedy: '值要加双引号：ETag: "abc"。',
  },
  'header.etag-invalid': {
    title: 'ETag 格式错误',
    seen: ({ value }) => `ETag: ${value}`,
    consequence: '它不是实体标签：缓存和 CDN 会忽略它，条件请求永不匹配。',
    remedy: '写成 "abc"，或用大写 W 写成 W/"abc"：只有一对双引号，其间没有空格和引号。',
  },
  'cache.etag-changes': {
    title: '内容未变而 ETag 改变',
    seen: ({ target, first, second }) => `${target} 每次的字节都相同，ETag 却先是 ${first}，后是 ${second}。`,
    consequence: 'If-None-Match 永不匹配，或只是碰巧匹配：每次再验证都传输全部内容，下载也无法续传。',
    remedy: '按内容计算 ETag，负载均衡之后的各服务器一致；不要包含 inode、启动时间和随机部分。',
  },
  'cache.etag-of-other-content': {
    title: '内容改变而 ETag 不变',
    seen: ({ target, etag }) => `${target} 两次带有 ETag ${etag}，字节却不同。`,
    consequence: '缓存得到 304，继续显示旧内容；断点续传把两个版本拼成损坏的文件。',
    remedy: '按所发送的内容计算 ETag；细微差别无关紧要时，把它标为弱 ETag（W/）。',
  },
  'cache.modified-now': {
    title: 'Last-Modified 是响应的时间',
    seen: ({ target, first, second }) => `${target} 每次字节相同，Last-Modified 却先为 ${first}，后为 ${second}。`,
    consequence: 'If-Modified-Since 从不匹配：每次重新验证都传输全部内容。',
    remedy: '发送内容最后一次改变的时间，或使用 ETag；两者都不知道时去掉 Last-Modified。',
  },
  'cache.control-conflict': {
    title: 'Cache-Control 自相矛盾',
    seen: ({ control, one, other }) => `Cache-Control: ${control} 同时含有 ${one} 和 ${other}。`,
    consequence: '缓存取较严格的一个或第一个：有的保存，有的不保存。',
    remedy: '只在一处设置 Cache-Control，指令不要互相矛盾。',
  },
  'cache.shared-cookie': {
    title: '可共享的响应带有 Set-Cookie',
    seen: ({ control, cookie }) => `Cache-Control: ${control}，响应又设置 cookie ${cookie}。`,
    consequence: '共享缓存（CDN、代理）可能把一个用户的 cookie 以及会话发给其他人。',
    remedy: '设置 cookie 的响应使用 Cache-Control: private（或 no-store），或公共响应不设 cookie。',
  },
  'header.cookie-rejected': {
    title: '浏览器拒绝的 Cookie',
    seen: ({ cookie, fault }) => `Set-Cookie: ${cookie}：${COOKIE_FAULTS[fault]}。`,
    consequence: '该 Cookie 从不被保存：依赖它的登录和会话在部分或所有浏览器中失败。',
    remedy: 'SameSite=None 和以 __Secure- 开头的名称要加 Secure；以 __Host- 开头的名称要有 Secure 和 Path=/，且没有 Domain。',
  },
  'coding.vary-missing': {
    title: '压缩而没有 Vary',
    seen: ({ target, coding, vary }) => `${target} 依 Accept-Encoding 返回原文或 ${coding}，Vary：${vary === '' ? '缺失' : vary}。`,
    consequence: '共享缓存会把压缩版本发给无法解压的客户端，或总是发送未压缩版本。',
    remedy: '两个版本都发送 Vary: Accept-Encoding。',
  },
  'coding.vary-missing-plain': {
    title: '只有压缩版本带有 Vary',
    seen: ({ target, coding, vary }) => `${target} 的 ${coding} 版本带有 Vary: ${vary}，未压缩版本没有。`,
    consequence: '先保存了未压缩版本的共享缓存会把它发给所有客户端：不再有压缩。',
    remedy: '两个版本都发送相同的 Vary。',
  },
  'coding.shared-etag': {
    title: '两种编码共用一个强 ETag',
    seen: ({ target, coding, etag }) => `${target} 的原文和 ${coding} 版本的 ETag 都是 ${etag}。`,
    consequence: '强 ETag 代表一个字节序列：缓存或续传可能把两者的部分拼成损坏的文件。',
    remedy: '压缩版本使用自己的 ETag（"abc-gzip"）或弱 ETag（W/）。',
  },
  'coding.mislabelled': {
    title: '声明了 Content-Encoding 却没有编码',
    seen: ({ target, coding, bytes, by }) =>
      by === 'content'
        ? `${target} 声明 Content-Encoding: ${coding}，其 ${grouped(bytes)} 字节却不以 gzip 的标志（1f 8b）开头。`
        : `${target} 声明 Content-Encoding: ${coding}，却与原文同为 ${grouped(bytes)} 字节。`,
    consequence: '浏览器报告 ERR_CONTENT_DECODING_FAILED，不显示任何内容。',
    remedy: '只在内容已编码时设置 Content-Encoding；检查是否有两层（应用和代理）都在设置。',
  },

  'coding.unknown': {
    title: 'Content-Encoding 不是内容编码',
    seen: ({ target, coding }) => `${target} 声明 Content-Encoding: ${coding}，它未注册，客户端也没有请求它。`,
    consequence: '会自动解码的客户端（curl --compressed、HTTP 库、代理）拒绝该响应。',
    remedy: '去掉 Content-Encoding；字符集应写在 Content-Type: text/html; charset=utf-8 中。',
  },
  'coding.identity-named': {
    title: 'Content-Encoding: identity 不应出现',
    seen: ({ target }) => `${target} 声明 Content-Encoding: identity。`,
    consequence: '几乎没有：该名称保留给 Accept-Encoding，有些客户端在这里不认识它。',
    remedy: '没有编码时不要发送 Content-Encoding。',
  },
  'coding.undecodable': {
    title: '无法解压的编码内容',
    seen: ({ target, coding, bytes }) => `${target} 声明 Content-Encoding: ${coding}；其 ${grouped(bytes)} 字节无法解压。`,
    consequence: '浏览器报告 ERR_CONTENT_DECODING_FAILED，或只显示页面的一部分。',
    remedy: '查找是什么截断或改动了编码后的字节：压缩流没有写完，或被当作文本处理。',
  },
  'coding.other-content': {
    title: '编码内容解压后不同',
    seen: ({ target, coding, unpacked, bytes }) =>
      `${target} 的 ${coding} 响应解压后为 ${grouped(unpacked)} 字节，与前后两次未编码响应所共有的 ${grouped(bytes)} 字节不同。`,
    consequence: '使用和不使用该编码的客户端看到不同的页面。',
    remedy: '由原文件生成编码后的文件；检查旁边是否有过期的 .gz 文件，或内容被编码两次。',
  },
  'status.server-errors': {
    title: '服务器错误',
    seen: ({ statuses, count, of: all }) => `${grouped(all)} 个请求中有 ${grouped(count)} 个：${statuses}。`,
    consequence: '用户看到错误页，或页面缺少一部分。',
    remedy: '查看服务器此时的错误日志；502 和 504 则查看代理与其后端之间的连接。',
  },
  'status.client-errors': {
    title: '客户端错误',
    seen: ({ statuses, count, of: all }) => `${grouped(all)} 个请求中有 ${grouped(count)} 个：${statuses}。`,
    consequence: '是对错误请求的正确响应，或是失效的链接。',
    remedy: '查看是哪些目标：文件缺失、路径错误或需要登录。',
  },
  'time.first-byte-slow': {
    title: '首字节慢',
    seen: ({ median, count }) => `${grouped(count)} 个响应中有一半在请求后超过 ${median} 毫秒才开始。`,
    consequence: '每个页面及其各部分都晚这么久开始。',
    remedy: '测量服务器把时间花在哪里：事件循环阻塞、数据库、为每个请求启动进程。',
  },
  'time.slowest': {
    title: '最慢的请求',
    seen: ({ method, target, duration }) => `${method} ${target} 从请求首字节到响应末字节用时 ${duration} 秒。`,
    consequence: '用户要等待它。',
    remedy: '在其连接中查看是服务器处理慢、传输慢还是丢包。',
  },
  'expect.no-100': {
    title: 'Expect: 100-continue 没有及时得到 100',
    seen: ({ waited, isSent }) =>
      isSent === 'yes'
        ? `客户端请求 100 Continue，并将正文推迟了 ${waited} 秒才发送：此前既没有 100，也没有最终响应。`
        : `客户端请求 100 Continue，始终没有发送正文：${waited} 秒内既没有 100，也没有最终响应。`,
    consequence: '这类客户端的每次上传都要等到它放弃等待为止：curl 约 1 秒，其他客户端可能一直等到超时。',
    remedy: '让服务器及其前面的代理对 Expect: 100-continue 回应 100 或最终状态码。',
  },
  'tcp.server-delayed-ack': {
    title: '响应在等待客户端的延迟确认',
    seen: ({ ms }) => `服务器把响应的末尾推迟了 ${ms} 毫秒，直到客户端确认了前一个报文段。`,
    consequence: '每个这样的响应都多花约 40 毫秒（Nagle 算法与延迟确认相互等待）。',
    remedy: '将头部和正文一次写出，或设置 TCP_NODELAY。',
  },
  'tcp.client-delayed-ack': {
    title: '请求在等待服务器的延迟确认',
    seen: ({ ms }) => `客户端把请求的末尾推迟了 ${ms} 毫秒，直到服务器确认了前一个报文段。`,
    consequence: '每个这样的请求都多花约 40 毫秒（Nagle 算法与延迟确认相互等待）。',
    remedy: '由客户端处理：将头部和正文一次写出，或设置 TCP_NODELAY。服务器无须处理。',
  },
  'tcp.retransmissions': {
    title: '重传',
    seen: ({ client, server, segments }) => `${grouped(segments)} 个数据报文段中，客户端重传 ${client} 个，服务器重传 ${server} 个。`,
    consequence: '每次丢失至少多花一个往返时间，响应末尾的丢失可达数秒。',
    remedy: '检查路径（无线、拥塞、队列已满）。重复捕获的帧看起来一样：用 editcap -d 去除。',
  },
  'tcp.server-window-zero': {
    title: '服务器没有读取',
    seen: ({ count }) => `服务器 ${grouped(count)} 次通告零窗口：其接收缓冲区已满。`,
    consequence: '上传停顿，直到应用继续读取。',
    remedy: '及时读取请求正文；查找应用被什么阻塞。',
  },
  'tcp.client-window-zero': {
    title: '客户端没有读取',
    seen: ({ count }) => `客户端 ${grouped(count)} 次通告零窗口：其接收缓冲区已满。`,
    consequence: '响应在等客户端，而不是服务器或路径。',
    remedy: '服务器无须处理：客户端有意放慢（视频暂停）或繁忙。',
  },
  'tcp.synack-repeated': {
    title: '重复的 SYN-ACK',
    seen: ({ count }) => `一次握手中有 ${grouped(count)} 个 SYN-ACK。`,
    consequence: '有包丢失，服务器的 accept 队列已满，或服务器推迟 accept 直到有数据（TCP_DEFER_ACCEPT）。',
    remedy: '连接建立不慢则无须处理。',
  },

  'idle.shorter-than-proxies': {
    title: '空闲超时短于代理',
    seen: ({ idle, proxies }) => `它在空闲 ${idle} 秒后关闭连接。以下代理保持同样久或更久：${proxies}。`,
    consequence: '这样的代理可能把请求发到正在关闭的连接上，返回 502。',
    remedy: '服务器的空闲超时应大于代理的空闲超时。',
  },
  'idle.none': {
    title: '每个响应后关闭',
    seen: ({ idle }) => `响应后 ${idle} 秒连接即关闭。`,
    consequence: '每个请求都要新建连接，前面的代理无法保持连接。',
    remedy: '让连接保持几秒（HTTP/1.1 keep-alive）。',
  },
  'idle.window-too-short': {
    title: '空闲超时长于观察时间',
    seen: ({ watched, proxies }) => `一次响应之后，连接在 ${watched} 秒后仍然打开。观察时间太短，无法判断它是否长于 ${proxies}。`,
    consequence: '如果服务器比前面的代理更早关闭，请求可能恰好遇上关闭：代理返回 502。',
    remedy: '延长观察时间（--window），或把配置中的空闲超时与代理的比较。',
  },
  'idle.not-restarted': {
    title: '空闲计时不会重新开始',
    seen: ({ first, second }) =>
      `有第二个请求的连接在第一个响应后 ${first} 秒、第二个响应后 ${second} 秒关闭，与只有一个响应的连接一样久。`,
    consequence: '正在使用的连接照样被关闭：此时发出的请求会丢失，代理返回 502。',
    remedy: '每次响应后重新计时；如果限制连接的寿命，用 Connection: close 宣告结束。',
  },
  'keepalive.max-not-kept': {
    title: '请求数少于通告',
    seen: ({ answered, named }) => `服务器通告 Keep-Alive: max=${named}，却在 ${answered} 个请求后结束连接。`,
    consequence: '相信该数字的客户端会在关闭中丢失请求。',
    remedy: '通告实际生效的上限，或不发送 max。',
  },
  'limits.half-body-kept': {
    title: '不完整请求正文的等待超时过长',
    seen: ({ watched }) => `只发了一半请求正文的连接，${watched} 秒后仍未关闭。`,
    consequence: '如果每条连接占用一个线程或工作进程，少数客户端就能占满全部。',
    remedy: '为请求正文设置时限。',
  },
  'idle.not-advertised': {
    title: '没有通告空闲超时',
    seen: ({ idle }) => `它在 ${idle} 秒后关闭，没有发送 Keep-Alive: timeout。`,
    consequence: '读取该值的客户端（Firefox、undici）本可先关闭而不丢失请求。',
    remedy: '发送小于实际超时的 Keep-Alive: timeout。',
  },
  'limits.half-head-kept': {
    title: '不完整请求头没有等待超时',
    seen: ({ watched }) => `只发了一半请求头的连接，${watched} 秒后仍未关闭。`,
    consequence: '少数客户端就能占满所有连接（Slowloris）。',
    remedy: '为请求头设置时限。',
  },
  'cache.no-validators': {
    title: '没有验证器',
    seen: () => '页面既没有 ETag 也没有 Last-Modified。',
    consequence: '再次访问要重新传输全部内容。',
    remedy: '文件响应发送 ETag 或 Last-Modified。',
  },
  'cache.no-lifetime': {
    title: '没有 Cache-Control',
    seen: () => '页面有 Last-Modified，没有 Cache-Control。',
    consequence: '浏览器猜测有效期（年龄的十分之一），可能不询问就显示旧页面。',
    remedy: '页面发送 Cache-Control: no-cache；名称随内容变化的文件发送 max-age。',
  },
  'range.unsupported': {
    title: '不支持范围请求',
    seen: ({ value }) => `Range: bytes=0-9 得到 ${value}。`,
    consequence: '播放器不能跳到尚未加载的位置，下载不能续传。',
    remedy: '为文件支持单个范围。',
  },
  'range.refused': {
    title: '有效的范围被拒绝',
    seen: ({ value }) => `Range: bytes=0-9 得到 ${value}。`,
    consequence: '播放器和下载工具得到的是错误而不是文件。',
    remedy: '返回带有该部分的 206，或忽略 Range 并返回 200；416 用于超出文件末尾的范围。',
  },
  'range.suffix-refused': {
    title: '后缀范围被拒绝',
    seen: ({ value }) => `Range: bytes=-10 得到 ${value}，其他范围则得到相应部分。`,
    consequence: '先读取文件末尾（如 ZIP、MP4）的客户端失败。',
    remedy: '把 bytes=-N 理解为最后 N 个字节。',
  },
  'range.if-range-refused': {
    title: '过期的 If-Range 得到错误',
    seen: ({ value }) => `If-Range 中的验证器不匹配时，Range 请求得到 ${value}，而不是整个文件。`,
    consequence: '文件改变之后续传的客户端得到的是错误，而不是新版本。',
    remedy: 'If-Range 不匹配时忽略 Range，返回整个文件（200）；412 用于 If-Match。',
  },
  'range.multi-refused': {
    title: '两个范围被拒绝',
    seen: ({ value }) => `Range: bytes=0-9,20-29 得到 ${value}。`,
    consequence: '一次请求多个部分的客户端（PDF 阅读器、增量更新）得到错误。',
    remedy: '以 multipart/byteranges 响应，或忽略 Range 并返回整个文件（200）。',
  },
  'keepalive.request-limit': {
    title: '一条连接上的请求数有限',
    seen: ({ limit }) => `服务器在 ${grouped(Number(limit))} 个请求后关闭连接。`,
    consequence: '繁忙的代理要频繁重连。',
    remedy: '前面有代理时提高该上限。',
  },
  'pipelining.order': {
    title: '流水线响应的顺序错误',
    seen: ({ value }) => `流水线请求的响应顺序：${value}。`,
    consequence: '客户端得到别的请求的响应：他人的内容、cookie 和数据。',
    remedy: '按请求的顺序发送响应；否则不要同时处理同一连接的多个请求。',
  },
  'range.if-range-ignored': {
    title: '忽略 If-Range',
    seen: ({ value }) => `If-Range 中的验证器不同，仍返回部分内容（${value}）。`,
    consequence: '续传的下载把两个版本拼成损坏的文件。',
    remedy: 'If-Range 不匹配时返回全部（200）。',
  },
  'range.if-range-weak': {
    title: 'If-Range 接受弱 ETag',
    seen: ({ value }) => `If-Range 中的弱 ETag 得到部分内容（${value}）。`,
    consequence: '弱 ETag 允许字节不同：可能拼接两个版本的部分。',
    remedy: '使用强比较：弱 ETag 在 If-Range 中永不匹配。',
  },
  'range.if-range-date-ignored': {
    title: 'If-Range 日期不同仍返回部分内容',
    seen: ({ value }) => `If-Range 的日期比 Last-Modified 早一天，仍得到部分内容（${value}）。`,
    consequence: '续传旧下载的客户端会拼接两个版本的部分。',
    remedy: '仅当 If-Range 的日期与 Last-Modified 完全相同时返回部分内容，否则以 200 返回整体。',
  },
  'range.if-range-date-later': {
    title: 'If-Range 日期较晚仍返回部分内容',
    seen: ({ value }) => `If-Range 的日期比 Last-Modified 晚一天，仍得到部分内容（${value}）。`,
    consequence: '换回旧版本之后，续传下载的客户端会拼接两个版本的部分。',
    remedy: '仅当 If-Range 的日期与 Last-Modified 完全相同时返回部分内容，否则以 200 返回整体。',
  },
  'range.first-byte-wrong': {
    title: 'bytes=0-0 得到的不是第一个字节',
    seen: ({ value }) => `对 bytes=0-0 的响应为 ${value}。`,
    consequence: '播放器和下载工具用它探询长度和是否支持范围请求：结果得到整个文件，或放弃使用范围请求。',
    remedy: '末位置是包含在内的，0 也一样：bytes=0-0 即一个字节。检查是否把 0 当作“未给出”。',
  },
  'range.end-not-clamped': {
    title: '末位超出文件末尾的范围没有截短',
    seen: ({ value }) => `从倒数第十个字节开始、末位超出文件的范围得到 ${value}。`,
    consequence: '按固定大小分块读取的客户端在最后一块得到错误，或等待不存在的字节。',
    remedy: '末位置超出时，取文件长度减一。',
  },
  'range.long-suffix-wrong': {
    title: '拒绝长于文件的后缀范围',
    seen: ({ value }) => `对较小的文件请求最后 99,999,999 字节，响应为 ${value}。`,
    consequence: '读取文件末尾（如 ZIP、MP4）的客户端在小文件上失败。',
    remedy: '后缀长于文件时返回整个文件。',
  },
  'coding.refused-coding-used': {
    title: '使用了客户端不接受的内容编码',
    seen: ({ target, accept, coding }) => `带有 Accept-Encoding: ${accept} 的 ${target} 得到 Content-Encoding: ${coding}。`,
    consequence: '无法解码的客户端收到无法读取的内容。',
    remedy: '只使用 Accept-Encoding 列出的编码；q=0 的编码不得使用。',
  },
  'range.before-condition': {
    title: '内容未变仍返回部分内容',
    seen: ({ value }) => `带 Range 且 If-None-Match 匹配时，响应是 ${value} 而不是 304。`,
    consequence: '传输了客户端已有的部分。',
    remedy: '在 Range 之前判断 If-None-Match 和 If-Modified-Since。',
  },
  'range.invalid-answered': {
    title: '无效的范围得到部分内容',
    seen: ({ value }) => `Range: bytes=9-0 得到 ${value}。`,
    consequence: '客户端得到没有人请求的部分。',
    remedy: '忽略无效的 Range（200）或拒绝（4xx）。',
  },
  'range.unknown-unit': {
    title: '没有忽略未知的范围单位',
    seen: ({ value }) => `带未知单位的 Range 得到 ${value}。`,
    consequence: '几乎没有影响：没有客户端发送 bytes 以外的单位。',
    remedy: '忽略单位未知的 Range。',
  },
  'range.of-head': {
    title: '对 HEAD 应用 Range',
    seen: ({ value }) => `带 Range 的 HEAD 得到 ${value}。`,
    consequence: '询问长度的客户端得到的是部分的长度。',
    remedy: 'GET 以外的方法忽略 Range。',
  },
  'conditional.etag-not-compared': {
    title: '任何 If-None-Match 都得到 304',
    seen: ({ value }) => `If-None-Match 中的 ETag 不是页面的 ETag，仍得到 ${value}。`,
    consequence: '持有旧版本的客户端永远得不到新版本：清除缓存之前一直显示旧页面。',
    remedy: '把 If-None-Match 中的各个 ETag 与当前的 ETag 比较，仅当其一匹配时返回 304。',
  },
  'conditional.date-not-compared': {
    title: '任何 If-Modified-Since 都得到 304',
    seen: ({ value }) => `If-Modified-Since 的日期比 Last-Modified 早一天，仍得到 ${value}。`,
    consequence: '持有旧版本的客户端永远得不到新版本：清除缓存之前一直显示旧页面。',
    remedy: '把该日期与 Last-Modified 比较，仅当 Last-Modified 不晚于它时返回 304。',
  },
  'conditional.date-before-etag': {
    title: 'If-None-Match 之外仍判断 If-Modified-Since',
    seen: ({ value }) => `If-None-Match 不匹配，却因日期返回 ${value}。`,
    consequence: '日期旧而内容已变的页面永远不会显示：客户端保留旧版本。',
    remedy: '有 If-None-Match 时忽略 If-Modified-Since。',
  },
  'conditional.strong-compare': {
    title: 'If-None-Match 使用强比较',
    seen: ({ value }) => `仅 W/ 不同的 ETag 得到 ${value}。`,
    consequence: '在会弱化 ETag 的代理（压缩）之后，每次再验证都传输全部内容。',
    remedy: 'If-None-Match 使用弱比较。',
  },
  'conditional.list-ignored': {
    title: '没有读取 If-None-Match 的列表',
    seen: ({ value }) => `包含该 ETag 的列表得到 ${value}。`,
    consequence: '保存多个版本的缓存重新传输全部内容。',
    remedy: '比较列表中的每个 ETag。',
  },
  'conditional.star-ignored': {
    title: '没有读取 If-None-Match: *',
    seen: ({ value }) => `If-None-Match: * 得到 ${value}。`,
    consequence: '对 GET 几乎没有影响；大多数服务器如此。',
    remedy: '资源存在时，对带 If-None-Match: * 的 GET 返回 304。',
  },
  'conditional.no-cache-honoured': {
    title: '请求中的 no-cache 使条件失效',
    seen: ({ value }) => `带 Cache-Control: no-cache 时，匹配的条件得到 ${value}。`,
    consequence: '重新加载时重新传输全部内容。',
    remedy: '照常判断条件：no-cache 是对缓存说的，不是对源服务器。',
  },
  'methods.unknown': {
    title: '没有以 501 响应未知方法',
    seen: ({ value }) => `不存在的方法得到 ${value}，而不是 501。`,
    consequence: '几乎没有影响：状态码给出的是别的原因。',
    remedy: '对不认识的方法返回 501。',
  },
  'versions.http10-kept': {
    title: '保持 HTTP/1.0 连接',
    seen: ({ value }) => `响应不带 keep-alive 的 HTTP/1.0 请求之后：${value}。`,
    consequence: '读到关闭为止的 HTTP/1.0 客户端挂起直到空闲超时。',
    remedy: 'HTTP/1.0 请求没有要求 keep-alive 时，响应后关闭连接。',
  },
  'versions.close-kept': {
    title: '忽略请求的 Connection: close',
    seen: ({ value }) => `响应带 Connection: close 的请求之后，服务器没有在四分之一秒内关闭连接：${value}。`,
    consequence: '读到关闭为止的客户端（ab、健康检查、脚本）会一直等到空闲超时，连接不断积累。',
    remedy: '响应后关闭连接，并在响应中发送 Connection: close。',
  },
  'versions.absolute-form': {
    title: '不接受绝对形式',
    seen: ({ value }) => `GET http://host/ HTTP/1.1 得到 ${value}。`,
    consequence: '有些代理会向服务器发送这种形式。',
    remedy: '接受绝对形式的请求目标。',
  },

  'capture.no-connection': {
    title: '抓包中没有 TCP 连接',
    seen: ({ frames, links }) => `${grouped(frames)} 帧中没有可作为 TCP 读取的（链路类型 ${links}）。`,
    consequence: '无法对服务器和客户端作出判断。',
    remedy: '在承载流量的接口上抓包，过滤器不要排除它（tcpdump -i any tcp）。',
  },
  'capture.one-direction': {
    title: '只捕获了一个方向',
    seen: ({ missing }) => `抓包中没有${missing === 'client' ? '客户端' : '服务器'}的帧。`,
    consequence: '无法判断响应、中断和谁先关闭。',
    remedy: '在两个方向都经过的地方抓包：在其中一台主机上，或使用双向镜像端口。',
  },
  'capture.mid-stream': {
    title: '抓包从连接中途开始',
    seen: () => '抓包中没有 SYN。',
    consequence: '之前的内容无法判断；第一个响应可能没有请求。',
    remedy: '在建立连接之前开始抓包。',
  },
  'capture.bytes-missing': {
    title: '抓包缺少字节',
    seen: ({ client, server }) => `客户端 ${client} 字节、服务器 ${server} 字节已被确认，却不在抓包中。`,
    consequence: '有空缺的报文不作判断。',
    remedy: '使用更大的缓冲区（tcpdump -B）、过滤器，或在更靠近主机处抓包。',
  },
  'capture.protocol-not-read': {
    title: '未解析的协议',
    seen: ({ protocol }) => `该连接承载 ${protocol}。`,
    consequence: '不显示其请求和响应，只显示 TCP 部分。',
    remedy: 'TLS：在明文经过之处抓包（例如代理与服务器之间）。HTTP/2：让客户端使用 HTTP/1.1（curl --http1.1）。',
  },
  'capture.content-not-kept': {
    title: '内容过长，未作比较',
    seen: ({ bytes }) => `某个响应的内容有 ${grouped(bytes)} 字节，超出保留的上限。`,
    consequence: '未检查其字节是否与头部所述一致。',
    remedy: '改用较小的文件抓包，即可比较。',
  },
  'capture.cut-by-snap-length': {
    title: '帧被截断',
    seen: ({ count, frames }) => `${grouped(frames)} 帧中有 ${grouped(count)} 帧被 snap length 截断。`,
    consequence: '截断之后的头部和正文不作判断。',
    remedy: '捕获完整的帧：tcpdump -s 0。',
  },
  'capture.undecoded': {
    title: '无法读取的帧',
    seen: ({ list, frames }) => `${grouped(frames)} 帧中：${list}。`,
    consequence: '其中承载的内容不作判断。',
    remedy: '在没有封装的地方抓包，或用 Wireshark 或 editcap 转换文件。',
  },
  'capture.dropped': {
    title: '抓包程序丢弃了数据包',
    seen: ({ count, received }) => `丢弃 ${grouped(count)} 个，收到 ${grouped(received)} 个。`,
    consequence: '缺少的可能是网络造成的，也可能只是抓包造成的。',
    remedy: '使用更大的缓冲区（tcpdump -B 65536）和过滤器，并写入快速磁盘。',
  },
};

export const ZH: Language = {
  findings,
  times: (count, connections) => `共 ${grouped(count)} 次${connections > 1 ? `，在 ${connections} 条连接上` : ''}；第一次：`,
  setting: (program, setting) => `${program}：${SETTINGS_ZH[setting] ?? setting}`,
  findingsTitle: '发现的问题',
  worthALook: '值得一看',
  nothing: '所捕获的内容中没有发现问题',
  remedy: '对策：',
  severities: { fault: '错误', risk: '风险', advice: '建议', note: '提示' },
  more: (count) => `另有 ${grouped(count)} 项：--json 列出全部`,
  connection: (stream) => `连接 #${stream}`,
  frames: (frames) => `帧 ${frames.join('、')}`,
  comma: '，',
  aside: (text) => `（${text}）`,
};
