import { describe, expect, it } from '@jest/globals';
import { readCaptionText } from '../../../activities/datasets/caption-text.js';

const refused = (problem: object) => ({ kind: 'refused', problem });

describe('reading a caption file', () => {
  it.each([
    ['UTF-8', Buffer.from('a ginger cat, größer')],
    ['UTF-8 with a byte order mark', Buffer.from('\ufeffa ginger cat, größer')],
    ['UTF-16 as Windows writes it', Buffer.from('\ufeffa ginger cat, größer', 'utf16le')],
    ['big-endian UTF-16', Buffer.from('\ufeffa ginger cat, größer', 'utf16le').swap16()],
    ['lines and spaces around', Buffer.from('\r\n  a ginger cat,\r\ngrößer\n')],
  ])('reads %s', (_case, bytes) => {
    expect(readCaptionText(bytes)).toEqual({ kind: 'ok', caption: 'a ginger cat, größer' });
  });

  it.each([
    ['bytes that are not UTF-8', Buffer.from([0x63, 0xe9, 0x74])],
    ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13])],
    ['text with zero bytes', Buffer.from('a\0cat')],
  ])('refuses %s', (_case, bytes) => {
    expect(readCaptionText(bytes)).toEqual(refused({ code: 'CAPTION_NOT_TEXT' }));
  });

  it.each([['nothing', ''], ['spaces', '  \n\t ']])('refuses %s', (_case, text) => {
    expect(readCaptionText(Buffer.from(text))).toEqual(refused({ code: 'CAPTION_EMPTY' }));
  });

  it('refuses 4,001 characters and takes 4,000', () => {
    expect(readCaptionText(Buffer.from('x'.repeat(4001)))).toEqual(refused({ code: 'CAPTION_TOO_LONG', length: 4001, maxLength: 4000 }));
    expect(readCaptionText(Buffer.from('x'.repeat(4000))).kind).toBe('ok');
  });
});
