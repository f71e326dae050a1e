import type { Embed as EmbedBody } from '../../wire.js';
import { Markdown } from './markdown.js';

/** An embed of a message without Components V2. */
export function Embed({ embed }: { embed: EmbedBody }) {
  return (
    <div class="container">
      {embed.title !== undefined && <p><strong>{embed.title}</strong></p>}
      {embed.description !== undefined && <Markdown text={embed.description} />}
      {(embed.fields ?? []).map(({ name, value }, index) => (
        <div key={index}>
          <p><strong>{name}</strong></p>
          <Markdown text={value} />
        </div>
      ))}
      {embed.footer !== undefined && <p class="subtext">{embed.footer.text}</p>}
    </div>
  );
}
