import type { Recipe } from '../../domain/recipes.js';
import type { ComfyClient, NodeClassInputs } from './client.js';
import { splitPointer } from './graph.js';

/** The checkpoint files that operators chose, by the setting of the recipe's base model. */
export type BaseModels = Readonly<Record<string, string | undefined>>;

export function baseModelOf(recipe: Recipe, baseModels: BaseModels): string {
  return baseModels[recipe.baseModel.setting] ?? recipe.baseModel.defaultFileName;
}

/**
 * Whether a node can train every one of the recipes; if not, the first reason as a sentence for operators.
 *
 * @throws `ComfyError` when the node cannot be asked.
 */
export async function fitnessProblem(client: ComfyClient, nodeId: string, recipes: readonly Recipe[], baseModels: BaseModels): Promise<string | null> {
  const { version } = await client.systemStats();
  const known = new Map<string, NodeClassInputs | null>();
  const classOf = async (name: string): Promise<NodeClassInputs | null> => {
    const cached = known.get(name);
    if (cached !== undefined) return cached;
    const found = await client.objectInfo(name);
    known.set(name, found);
    return found;
  };

  for (const recipe of recipes) {
    const cannot = `Node "${nodeId}" cannot train "${recipe.id}":`;
    const { minVersion } = recipe.comfyui;
    if (compareVersions(version, minVersion) < 0) return `${cannot} expected ComfyUI ${minVersion} or newer, it runs ${version}.`;
    const problem = (await graphProblem(recipe, classOf)) ?? (await baseModelProblem(recipe, baseModelOf(recipe, baseModels), classOf));
    if (problem !== null) return `${cannot} ${problem}`;
  }
  return null;
}

type ClassOf = (name: string) => Promise<NodeClassInputs | null>;

async function graphProblem(recipe: Recipe, classOf: ClassOf): Promise<string | null> {
  for (const node of Object.values(recipe.comfyui.graph)) {
    const inputs = await classOf(node.class_type);
    if (inputs === null) return `it does not know the node class ${node.class_type}.`;
    const unknown = Object.keys(node.inputs).find((name) => !inputs.has(name));
    if (unknown !== undefined) return `its node class ${node.class_type} has no input "${unknown}".`;
  }
  return null;
}

async function baseModelProblem(recipe: Recipe, fileName: string, classOf: ClassOf): Promise<string | null> {
  const { nodeId, input } = splitPointer(recipe.comfyui.bindings.baseModel);
  const className = recipe.comfyui.graph[nodeId]?.class_type ?? '';
  const choices = (await classOf(className))?.get(input) ?? null;
  if (choices === null || choices.includes(fileName)) return null;
  const has = choices.length === 0 ? 'no checkpoint at all' : choices.map((choice) => `"${choice}"`).join(', ');
  return `expected the checkpoint "${fileName}" (${recipe.baseModel.setting}), it has ${has}.`;
}

/** Compares dotted versions by their numbers; what follows the first letter or dash of a part does not count. */
function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => version.replace(/^v/, '').split('.').map((part) => Number.parseInt(part, 10) || 0);
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i += 1) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
