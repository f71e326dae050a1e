import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseMarkdown } from '../../../../sandbox/discord/page/markdown/blocks.js';
import { parseInline } from '../../../../sandbox/discord/page/markdown/inline.js';
import type { Block, Inline } from '../../../../sandbox/discord/page/markdown/nodes.js';

/** Written short: `<b>` for bold and so on, so that a line of the table can be read. */
function short(nodes: readonly Inline[]): string {
  return nodes.map(shortNode).join('');
}

function shortNode(node: Inline): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'break':
      return '<br>';
    case 'code':
      return `<code>${node.text}</code>`;
    case 'link':
      return `<a ${node.url}>${short(node.children)}</a>`;
    case 'mention':
      return `<${node.of} ${node.id}>`;
    case 'command':
      return `<command ${node.name}>`;
    case 'time':
      return `<time ${node.seconds} ${node.style}>`;
    case 'emoji':
      return `<emoji ${node.name}>`;
    default:
      return `<${node.kind}>${short(node.children)}</${node.kind}>`;
  }
}

function shortBlock(block: Block): unknown {
  switch (block.kind) {
    case 'code':
      return { code: block.text };
    case 'quote':
      return { quote: block.blocks.map(shortBlock) };
    case 'list':
      return { [block.ordered ? `from ${block.start}` : 'list']: block.items.map((item) => (item.lists.length === 0 ? short(item.children) : [short(item.children), ...item.lists.map(shortBlock)])) };
    case 'heading':
      return { [`h${block.level}`]: short(block.children) };
    default:
      return block.kind === 'paragraph' ? short(block.children) : { subtext: short(block.children) };
  }
}

const blocks = (text: string): unknown[] => parseMarkdown(text).map(shortBlock);

describe('the text of a message', () => {
  it.each([
    ['**bold** and *it* and _it_', '<bold>bold</bold> and <italic>it</italic> and <italic>it</italic>'],
    ['***both***', '<bold><italic>both</italic></bold>'],
    ['__under__ ~~gone~~ ||secret||', '<underline>under</underline> <strike>gone</strike> <spoiler>secret</spoiler>'],
    ['**a `*code*` b**', '<bold>a <code>*code*</code> b</bold>'],
    ['``a ` b``', '<code>a ` b</code>'],
    ['\\*\\*not bold\\*\\* \\_ \\# C:\\dir', '**not bold** _ # C:\\dir'],
    ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    ['**open and `open', '**open and `open'],
    ['a\nb', 'a<br>b'],
    ['<t:1700000000:R> <t:1700000000>', '<time 1700000000 R> <time 1700000000 f>'],
    ['<@123> <@!123> <@&5> <#7> </train list:9> <:ok:11>', '<user 123> <user 123> <role 5> <channel 7> <command train list> <emoji ok>'],
    ['[docs **here**](https://a.b/c_(d))', '<a https://a.b/c_(d)>docs <bold>here</bold></a>'],
    ['see https://a.b/c?x=1, or <https://d.e>.', 'see <a https://a.b/c?x=1>https://a.b/c?x=1</a>, or <a https://d.e>https://d.e</a>.'],
    ['[x](javascript:alert(1)) <script>alert(1)</script> <img src=x>', '[x](javascript:alert(1)) <script>alert(1)</script> <img src=x>'],
    ['<t:99999999999999999999:R>', '<t:99999999999999999999:R>'],
  ])('reads %j', (text, expected) => {
    expect(short(parseInline(text))).toBe(expected);
  });

  it('takes escaped marks as text everywhere', () => {
    expect(parseInline('\\<@123> \\`a\\` \\|\\|b\\|\\|')).toEqual([{ kind: 'text', text: '<@123> `a` ||b||' }]);
  });

  it('reads headings, small print, lists, quotes and code', () => {
    expect(blocks('# One\n## Two **b**\n### Three\n#### four\n#five\n-# small\ntext')).toEqual([{ h1: 'One' }, { h2: 'Two <bold>b</bold>' }, { h3: 'Three' }, '#### four<br>#five', { subtext: 'small' }, 'text']);
    expect(blocks('- a\n  - b\n  - c\n* d\ntext')).toEqual([{ list: [['a', { list: ['b', 'c'] }], 'd'] }, 'text']);
    expect(blocks('3. a\n4. b')).toEqual([{ 'from 3': ['a', 'b'] }]);
    expect(blocks('> one\n> - two\nout')).toEqual([{ quote: ['one', { list: ['two'] }] }, 'out']);
    expect(blocks('>>> all\nthe rest')).toEqual([{ quote: ['all<br>the rest'] }]);
    expect(blocks('before\n```ts\n**raw**\n```\nafter')).toEqual(['before', { code: '**raw**' }, 'after']);
    expect(blocks('a\n\nb')).toEqual(['a', 'b']);
    expect(blocks('-not a list and > no quote')).toEqual(['-not a list and > no quote']);
  });

  it('loses no letter and hangs on nothing that a person can type', () => {
    const nasty = fc.array(fc.constantFrom('*', '_', '`', '~', '|', '<', '>', '\\', '[', ']', '(', ')', '#', '- ', '1. ', '> ', '\n', ' ', 'a', 'é', '😀', 'https://x.y', '<t:1:R>', '<@1>'), { maxLength: 300 });
    fc.assert(
      fc.property(nasty, (parts) => {
        const text = parts.join('');
        const letters = (shown: string): number => shown.split(/é|😀/).length;
        expect(letters(JSON.stringify(parseMarkdown(text)))).toBeGreaterThanOrEqual(letters(text));
      }),
      { numRuns: 300 },
    );
  });

  it('reads the longest message of nothing but marks at once', () => {
    const startedAt = performance.now();
    for (const mark of ['**', '_', '`', '||', '[', '<t:', '> ', '- ', '__a*']) parseMarkdown(mark.repeat(4_000 / mark.length));
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
