import { coerce, CoercionError, repr } from './coercion.js';
import type { Catalogue, NodeClass, NodeInput } from './node-classes.js';
import { inputConfig } from './node-classes.js';
import type { ProblemReport } from './problem-report.js';
import { problem } from './problem-report.js';
import { isRecord } from './protocol.js';

/** Coerces one widget value in place and checks it against range and choices. */
export function checkValue(of: NodeClass, input: NodeInput, inputs: Record<string, unknown>, catalogue: Catalogue): ProblemReport | null {
  const config = inputConfig(of, input, catalogue);
  const given = inputs[input.name];
  const value = isRecord(given) && '__value__' in given ? given['__value__'] : given;
  const info = { input_name: input.name, input_config: config, received_value: value };
  let coerced: unknown;
  try {
    coerced = coerce(input.type, value);
  } catch (error) {
    if (!(error instanceof CoercionError)) throw error;
    const details = `${input.name}, ${typeof value === 'string' ? value : repr(value)}, ${error.message}`;
    const message = `Failed to convert an input value to a ${input.type} value`;
    return problem('invalid_input_type', message, details, { ...info, exception_message: error.message });
  }
  inputs[input.name] = coerced;
  const { min, max } = input.config;
  if (typeof coerced === 'number' && typeof min === 'number' && coerced < min) {
    return problem('value_smaller_than_min', `Value ${coerced} smaller than min of ${min}`, input.name, { ...info, received_value: coerced });
  }
  if (typeof coerced === 'number' && typeof max === 'number' && coerced > max) {
    return problem('value_bigger_than_max', `Value ${coerced} bigger than max of ${max}`, input.name, { ...info, received_value: coerced });
  }
  if (input.choices === null) return null;
  const options = input.choices(catalogue);
  if (typeof coerced === 'string' && options.includes(coerced)) return null;
  const long = options.length > 20;
  const list = long ? `(list of length ${options.length})` : repr(options);
  const details = `${input.name}: ${repr(coerced)} not in ${list}`;
  return problem('value_not_in_list', 'Value not in list', details, { ...info, input_config: long ? null : config });
}
