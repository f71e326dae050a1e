/**
 * What buttons, selects and forms carry: `v1:<route>:<arg>:<arg>`. They hold ids, never authority: whoever presses is checked
 * again. Every id fits Discord's 100 characters, so an overlong argument is a defect of the caller and throws.
 */
const VERSION = 'v1';
const MAX_LENGTH = 100;

export interface Route<Args> {
  readonly name: string;
  format(args: Args): string;
  /** Null for arguments that this route never wrote. */
  parse(args: readonly string[]): Args | null;
}

export type ParsedCustomId =
  | { readonly kind: 'ours'; readonly route: string; readonly args: readonly string[] }
  | { readonly kind: 'other-version' }
  | { readonly kind: 'foreign' };

export function parseCustomId(customId: string): ParsedCustomId {
  const [version, route, ...args] = customId.split(':');
  if (version === undefined || !/^v\d+$/.test(version)) return { kind: 'foreign' };
  if (version !== VERSION || route === undefined) return { kind: 'other-version' };
  return { kind: 'ours', route, args };
}

function customId(name: string, args: readonly string[]): string {
  const id = [VERSION, name, ...args].join(':');
  if (id.length > MAX_LENGTH || args.some((arg) => arg.includes(':'))) {
    throw new RangeError(`Expected arguments without ":" and at most ${MAX_LENGTH} characters in all for route "${name}", got "${id}".`);
  }
  return id;
}

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const NUMBER = /^\d{1,16}$/;

/** A route whose only argument is an id. */
export function idRoute<Name extends string>(name: string, argument: Name): Route<Record<Name, string>> {
  return {
    name,
    format: (args) => customId(name, [args[argument]]),
    parse: ([id, ...rest]) => (id !== undefined && rest.length === 0 && ID.test(id) ? ({ [argument]: id } as Record<Name, string>) : null),
  };
}

/** A route without arguments. */
export function bareRoute(name: string): Route<Record<string, never>> {
  return { name, format: () => customId(name, []), parse: (args) => (args.length === 0 ? {} : null) };
}

/** A route whose only argument is a whole number. */
export function numberRoute<Name extends string>(name: string, argument: Name): Route<Record<Name, number>> {
  return {
    name,
    format: (args) => customId(name, [String(args[argument])]),
    parse: ([digits, ...rest]) =>
      digits !== undefined && rest.length === 0 && NUMBER.test(digits) ? ({ [argument]: Number(digits) } as Record<Name, number>) : null,
  };
}

type Kind = 'id' | 'number';
type ArgsOf<Shape extends Readonly<Record<string, Kind>>> = { readonly [Name in keyof Shape]: Shape[Name] extends 'number' ? number : string };

/** A route of several arguments, in the order in which `shape` names them. */
export function argsRoute<const Shape extends Readonly<Record<string, Kind>>>(name: string, shape: Shape): Route<ArgsOf<Shape>> {
  const kinds = Object.entries(shape);
  return {
    name,
    format: (args) => customId(name, kinds.map(([argument]) => String(args[argument]))),
    parse: (given) => {
      const fits = given.length === kinds.length && kinds.every(([, kind], at) => (kind === 'id' ? ID : NUMBER).test(given[at] ?? ''));
      if (!fits) return null;
      // Each argument has the kind its shape names, which `fromEntries` cannot say.
      return Object.fromEntries(kinds.map(([argument, kind], at) => [argument, kind === 'id' ? given[at] : Number(given[at])])) as ArgsOf<Shape>;
    },
  };
}

export const startRoute = idRoute('start', 'quoteId');
export const againRoute = idRoute('again', 'runId');
export const quoteRoute = idRoute('quote', 'datasetId');
export const downloadRoute = idRoute('download', 'loraId');
export const cancelAskRoute = idRoute('cancel-ask', 'runId');
export const refreshRoute = idRoute('refresh', 'runId');
export const deleteRoute = idRoute('delete', 'datasetId');
export const viewRoute = idRoute('view', 'datasetId');
export const uploadRoute = idRoute('upload', 'datasetId');
export const uploadFormRoute = idRoute('upload-form', 'datasetId');
export const listRoute = numberRoute('list', 'page');
export const historyRoute = numberRoute('history', 'beforeSeq');
export const openRoute = bareRoute('open');
export const createRoute = bareRoute('create');
export const createFormRoute = bareRoute('create-form');

export interface ImagesPage {
  readonly datasetId: string;
  readonly page: number;
}

export const imagesRoute: Route<ImagesPage> = {
  name: 'images',
  format: ({ datasetId, page }) => customId('images', [datasetId, String(page)]),
  parse: ([datasetId, page, ...rest]) =>
    datasetId !== undefined && page !== undefined && rest.length === 0 && ID.test(datasetId) && NUMBER.test(page)
      ? { datasetId, page: Number(page) }
      : null,
};

/** What the owner saw when agreeing to a cancel: the figure, for which attempt, and when (Unix seconds). */
export interface ConfirmedCancel {
  readonly runId: string;
  readonly points: number;
  readonly attempt: number;
  readonly atSeconds: number;
}

export const cancelRoute: Route<ConfirmedCancel> = {
  name: 'cancel',
  format: ({ runId, points, attempt, atSeconds }) => customId('cancel', [runId, String(points), String(attempt), String(atSeconds)]),
  parse: ([runId, ...numbers]) => {
    if (runId === undefined || !ID.test(runId) || numbers.length !== 3 || !numbers.every((digits) => NUMBER.test(digits))) return null;
    const [points = 0, attempt = 0, atSeconds = 0] = numbers.map(Number);
    return { runId, points, attempt, atSeconds };
  },
};
