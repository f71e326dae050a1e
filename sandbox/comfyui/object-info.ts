import type { Catalogue, NodeClass, NodeInput } from './node-classes.js';
import { inputConfig } from './node-classes.js';

/** The body `/object_info` gives for one class. */
export function objectInfo(of: NodeClass, catalogue: Catalogue): Record<string, unknown> {
  const required = of.inputs.filter((input) => input.required);
  const optional = of.inputs.filter((input) => !input.required);
  return {
    input: { required: configs(required), ...(optional.length > 0 ? { optional: configs(optional) } : {}) },
    input_order: { required: names(required), ...(optional.length > 0 ? { optional: names(optional) } : {}) },
    is_input_list: of.inputIsList,
    output: of.outputs.map((output) => output.type),
    output_is_list: of.outputs.map((output) => output.isList),
    output_name: of.outputs.map((output) => output.name),
    name: of.name,
    display_name: of.displayName,
    description: '',
    python_module: of.module,
    category: of.category,
    output_node: of.outputNode,
    ...(of.experimental ? { experimental: true } : {}),
  };

  function configs(inputs: NodeInput[]): Record<string, unknown> {
    return Object.fromEntries(inputs.map((input) => [input.name, inputConfig(of, input, catalogue)]));
  }
}

function names(inputs: NodeInput[]): string[] {
  return inputs.map((input) => input.name);
}
