import { describe, expect, it } from '@jest/globals';
import { renderMessage } from '../../../sandbox/discord/driver/render-message.js';
import type { SeenMessage } from '../../../sandbox/discord/user/view.js';

const message = (fields: Partial<SeenMessage>): SeenMessage => ({
  id: '1',
  channelId: '2',
  channel: '#training',
  author: 'Trainyard',
  authorId: '1180430915223552001',
  ephemeral: false,
  thinking: false,
  content: '',
  embeds: [],
  components: [],
  attachments: [],
  pinged: false,
  edits: 0,
  createdAt: 0,
  ...fields,
});

const media = (name: string) => ({ url: `http://127.0.0.1:1/attachments/2/3/${name}?ex=1` });

describe('a message as text', () => {
  it('reads top to bottom, with pictures by their alt text and buttons by their label', () => {
    const text = renderMessage(
      message({
        components: [
          {
            type: 17,
            components: [
              { type: 10, content: '## cats\n420 of 1,500 steps' },
              { type: 9, components: [{ type: 10, content: 'Best sample' }], accessory: { type: 11, media: media('t.png') } },
              { type: 14 },
              { type: 12, items: [{ media: media('a.png'), description: 'Sample 1' }, { media: media('b.png') }] },
              { type: 1, components: [{ type: 2, style: 4, label: 'Cancel', custom_id: 'c' }, { type: 2, style: 2, label: 'Later', custom_id: 'l', disabled: true }, { type: 2, style: 5, label: 'Web', url: 'https://a.b' }] },
            ],
          },
        ],
        attachments: [
          { id: '1', filename: 'a.png', size: 1, content_type: 'image/png', url: media('a.png').url },
          { id: '2', filename: 'loose.txt', size: 1, content_type: 'text/plain', url: media('loose.txt').url },
        ],
        ephemeral: true,
      }),
    );

    expect(text).toBe(
      ['│ ## cats', '│ 420 of 1,500 steps', '│ Best sample', '│ (picture) t.png', '│ ────', '│ (picture) Sample 1', '│ (picture) b.png', '│ [Cancel] [Later (disabled)] [Web](https://a.b)', '(file) loose.txt', '(only you can see this)'].join('\n'),
    );
  });

  it('reads content, embeds and select menus', () => {
    const text = renderMessage(message({ content: 'hello', embeds: [{ title: 'T', fields: [{ name: 'a', value: 'b' }] }], components: [{ type: 1, components: [{ type: 3, custom_id: 's', placeholder: 'Which?', options: [{ label: 'A', value: 'a' }] }] }] }));

    expect(text).toBe('hello\n│ T\n│ a: b\n[▾ Which?] A');
  });

  it('says that the bot is thinking', () => {
    expect(renderMessage(message({ thinking: true }))).toBe('Trainyard is thinking…');
  });
});
