/** How Python's `int()`, `float()`, `str()` and `bool()` change a JSON value; ComfyUI applies them to every widget value. */
export function coerce(type: string, value: unknown): unknown {
  switch (type) {
    case 'INT':
      return toInt(value);
    case 'FLOAT':
      return toFloat(value);
    case 'STRING':
      return typeof value === 'string' ? value : repr(value);
    case 'BOOLEAN':
      return truthy(value);
    default:
      return value;
  }
}

/** A value as Python prints it in its messages. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (typeof value === 'object') {
    return `{${Object.entries(value)
      .map(([key, each]) => `'${key}': ${repr(each)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

export class CoercionError extends Error {}

function toInt(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'string') {
    if (/^\s*[+-]?\d+\s*$/.test(value)) return Number(value);
    throw new CoercionError(`invalid literal for int() with base 10: '${value}'`);
  }
  throw new CoercionError(`int() argument must be a string, a bytes-like object or a real number, not '${pythonType(value)}'`);
}

function toFloat(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return value;
  if (typeof value === 'string') {
    const parsed = Number(value);
    if (value.trim() !== '' && !Number.isNaN(parsed)) return parsed;
    throw new CoercionError(`could not convert string to float: '${value}'`);
  }
  throw new CoercionError(`float() argument must be a string or a real number, not '${pythonType(value)}'`);
}

/** `bool("false")` is true: only empty and zero values are false. */
function truthy(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function pythonType(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  return Array.isArray(value) ? 'list' : 'dict';
}
