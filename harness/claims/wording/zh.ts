import type { ClaimWords } from './en.ts';
import { zhPrinted, zhPrintedClaims } from './zh-printed.ts';
import { zhSectionFour } from './zh-section-four.ts';

const SIDE = { server: '服务器', client: '客户端' } as const;

export const zh: ClaimWords = {
  language: 'zh-CN',
  verdicts: {
    reproduced: '已重现',
    'reproduced-other-cause': '已重现，但原因不同',
    contradicted: '不成立',
    'not-observable': '无法观测',
  },
  cellsMissing: (cells) => `本次运行中没有：${cells.join('、')}。`,
  needCells: (cells) => `${cells.join('、')} 各需一次成功的抓包（npm run doctor 会指出本机缺少什么）。`,
  ...zhSectionFour,
  ...zhPrinted,
  printedClaims: zhPrintedClaims,
  claims: { ...zhSectionFour.claims, ...zhPrintedClaims },
  page: {
    title: '第四部分：重现与检验',
    intro:
      '把实验报告的说法与实际抓到的报文逐一对照。每条论断由程序根据报文判定；报告给出原因的，再用只改动这一处的服务器（或浏览器）变体来检验。',
    run: (date, window) => `运行时间：${date}；空闲连接的观察时间为 ${window} s。`,
    fromCaptures: (dir) => `根据 ${dir} 中的抓包文件判定。`,
    colon: '：',
    comma: '，',
    aside: (text) => `（${text}）`,
    verdictTable: '判定一览',
    claim: '编号',
    says: '报告的说法',
    verdict: '判定',
    why: '理由',
    report: '报告',
    itsCause: '报告给出的原因',
    itsCure: '报告给出的解决办法',
    noCure: '未给出',
    seen: '实际观测',
    needed: '还需要',
    evidence: '证据',
    frames: (list) => `第 ${list.join('、')} 帧`,
    captureFile: '抓包文件',
    ladder: (cell, stream) => `最能说明问题的连接：${cell}，流 ${stream}`,
    wireshark: '在 Wireshark 中查看',
    filter: (filter) => `显示过滤器：${filter}`,
    matrix: '服务器与浏览器对照表',
    matrixIntro:
      '报告中的六种服务器与四种浏览器。每格依次为：首次访问的连接数（用过的，加号后为未用过的）；哪一方首先关闭、方式以及此前的空闲时间；再次输入网址时页面文件的情况。',
    server: '服务器',
    connections: (used, unused) => `${used}${unused > 0 ? `+${unused}` : ''} 条连接`,
    closes: (by, how, seconds) => `${SIDE[by]} ${how} ${seconds}`,
    open: (seconds) => `${seconds} 后仍未关闭`,
    atOnce: '立即',
    revisit: (asked, files, notModified) => (asked === 0 ? '未再请求' : `${files} 个文件中再次请求 ${asked} 个，304 ${notModified} 个`),
    notRun: '–',
    provenance: { real: '真实', model: '模型', emulated: '模拟' },
    provenanceNote:
      '“模型”：依据公开资料仿制该服务器；“模拟”：按浏览器的行为特征发出请求，并非浏览器本身。IE 11 与 Edge 无法在此安装，其特征分别取自文档与 Chromium。',
    times: (server, client) => `${server} × ${client}`,
  },
};
