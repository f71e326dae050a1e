import type { Component } from '../../wire.js';
import { ownAddress } from '../api.js';
import { useClient } from '../hooks.js';

interface PictureProps {
  url: string;
  /** What the bot or person says it shows. */
  alt: string | undefined;
  width?: unknown;
  height?: unknown;
}

/** A picture that opens large. Its place is kept while it loads, so that nothing jumps. */
export function Picture({ url, alt, width, height }: PictureProps) {
  const client = useClient();
  const text = alt ?? 'Picture without a description';
  const size = typeof width === 'number' && typeof height === 'number' ? { width, height } : {};
  return (
    <button type="button" class="picture" aria-label={`${text}: show large`} onClick={() => { client.change({ picture: { url: ownAddress(url), alt: text } }); }}>
      <img src={ownAddress(url)} alt={text} {...size} />
    </button>
  );
}

export function Thumbnail({ component }: { component: Component }) {
  const { media, description } = component;
  return <div class="thumbnail"><Picture url={media?.url ?? ''} alt={description} width={media?.width} height={media?.height} /></div>;
}

export function Gallery({ items }: { items: NonNullable<Component['items']> }) {
  return (
    <ul class={`gallery of-${Math.min(items.length, 4)}`} aria-label="Pictures">
      {items.map(({ media, description }, index) => (
        <li key={index}><Picture url={media.url} alt={description} width={media.width} height={media.height} /></li>
      ))}
    </ul>
  );
}

export function FileView({ url, name, size }: { url: string; name: string; size: number | undefined }) {
  return (
    <p class="file">
      <a href={ownAddress(url)} download={name}>{name}</a>
      {size !== undefined && <span> {sizeText(size)}</span>}
    </p>
  );
}

/** A size as people read it. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  return bytes < 1024 * 1024 ? `${(bytes / 1024).toFixed(0)} KiB` : `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
