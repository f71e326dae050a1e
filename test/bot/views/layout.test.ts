import { describe, expect, it } from '@jest/globals';
import { ACCENT, framed, gallery, text, thumbnailSection } from '../../../bot/views/layout.js';
import { allText } from '../../support/components.js';
import { problemsOfView } from '../../support/discord-validation.js';

const picture = (at: number) => ({ fileName: `image-${at}.webp`, alt: 'x'.repeat(2_000) });

describe('a framed message', () => {
  it('stays within the text that Discord takes, whether it stands alone or beside a picture, and keeps its heading', () => {
    const long = 'x'.repeat(3_000);
    const view = { ...framed(ACCENT.calm, [text('## Heading'), thumbnailSection([long], picture(1)), text(long), thumbnailSection([long], picture(2))]), files: [1, 2].map((at) => ({ name: `image-${at}.webp`, sha256: '' })) };
    expect(problemsOfView(view)).toEqual([]);
    expect(allText(view.components)).toMatch(/^## Heading\nx+/);
  });

  it('shows ten pictures at most, and no gallery without any', () => {
    const view = { ...framed(ACCENT.calm, [gallery(Array.from({ length: 12 }, (_, at) => picture(at)))]), files: Array.from({ length: 10 }, (_, at) => ({ name: `image-${at}.webp`, sha256: '' })) };
    expect(problemsOfView(view)).toEqual([]);
    expect(gallery([])).toBeNull();
  });

  it('names a picture that is not sent along', () => {
    expect(problemsOfView(framed(ACCENT.calm, [gallery([picture(1)])]))).not.toEqual([]);
  });
});
