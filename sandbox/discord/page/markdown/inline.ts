import type { Inline, TimeStyle } from './nodes.js';

type Rule = readonly [starts: string, pattern: RegExp, make: (match: RegExpExecArray) => Inline];

const DEEPEST = 12;
const wrap = (kind: 'bold' | 'italic' | 'underline' | 'strike' | 'spoiler', depth: number) => (match: RegExpExecArray): Inline => ({ kind, children: inlineAt(match[1] ?? '', depth) });
const linkTo = (url: string, children: Inline[]): Inline => ({ kind: 'link', url, children });

/** Discord's inline marks; the first that fits at a place wins. Every pattern is sticky and bounded by the text of one message. */
const rules = (depth: number): readonly Rule[] => [
  ['\\', /\\([^0-9A-Za-z\s])/y, ([, text = '']) => ({ kind: 'text', text })],
  ['<', /<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, ([, seconds, style = 'f']) => ({ kind: 'time', seconds: Number(seconds), style: style as TimeStyle })],
  ['<', /<@&(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'role', id })],
  ['<', /<@!?(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'user', id })],
  ['<', /<#(\d+)>/y, ([, id = '']) => ({ kind: 'mention', of: 'channel', id })],
  ['<', /<\/([^:>\n]+):\d+>/y, ([, name = '']) => ({ kind: 'command', name })],
  ['<', /<a?:(\w+):\d+>/y, ([, name = '']) => ({ kind: 'emoji', name })],
  ['<', /<(https?:\/\/[^\s>]+)>/y, ([, url = '']) => linkTo(url, [{ kind: 'text', text: url }])],
  ['[', /\[((?:\\.|[^\]\\\n])+)\]\(\s*<?(https?:\/\/(?:\([^\s()]*\)|[^\s()<>])+)>?(?:\s+"[^"\n]*")?\s*\)/y, ([, text = '', url = '']) => linkTo(url, inlineAt(text, depth))],
  ['h', /https?:\/\/[^\s<]*[^\s<.,:;"')\]*_~|]/y, ([url]) => linkTo(url, [{ kind: 'text', text: url }])],
  ['*', /\*\*((?:\\[^]|[^\\])+?)\*\*(?!\*)/y, wrap('bold', depth)],
  ['*', /\*(?=[^\s*])((?:\\[^]|\*\*|[^\\*])+?)(?<!\s)\*(?!\*)/y, wrap('italic', depth)],
  ['_', /__((?:\\[^]|[^\\])+?)__(?!_)/y, wrap('underline', depth)],
  ['_', /_((?:\\[^]|__|[^\\_])+?)_(?!\w)/y, wrap('italic', depth)],
  ['~', /~~((?:\\[^]|[^\\])+?)~~/y, wrap('strike', depth)],
  ['|', /\|\|((?:\\[^]|[^\\])+?)\|\|/y, wrap('spoiler', depth)],
  ['\n', /\n/y, () => ({ kind: 'break' })],
];

/** The marks of a text without blocks. */
export const parseInline = (text: string): Inline[] => inlineAt(text, 0);

function inlineAt(text: string, depth: number): Inline[] {
  if (depth >= DEEPEST) return [{ kind: 'text', text }];
  const all = rules(depth + 1);
  const nodes: Inline[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') nodes.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let at = 0; at < text.length; ) {
    const found = matchAt(all, text, at);
    if (found === undefined) {
      plain += text[at] ?? '';
      at += 1;
      continue;
    }
    if (found.node.kind === 'text') plain += found.node.text;
    else {
      flush();
      nodes.push(found.node);
    }
    at = found.end;
  }
  flush();
  return nodes;
}

interface Found {
  node: Inline;
  end: number;
}

function matchAt(all: readonly Rule[], text: string, at: number): Found | undefined {
  if (text[at] === '`') return codeAt(text, at);
  for (const [starts, pattern, make] of all) {
    if (text[at] !== starts) continue;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match !== null) return { node: make(match), end: at + match[0].length };
  }
  return undefined;
}

/** Code ends at the next run of as many backticks. Without one the whole run is text, so that no run is looked at twice. */
function codeAt(text: string, at: number): Found {
  const run = /^`+/.exec(text.slice(at))?.[0] ?? '`';
  const start = at + run.length;
  const end = [...text.slice(start).matchAll(/`+/g)].find(([ticks]) => ticks.length === run.length);
  if (end === undefined) return { node: { kind: 'text', text: run }, end: start };
  const code = text.slice(start, start + end.index);
  return { node: { kind: 'code', text: code.replace(/^ (.*) $/s, '$1') }, end: start + end.index + run.length };
}
