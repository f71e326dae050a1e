import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CAPTION_MAX_LENGTH, NAME_MAX_LENGTH, captionForTraining, checkCaption, checkName, triggerWordFrom } from '../../domain/datasets.js';

const refusedName = (problem: string, raw: string) => ({ kind: 'refused', refusal: { code: 'name-invalid', problem, length: Array.from(raw.trim()).length, maxLength: NAME_MAX_LENGTH } });

describe('checkName', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['only spaces', '   ', 'empty'],
    ['41 characters', 'x'.repeat(41), 'too-long'],
    ['a line break', 'cats\ndogs', 'characters'],
    ['a bidirectional override', 'cats\u202Egnp.exe', 'characters'],
    ['a zero-width space', 'ca\u200Bts', 'characters'],
  ])('refuses %s', (_what, raw, problem) => {
    expect(checkName(raw)).toEqual(refusedName(problem, raw));
  });

  it.each(['@everyone', '**bold** _name_', 'Chat noir été', '猫', '`code` <@123>'])('takes %s as it is', (raw) => {
    expect(checkName(raw)).toMatchObject({ kind: 'ok', name: raw });
  });

  it('finds names that differ only in case or width the same', () => {
    const keys = ['Cats', 'CATS', 'ｃａｔｓ', ' cats  '].map((raw) => {
      const checked = checkName(raw);
      return checked.kind === 'ok' ? checked.nameKey : 'refused';
    });
    expect(new Set(keys)).toEqual(new Set(['cats']));
  });

  it('counts characters, not UTF-16 units', () => {
    expect(checkName('🐱'.repeat(NAME_MAX_LENGTH)).kind).toBe('ok');
    const long = '🐱'.repeat(NAME_MAX_LENGTH + 1);
    expect(checkName(long)).toEqual(refusedName('too-long', long));
  });
});

describe('checkCaption', () => {
  it.each([
    ['nothing', '', 'empty'],
    ['only spaces', ' \n\t ', 'empty'],
    ['4,001 characters', 'x'.repeat(CAPTION_MAX_LENGTH + 1), 'too-long'],
  ])('refuses %s', (_what, raw, problem) => {
    expect(checkCaption(raw)).toMatchObject({ kind: 'refused', refusal: { code: 'caption-invalid', problem } });
  });

  it('takes 4,000 characters and makes line breaks spaces', () => {
    expect(checkCaption('x'.repeat(CAPTION_MAX_LENGTH)).kind).toBe('ok');
    expect(checkCaption('a cat\r\non a mat')).toEqual({ kind: 'ok', caption: 'a cat on a mat' });
  });
});

describe('trigger words', () => {
  it('are plain ASCII whatever the name is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        expect(triggerWordFrom(name)).toMatch(/^tyrd[a-z0-9]{1,16}$/);
      }),
    );
  });

  it('stand in front of a caption exactly once', () => {
    expect(captionForTraining('a cat', 'tyrdcats')).toBe('tyrdcats, a cat');
    expect(captionForTraining('TYRDCATS on a mat', 'tyrdcats')).toBe('TYRDCATS on a mat');
    expect(captionForTraining(null, 'tyrdcats')).toBe('tyrdcats');
  });
});
