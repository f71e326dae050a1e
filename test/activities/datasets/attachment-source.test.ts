import { describe, expect, it } from '@jest/globals';
import { attachmentUrl } from '../../../activities/datasets/attachment-source.js';

const ALLOWED = ['http://127.0.0.1:8788'];

describe('where attachments may come from', () => {
  it.each([
    'https://cdn.discordapp.com/attachments/1/2/cat.png?ex=a&is=b&hm=c',
    'https://media.discordapp.net/attachments/1/2/cat.png',
    'https://cdn.discordapp.com:443/ephemeral-attachments/1/2/cat.png',
    'https://CDN.discordapp.com/attachments/1/2/cat.png',
    'http://127.0.0.1:8788/ephemeral-attachments/1/2/cat.png',
  ])('is %s', (address) => {
    expect(attachmentUrl(address, ALLOWED)?.pathname).toMatch(/^\/(ephemeral-)?attachments\/1\/2\/cat.png$/);
  });

  it.each([
    ['another scheme', 'http://cdn.discordapp.com/attachments/1/2/cat.png'],
    ['another port', 'https://cdn.discordapp.com:8443/attachments/1/2/cat.png'],
    ['a host that ends alike', 'https://evil-cdn.discordapp.com/attachments/1/2/cat.png'],
    ['a host that begins alike', 'https://cdn.discordapp.com.evil.example/attachments/1/2/cat.png'],
    ['the host as user info', 'https://cdn.discordapp.com@evil.example/attachments/1/2/cat.png'],
    ['user info', 'https://user:secret@cdn.discordapp.com/attachments/1/2/cat.png'],
    ['a host behind a backslash', 'https://evil.example\\@cdn.discordapp.com/attachments/1/2/cat.png'],
    ['a trailing dot', 'https://cdn.discordapp.com./attachments/1/2/cat.png'],
    ['another path', 'https://cdn.discordapp.com/api/webhooks/1'],
    ['a path that climbs out', 'https://cdn.discordapp.com/attachments/../api/webhooks'],
    ['a path that climbs out encoded', 'https://cdn.discordapp.com/attachments/%2e%2e/api'],
    ['an address inside', 'http://169.254.169.254/attachments/latest/meta-data'],
    ['loopback on another port', 'http://127.0.0.1:8789/attachments/1/2/cat.png'],
    ['loopback by another name', 'http://localhost:8788/attachments/1/2/cat.png'],
    ['a file', 'file:///attachments/1/2/cat.png'],
    ['no address', 'attachments/1/2/cat.png'],
    ['nothing', ''],
  ])('is not %s', (_case, address) => {
    expect(attachmentUrl(address, ALLOWED)).toBeNull();
  });

  it('is Discord alone when the operator allows nothing else', () => {
    expect(attachmentUrl('http://127.0.0.1:8788/attachments/1/2/cat.png', [])).toBeNull();
    expect(attachmentUrl('data:image/png;base64,AAAA', ['null'])).toBeNull();
  });
});
