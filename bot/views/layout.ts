import {
  ButtonStyle,
  ComponentType,
  SeparatorSpacingSize,
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIComponentInContainer,
  type APIComponentInMessageActionRow,
  type APIContainerComponent,
  type APIFileComponent,
  type APIMediaGalleryComponent,
  type APIMessageTopLevelComponent,
  type APISectionComponent,
  type APISelectMenuOption,
  type APISeparatorComponent,
  type APIStringSelectComponent,
  type APITextDisplayComponent,
} from 'discord.js';
import { clamp } from './safe.js';

/** What a message shows: a Components V2 body without its flags. Pure data, the same for a reply, an edit and a new message. */
export interface View {
  readonly components: APIMessageTopLevelComponent[];
  /** The stored pictures it shows, by the names under which its components refer to them (`attachment://<name>`). */
  readonly files?: readonly ViewFile[];
  /** Text that is sent along as a file of this name: what does not fit into a message. Only answers to interactions carry it. */
  readonly textFile?: { readonly name: string; readonly content: string };
}

/** A stored blob that is sent along with a message: an address of Discord's would expire. */
export interface ViewFile {
  readonly name: string;
  readonly sha256: string;
}

/** Discord counts the text of all TextDisplays of a message together. */
export const MESSAGE_TEXT_LIMIT = 4000;
const SELECT_LIMIT = 25;
const GALLERY_LIMIT = 10;

export const ACCENT = { calm: 0x4f6d8f, good: 0x3f8f5f, bad: 0xb0483f, waiting: 0xc28f2c } as const;

/** A message of one framed block. Whatever the parts hold, the text of the whole stays within Discord's limit. */
export function framed(accent: number, parts: readonly (APIComponentInContainer | null)[]): View {
  // Discord refuses text without a character.
  const components = parts.filter((part) => part !== null).filter((part) => part.type !== ComponentType.TextDisplay || part.content !== '');
  const container: APIContainerComponent = { type: ComponentType.Container, accent_color: accent, components: fitText(components) };
  return { components: [container] };
}

/** Cuts from the last text backwards, so that headings survive. */
function fitText(components: readonly APIComponentInContainer[]): APIComponentInContainer[] {
  let excess = components.flatMap(textsIn).reduce((sum, { content }) => sum + content.length, 0) - MESSAGE_TEXT_LIMIT;
  const shortened = (part: APITextDisplayComponent): APITextDisplayComponent => {
    if (excess <= 0) return part;
    const content = clamp(part.content, Math.max(1, part.content.length - excess));
    excess -= part.content.length - content.length;
    return { ...part, content };
  };
  const fitted = [...components].reverse().map((part) => {
    if (part.type === ComponentType.TextDisplay) return shortened(part);
    return part.type === ComponentType.Section ? { ...part, components: [...part.components].reverse().map(shortened).reverse() } : part;
  });
  return fitted.reverse();
}

function textsIn(part: APIComponentInContainer): readonly APITextDisplayComponent[] {
  if (part.type === ComponentType.TextDisplay) return [part];
  return part.type === ComponentType.Section ? part.components : [];
}

export function text(...lines: readonly (string | null)[]): APITextDisplayComponent {
  return { type: ComponentType.TextDisplay, content: lines.filter((line) => line !== null && line !== '').join('\n') };
}

/** What the client reads out for a picture. */
const ALT_LIMIT = 1024;

export interface Picture {
  /** The name of one of the view's `files`. */
  readonly fileName: string;
  /** What stands for the picture where it cannot be seen. */
  readonly alt: string;
}

/** Pictures side by side, one alone large; null without any, and at most the ten that Discord takes. */
export function gallery(pictures: readonly Picture[]): APIMediaGalleryComponent | null {
  if (pictures.length === 0) return null;
  const items = pictures.slice(0, GALLERY_LIMIT).map(({ fileName, alt }) => ({ media: attached(fileName), description: clamp(alt, ALT_LIMIT) }));
  return { type: ComponentType.MediaGallery, items };
}

/** Text with a small picture beside it. */
export function thumbnailSection(lines: readonly (string | null)[], { fileName, alt }: Picture): APISectionComponent {
  return { type: ComponentType.Section, components: [text(...lines)], accessory: { type: ComponentType.Thumbnail, media: attached(fileName), description: clamp(alt, ALT_LIMIT) } };
}

/** A file to save. */
export function fileToSave(fileName: string): APIFileComponent {
  return { type: ComponentType.File, file: attached(fileName) };
}

function attached(fileName: string): { url: string } {
  return { url: `attachment://${fileName}` };
}

export function line(): APISeparatorComponent {
  return { type: ComponentType.Separator, divider: true, spacing: SeparatorSpacingSize.Small };
}

/** Null when there is nothing to put in: Discord refuses an empty row. */
export function row(...children: readonly (APIComponentInMessageActionRow | null)[]): APIActionRowComponent<APIComponentInMessageActionRow> | null {
  const components = children.filter((child) => child !== null);
  return components.length === 0 ? null : { type: ComponentType.ActionRow, components };
}

type Style = 'primary' | 'secondary' | 'danger';
const STYLES = { primary: ButtonStyle.Primary, secondary: ButtonStyle.Secondary, danger: ButtonStyle.Danger } as const;

export function button(label: string, customId: string, style: Style = 'secondary'): APIButtonComponent {
  return { type: ComponentType.Button, style: STYLES[style], label: clamp(label, 80), custom_id: customId };
}

export function linkButton(label: string, url: string): APIButtonComponent {
  return { type: ComponentType.Button, style: ButtonStyle.Link, label: clamp(label, 80), url };
}

export function select(customId: string, placeholder: string, options: readonly APISelectMenuOption[]): APIStringSelectComponent {
  return {
    type: ComponentType.StringSelect,
    custom_id: customId,
    placeholder: clamp(placeholder, 150),
    options: options.slice(0, SELECT_LIMIT).map((option) => ({
      ...option,
      label: clamp(option.label, 100),
      ...(option.description === undefined ? {} : { description: clamp(option.description, 100) }),
    })),
  };
}

/** A time that the reader's own client shows and keeps current: `in 5 minutes`, or the time of day. */
export function timestamp(at: Date, style: 'R' | 't' | 'f' = 'R'): string {
  return `<t:${Math.floor(at.getTime() / 1000)}:${style}>`;
}
