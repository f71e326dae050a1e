import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createClock } from '../../../sandbox/discord/clock.js';
import { cleanFileName } from '../../../sandbox/discord/file-names.js';
import { createSnowflakes } from '../../../sandbox/discord/snowflakes.js';

describe('the clock', () => {
  it('runs what falls due while time is skipped, in order, and nothing that was cancelled', () => {
    const clock = createClock(() => 1_000);
    const ran: string[] = [];
    clock.after(3_000, () => ran.push('later'));
    clock.after(1_000, () => ran.push('first'));
    clock.after(2_000, () => ran.push('never'))();
    clock.after(10_000, () => ran.push('too late'));

    clock.advance(5_000);

    expect(ran).toEqual(['first', 'later']);
    expect(clock.now()).toBe(6_000);
    clock.stop();
  });

  it('runs what falls due by itself', async () => {
    const clock = createClock();
    await new Promise<void>((resolve) => clock.after(5, resolve));
    clock.stop();
  });
});

describe('ids', () => {
  it('rise, carry the time and never repeat, also within one millisecond', () => {
    let ms = 1_700_000_000_000;
    const next = createSnowflakes(() => ms);
    const ids = Array.from({ length: 10_000 }, () => next());
    ms += 10_000;
    const later = next();

    expect(new Set(ids).size).toBe(10_000);
    expect([...ids].sort((a, b) => Number(BigInt(a) - BigInt(b)))).toEqual(ids);
    expect(Number(BigInt(later) >> 22n) + 1_420_070_400_000).toBe(ms);
  });
});

describe('names of files', () => {
  it.each([
    ['my cat.png', 'my_cat.png'],
    ['_cat.png', 'cat.png'],
    ['hello (world).png', 'hello_world.png'],
    ['Test测试.png', 'Test.png'],
    ['..\\..\\etc/passwd', 'etc_passwd'],
  ])('%s becomes %s', (given, kept) => {
    expect(cleanFileName(given)).toBe(kept);
  });

  it('are replaced when nothing of them is left', () => {
    expect(cleanFileName('猫.png')).toMatch(/^[0-9a-f]{8}\.png$/);
  });

  it('are plain whatever is given, and stay as they are the second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (name) => {
        const clean = cleanFileName(name);
        expect(clean).toMatch(/^[A-Za-z0-9_.-]+$/);
        expect(cleanFileName(clean)).toBe(clean);
      }),
    );
  });
});
