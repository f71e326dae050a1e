import { describe, expect, it } from '@jest/globals';
import { readNodeHeaders, readNodeList } from '../../../workers/gpu/node-list.js';

describe('COMFYUI_NODES', () => {
  it('names nodes with their address and, after a semicolon, their queue', () => {
    expect(readNodeList(['alpha=http://10.0.0.5:8188/', 'beta=https://gpu.example/comfy;big'])).toEqual({
      kind: 'ok',
      nodes: [
        { nodeId: 'alpha', url: 'http://10.0.0.5:8188', queue: 'default' },
        { nodeId: 'beta', url: 'https://gpu.example/comfy', queue: 'big' },
      ],
    });
  });

  it('is refused with every problem at once and no password', () => {
    const read = readNodeList(['http://10.0.0.5', 'a b=http://x', 'c=ftp://me:secret@x', 'd=http://x', 'd=http://y', 'e=http://x;']);
    expect(read.kind === 'problems' && read.problems).toHaveLength(5);
    expect(JSON.stringify(read)).not.toContain('secret');
    expect(readNodeList([]).kind).toBe('problems');
  });

  it.each([
    ['a user with a password', 'alpha=http://me:s3cret@10.0.0.5:8188'],
    ['a user alone', 'alpha=https://s3cret@gpu.example;big'],
    ['an empty user', 'alpha=http://:s3cret@gpu.example'],
    ['a password that holds a slash', 'alpha=http://me:1/s3cret@gpu.example'],
    ['a password that holds a semicolon', 'alpha=http://me:a;s3cret@gpu.example'],
  ])('refuses an address with %s, which a request cannot use, in one sentence that says where it belongs', (_what, item) => {
    expect(readNodeList(['beta=http://10.0.0.6:8188', item])).toEqual({
      kind: 'problems',
      problems: ['COMFYUI_NODES: the address of "alpha" holds credentials, with which no request can be made: put them in COMFYUI_HEADERS, such as {"Authorization": "Basic …"}.'],
    });
  });

  it.each([
    ['a password that holds a comma', 'alpha=http://me:s3cret-one,s3cret-two@gpu.example'],
    ['such a password behind a wrong name', 'a b=http://me:s3cret,x@gpu.example'],
    ['a password that holds a comma and an equals sign', 'alpha=http://me:x,s3cret=@gpu.example'],
    ['no name', 'http://me:s3cret@gpu.example'],
  ])('tells nothing of the credentials with %s, whatever else is wrong', (_what, text) => {
    const read = readNodeList(`a b=http://x,${text}`.split(','));
    expect(read.kind).toBe('problems');
    expect(JSON.stringify(read)).toContain('COMFYUI_HEADERS');
    expect(JSON.stringify(read)).not.toContain('s3cret');
  });
});

describe('COMFYUI_HEADERS', () => {
  it('is a JSON object of texts', () => {
    expect(readNodeHeaders(undefined)).toEqual({ headers: {} });
    expect(readNodeHeaders('{"Authorization":"Bearer x"}')).toEqual({ headers: { Authorization: 'Bearer x' } });
  });

  it.each(['Bearer s3cret', '["s3cret"]', '{"a":"s3cret","b":1}', 'null'])('is refused as %j without telling it', (text) => {
    const read = readNodeHeaders(text);
    expect(read).toHaveProperty('problem');
    expect(JSON.stringify(read)).not.toContain('s3cret');
  });
});
