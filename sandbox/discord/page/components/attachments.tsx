import type { SeenMessage } from '../../user/seen.js';
import type { Component } from '../../wire.js';
import { FileView, Gallery } from './media.js';

/** The files of a message that no component shows already. */
export function Attachments({ message }: { message: SeenMessage }) {
  const shown = new Set(message.components.flatMap(pathsIn));
  const loose = message.attachments.filter(({ url }) => !shown.has(new URL(url).pathname));
  const pictures = loose.filter(({ width }) => width !== undefined);
  const files = loose.filter(({ width }) => width === undefined);
  return (
    <>
      {pictures.length > 0 && <Gallery items={pictures.map(({ url, width, height, description, filename }) => ({ media: { url, width, height }, description: description ?? filename }))} />}
      {files.map(({ id, url, filename, size }) => <FileView key={id} url={url} name={filename} size={size} />)}
    </>
  );
}

const pathsIn = (component: Component): string[] => [
  ...[component.file?.url, component.media?.url, ...(component.items ?? []).map(({ media }) => media.url)].flatMap((url) => (url === undefined ? [] : [new URL(url).pathname])),
  ...(component.components ?? []).flatMap(pathsIn),
  ...(component.accessory === undefined ? [] : pathsIn(component.accessory)),
];
