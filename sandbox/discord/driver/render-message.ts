import { ComponentType, type Component, type Embed } from '../wire.js';
import type { SeenMessage, SeenModal } from '../user/view.js';

const LINK_STYLE = 5;
const CONTAINER_EDGE = '│ ';

/** A message as readable plain text: what stands in it, top to bottom, buttons as `[Label]`. */
export function renderMessage(message: SeenMessage): string {
  if (message.thinking) return `${message.author} is thinking…${message.ephemeral ? ' (only you can see this)' : ''}`;
  const shownFiles = new Set(message.components.flatMap(filesIn));
  const loose = message.attachments.filter((file) => !shownFiles.has(pathOf(file.url)));
  return [
    ...(message.content === '' ? [] : [message.content]),
    ...message.embeds.map(renderEmbed),
    ...message.components.map(renderComponent),
    ...loose.map((file) => `(file) ${file.filename}`),
    ...(message.ephemeral ? ['(only you can see this)'] : []),
  ].join('\n');
}

/** A form as readable plain text. */
export function renderModal(modal: SeenModal): string {
  return [`┌ ${modal.title}`, ...modal.components.map((component) => indent(renderComponent(component))), '└ [Submit]'].join('\n');
}

function renderComponent(component: Component): string {
  const children = component.components ?? [];
  switch (component.type) {
    case ComponentType.ActionRow:
      return children.map(renderComponent).join(' ');
    case ComponentType.Button:
      return renderButton(component);
    case ComponentType.Section:
      return [...children.map(renderComponent), ...(component.accessory === undefined ? [] : [renderComponent(component.accessory)])].join('\n');
    case ComponentType.TextDisplay:
      return component.content ?? '';
    case ComponentType.Thumbnail:
      return `(picture) ${component.description ?? nameIn(component.media?.url)}`;
    case ComponentType.MediaGallery:
      return (component.items ?? []).map((item) => `(picture) ${item.description ?? nameIn(item.media.url)}`).join('\n');
    case ComponentType.File:
      return `(file) ${component.name ?? nameIn(component.file?.url)}`;
    case ComponentType.Separator:
      return '────';
    case ComponentType.Container:
      return indent(children.map(renderComponent).join('\n'));
    case ComponentType.Label:
      return [component.label ?? '', ...(component.description === undefined ? [] : [component.description]), ...(component.component === undefined ? [] : [renderComponent(component.component)])].join('\n');
    case ComponentType.TextInput:
      return `${component.label === undefined ? '' : `${component.label}\n`}[______] ${component.placeholder ?? ''}`.trimEnd();
    case ComponentType.FileUpload:
      return `[Choose up to ${component.max_values ?? 1} file(s)]`;
    default:
      return `[▾ ${component.placeholder ?? component.custom_id ?? ''}] ${(component.options ?? []).map((option) => option.label).join(' | ')}`.trimEnd();
  }
}

function renderButton(button: Component): string {
  const label = [button.emoji?.name, button.label].filter((part) => part !== undefined).join(' ');
  if (button.style === LINK_STYLE) return `[${label}](${button.url ?? ''})`;
  return button.disabled === true ? `[${label} (disabled)]` : `[${label}]`;
}

const renderEmbed = (embed: Embed): string =>
  [embed.title, embed.description, ...(embed.fields ?? []).map((field) => `${field.name}: ${field.value}`), embed.footer?.text]
    .filter((line) => line !== undefined)
    .map((line) => indent(line))
    .join('\n');

const indent = (text: string): string =>
  text
    .split('\n')
    .map((line) => `${CONTAINER_EDGE}${line}`.trimEnd())
    .join('\n');

const filesIn = (component: Component): string[] =>
  [component.file?.url, component.media?.url, ...(component.items ?? []).map((item) => item.media.url)]
    .flatMap((url) => (url === undefined ? [] : [pathOf(url)]))
    .concat((component.components ?? []).flatMap(filesIn), component.accessory === undefined ? [] : filesIn(component.accessory));

const pathOf = (url: string): string => new URL(url).pathname;

const nameIn = (url: string | undefined): string => (url === undefined ? '' : (pathOf(url).split('/').at(-1) ?? ''));
