/** 中文：单个帧、两个单元格并排、空闲超时与代理的对照。 */
import type { PROOF_EN } from './proof-en.ts';

export const PROOF_ZH: Readonly<Record<keyof typeof PROOF_EN, string>> = {
  'proof.save': '保存抓包文件（pcapng）',
  'proof.save-note': '包含该单元格的全部帧；作为证据的帧带有注释。报文头完整，正文已截断。',
  'proof.saved': '已保存为 {name}',
  'proof.payload': '载荷 {n} 字节',
  'proof.before': '帧 {frame}',
  'proof.after': '帧 {frame}',
  'proof.cut': '已截断：载荷共 {all} 字节，本页只保留前 {kept} 字节。该帧最后 {rest} 字节仅存于运行时生成的抓包文件。',
  'proof.bytes': '帧的字节',
  'proof.fields': '帧的字段',
  'proof.text': '文本形式的载荷',
  'proof.copy-command': '复制命令：{command}',
  'proof.no-packets': '本页不含该单元格的数据包。',
  'proof.no-frame': '该单元格的抓包中没有这一帧。',
  'proof.cannot-unpack': '当前浏览器不支持 DecompressionStream，无法解压本页内嵌的单元格数据。',
};
