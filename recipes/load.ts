import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Recipe } from '../domain/recipes.js';
import { recipeSchema } from './schema.js';

/** The recipes of this yard, beside this file as source and compiled. */
export const RECIPES_FOLDER = fileURLToPath(new URL('./', import.meta.url));

/** The recipes of a folder do not fit their format; the message lists every problem of every file. */
export class RecipesInvalidError extends Error {
  override readonly name = 'RecipesInvalidError';

  constructor(readonly problems: readonly string[]) {
    super(`Expected every recipe to fit its format, found ${problems.length} problem(s):\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
  }
}

/**
 * Reads every `*.json` of a folder as a recipe, by recipe id. Called once at the start of a process.
 *
 * @throws `RecipesInvalidError` with all problems of all files at once.
 */
export async function loadRecipes(folder: string): Promise<ReadonlyMap<string, Recipe>> {
  const fileNames = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  const problems: string[] = [];
  const recipes = new Map<string, Recipe>();
  for (const fileName of fileNames) {
    const read = readRecipe(fileName, await readFile(join(folder, fileName), 'utf8'));
    if (Array.isArray(read)) problems.push(...read);
    else recipes.set(read.id, read);
  }
  if (fileNames.length === 0) problems.push(`${folder}: expected at least one recipe (*.json), found none.`);
  if (problems.length > 0) throw new RecipesInvalidError(problems);
  return recipes;
}

function readRecipe(fileName: string, text: string): Recipe | string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [`${fileName}: ${error.message}`];
  }
  const parsed = recipeSchema.safeParse(json);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${fileName}: ${issue.path.join('.')}: ${issue.message}`);
  if (`${parsed.data.id}.json` !== fileName) return [`${fileName}: id: expected the name of the file, found "${parsed.data.id}"`];
  return parsed.data;
}
