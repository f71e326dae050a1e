import fc from 'fast-check';

/** A value in which one part, at any depth, was replaced, removed or doubled, or which is another value altogether. */
export function mangledValue(good: unknown): fc.Arbitrary<unknown> {
  const paths = pathsIn(good);
  const replaced = fc.tuple(fc.constantFrom(...paths), fc.jsonValue()).map(([path, value]) => changedAt(good, path, () => value));
  const removed = fc.constantFrom(...paths).map((path) => changedAt(good, path, () => undefined));
  const huge = fc.constantFrom(...paths).chain((path) => fc.constantFrom<unknown>(1e308, -1, 2 ** 53, '\u0000'.repeat(300), '9'.repeat(400), deep(500)).map((value) => changedAt(good, path, () => value)));
  return fc.oneof(replaced, removed, huge, fc.jsonValue());
}

/** A text that was JSON once: mangled, cut off, with bytes turned over, or never JSON at all. */
export function mangledText(good: unknown): fc.Arbitrary<string> {
  const text = JSON.stringify(good);
  return fc.oneof(
    { weight: 4, arbitrary: mangledValue(good).map((value) => (value === undefined ? '' : JSON.stringify(value))) },
    { weight: 2, arbitrary: fc.nat(text.length).map((length) => text.slice(0, length)) },
    { weight: 2, arbitrary: fc.tuple(fc.nat(Math.max(0, text.length - 1)), fc.string({ unit: 'binary', minLength: 1, maxLength: 1 })).map(([at, character]) => text.slice(0, at) + character + text.slice(at + 1)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 400 }) },
    { weight: 1, arbitrary: fc.constantFrom('', 'null', '[]', '{}', '<!doctype html><title>502</title>', '\ufeff{}', 'NaN', '{"a":'.repeat(5_000)) },
  );
}

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, part]) => pathsIn(part, [...path, key]))];
}

function changedAt(value: unknown, [key, ...rest]: Path, change: () => unknown): unknown {
  if (key === undefined) return change();
  if (Array.isArray(value)) return value.map((part: unknown, at) => (String(at) === String(key) ? changedAt(part, rest, change) : part));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, name === key ? changedAt(part, rest, change) : (part as unknown)]));
}

function deep(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
