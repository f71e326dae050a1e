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
