/** What one deployment changes, by command, subcommand and option. */
export type CommandChange =
  | { readonly kind: 'added' | 'removed'; readonly path: string }
  | { readonly kind: 'changed'; readonly path: string; readonly field: string; readonly before: string; readonly after: string };

/** What we say of a command and its options; Discord adds ids, versions and defaults of its own. */
const FIELDS = [
  'description', 'required', 'autocomplete', 'choices', 'min_value', 'max_value', 'min_length', 'max_length', 'file_types', 'channel_types', 'contexts',
  'integration_types', 'name_localizations', 'description_localizations',
] as const;
/** The type of a command that does not say it. */
const CHAT_INPUT = 1;

interface Item {
  readonly name: string;
  readonly type: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly options: readonly Item[];
}

/** The changes that make `registered` what is `wanted`; none when they say the same. */
export function diffCommands(registered: readonly object[], wanted: readonly object[]): CommandChange[] {
  return diffItems(registered.map(itemOf), wanted.map(itemOf), '');
}

function diffItems(before: readonly Item[], after: readonly Item[], path: string): CommandChange[] {
  const key = ({ name, type }: Item): string => `${type}:${name}`;
  const old = new Map(before.map((item) => [key(item), item]));
  const kept = new Set(after.map(key));
  const changes = after.flatMap((item): CommandChange[] => {
    const at = `${path} ${item.name}`.trim();
    const was = old.get(key(item));
    return was === undefined ? [{ kind: 'added', path: at }] : diffItem(was, item, at);
  });
  const removed = before.filter((item) => !kept.has(key(item))).map((item): CommandChange => ({ kind: 'removed', path: `${path} ${item.name}`.trim() }));
  return [...changes, ...removed];
}

function diffItem(before: Item, after: Item, path: string): CommandChange[] {
  const fields = FIELDS.flatMap((field): CommandChange[] => {
    const [was, is] = [before.fields.get(field) ?? 'nothing', after.fields.get(field) ?? 'nothing'];
    return was === is ? [] : [{ kind: 'changed', path, field, before: was, after: is }];
  });
  const inside = diffItems(before.options, after.options, path);
  return [...fields, ...inside, ...(inside.length === 0 ? diffOrder(before, after, path) : [])];
}

/** Options are shown in their order. */
function diffOrder(before: Item, after: Item, path: string): CommandChange[] {
  const [was, is] = [before, after].map(({ options }) => options.map(({ name }) => name).join(', '));
  return was === is ? [] : [{ kind: 'changed', path, field: 'order of options', before: was ?? '', after: is ?? '' }];
}

function itemOf(value: object): Item {
  const said = new Map<string, unknown>(Object.entries(value));
  const options = said.get('options');
  const isObject = (item: unknown): item is object => typeof item === 'object' && item !== null;
  return {
    name: String(said.get('name')),
    type: Number(said.get('type') ?? CHAT_INPUT),
    fields: new Map(FIELDS.flatMap((field) => (isAbsent(said.get(field)) ? [] : [[field, JSON.stringify(ordered(said.get(field)))]]))),
    options: Array.isArray(options) ? options.filter(isObject).map(itemOf) : [],
  };
}

/** What equals its absence: Discord fills it in, or leaves it out. */
function isAbsent(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Names in one order, whatever order they came in. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries: [string, unknown][] = Object.entries(value);
  return Object.fromEntries(entries.filter(([, field]) => !isAbsent(field)).sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, field]) => [name, ordered(field)]));
}
