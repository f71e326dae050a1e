import { cleanFileName } from '../file-names.js';
import { ComponentType, type Component, type Media } from '../wire.js';
import type { FormIssue } from '../errors.js';
import { type Path, type Placed, walk } from './walk.js';

const MAX_COMPONENTS = 40;
const MAX_DISPLAYED_TEXT = 4_000;
const MAX_LEGACY_ROWS = 5;
const LINK_STYLE = 5;
const PREMIUM_STYLE = 6;

export interface ComponentContext {
  isV2: boolean;
  root: Path;
  /** Names of the files that are on the message after the request. */
  fileNames: readonly string[];
}

/** Rules 4, 6, 7, 9, 10 and 11: what the schema cannot say about a message's components. */
export function checkComponents(components: readonly Component[], context: ComponentContext): FormIssue[] {
  const all = walk(components, [...context.root, 'components']);
  return [
    ...(context.isV2 ? checkTotals(all, context.root) : checkLegacyLayout(components, context.root)),
    ...checkIds(all),
    ...all.flatMap(checkActionRow),
    ...all.flatMap(checkButton),
    ...all.flatMap(checkSelect),
    ...all.flatMap((placed) => checkMedia(placed, context.fileNames)),
  ];
}

function checkLegacyLayout(components: readonly Component[], root: Path): FormIssue[] {
  const issues: FormIssue[] = components.flatMap((component, index) =>
    component.type === ComponentType.ActionRow
      ? []
      : [{ path: [...root, 'components', index], code: 'UNION_TYPE_CHOICES', message: 'Value of field "type" must be one of (1,).', rule: '4 v2-components-without-flag' }],
  );
  if (components.length > MAX_LEGACY_ROWS) {
    issues.push({ path: [...root, 'components'], code: 'BASE_TYPE_BAD_LENGTH', message: 'Must be between 1 and 5 in length.', rule: 'legacy-rows' });
  }
  return issues;
}

function checkTotals(all: readonly Placed[], root: Path): FormIssue[] {
  const issues: FormIssue[] = [];
  if (all.length > MAX_COMPONENTS) {
    issues.push({
      path: [...root, 'components'],
      code: 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED',
      message: `The total number of components is ${all.length}; at most ${MAX_COMPONENTS} are allowed.`,
      rule: '6 component-count',
    });
  }
  const displayed = all.reduce((sum, { component }) => sum + (component.type === ComponentType.TextDisplay ? (component.content?.length ?? 0) : 0), 0);
  if (displayed > MAX_DISPLAYED_TEXT) {
    issues.push({
      path: [...root, 'components'],
      code: 'COMPONENT_MAX_DISPLAYABLE_TEXT_SIZE_EXCEEDED',
      message: `The displayable text size is ${displayed}; at most ${MAX_DISPLAYED_TEXT} is allowed.`,
      rule: '7 displayed-text',
    });
  }
  return issues;
}

function checkIds(all: readonly Placed[]): FormIssue[] {
  const customIds = new Set<string>();
  const ids = new Set<number>();
  return all.flatMap(({ component, path }): FormIssue[] => {
    const { custom_id: customId, id } = component;
    const isCustomIdTaken = customId !== undefined && customIds.has(customId);
    const isIdTaken = id !== undefined && id !== 0 && ids.has(id);
    if (customId !== undefined) customIds.add(customId);
    if (id !== undefined) ids.add(id);
    return [
      ...(isCustomIdTaken
        ? [{ path: [...path, 'custom_id'], code: 'COMPONENT_CUSTOM_ID_DUPLICATED', message: 'Component custom id cannot be duplicated', rule: '9 custom-id-unique' }]
        : []),
      ...(isIdTaken ? [{ path: [...path, 'id'], code: 'COMPONENT_ID_DUPLICATED', message: 'Component id cannot be duplicated', rule: 'component-id-unique' }] : []),
    ];
  });
}

function checkActionRow({ component, path }: Placed): FormIssue[] {
  if (component.type !== ComponentType.ActionRow) return [];
  const children = component.components ?? [];
  const hasOnlyButtons = children.every((child) => child.type === ComponentType.Button);
  if (hasOnlyButtons || children.length === 1) return [];
  return [{ path: [...path, 'components'], code: 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message: 'The specified component exceeds the maximum width', rule: 'action-row-layout' }];
}

function checkButton({ component, path }: Placed): FormIssue[] {
  if (component.type !== ComponentType.Button) return [];
  const { custom_id: customId, url, style, label, emoji } = component;
  const at = (field: string, code: string, message: string): FormIssue[] => [{ path: [...path, field], code, message, rule: '10 button-style' }];
  if (style === PREMIUM_STYLE) return [];
  if (customId !== undefined && url !== undefined) return at('custom_id', 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE', 'A custom id and url cannot both be specified');
  if (style === LINK_STYLE && url === undefined) return at('url', 'BUTTON_COMPONENT_URL_REQUIRED', 'A url is required');
  if (style !== LINK_STYLE && customId === undefined) return at('custom_id', 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED', 'A custom id is required');
  if (label === undefined && emoji === undefined) return at('label', 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED', 'A label or emoji is required');
  if (url === undefined) return [];
  const { protocol, hostname } = new URL(url);
  if (!['http:', 'https:', 'discord:'].includes(protocol)) {
    return at('url', 'URL_TYPE_INVALID_SCHEME', `Scheme "${protocol.slice(0, -1)}" is not supported. Scheme must be one of ('http', 'https', 'discord').`);
  }
  // `http://localhost` is the classic: Discord wants a host with a dot.
  return protocol === 'discord:' || hostname.includes('.') || hostname.startsWith('[') ? [] : at('url', 'URL_TYPE_INVALID_URL', 'Not a well formed URL.');
}

/** Option values, defaults and counts of a select, in messages and forms. */
export function checkSelect({ component, path }: Placed): FormIssue[] {
  const { options, min_values: min = 1, max_values: max = 1 } = component;
  if (component.type !== ComponentType.StringSelect || options === undefined) return [];
  const issues: FormIssue[] = [];
  const report = (field: Path, code: string, message: string): void => {
    issues.push({ path: [...path, ...field], code, message, rule: 'select' });
  };
  options.forEach((option, index) => {
    const isTaken = options.findIndex((other) => other.value === option.value) < index;
    if (isTaken) report(['options', index, 'value'], 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
  });
  if (min > max) report(['min_values'], 'SELECT_COMPONENT_MIN_VALUES_TOO_LARGE', 'min_values must not be larger than max_values');
  if (max > options.length) report(['max_values'], 'SELECT_COMPONENT_MAX_VALUES_TOO_LARGE', 'max_values must not be larger than the number of options');
  if (options.filter((option) => option.default === true).length > max) {
    report(['options'], 'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES', 'More default values than max_values');
  }
  return issues;
}

function checkMedia({ component, path }: Placed, fileNames: readonly string[]): FormIssue[] {
  const check = (media: Media | undefined, at: Path): FormIssue[] => (media === undefined ? [] : checkReference(media.url, [...path, ...at, 'url'], fileNames));
  const issues = [
    ...check(component.media, ['media']),
    ...check(component.file, ['file']),
    ...(component.items ?? []).flatMap((item, index) => check(item.media, ['items', index, 'media'])),
  ];
  if (component.file !== undefined && !component.file.url.startsWith('attachment://')) {
    issues.push({ path: [...path, 'file', 'url'], code: 'UNFURLED_MEDIA_ITEM_ATTACHMENT_REFERENCE_REQUIRED', message: 'The url must be an attachment:// reference', rule: '11 attachment-reference' });
  }
  return issues;
}

function checkReference(url: string, path: Path, fileNames: readonly string[]): FormIssue[] {
  if (!url.startsWith('attachment://')) {
    return /^https?:/.test(url) ? [] : [{ path, code: 'URL_TYPE_INVALID_SCHEME', message: "Scheme must be one of ('http', 'https', 'attachment').", rule: 'media-url' }];
  }
  const name = url.slice('attachment://'.length);
  if (fileNames.includes(cleanFileName(name))) return [];
  return [{ path, code: 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND', message: `The referenced attachment ("${url}") was not found`, rule: '11 attachment-reference' }];
}
