import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkSettings } from '../../domain/recipes.js';
import { loadRecipes, RecipesInvalidError } from '../../recipes/load.js';

const RECIPES = join(import.meta.dirname, '../../recipes');

interface RecipeDraft {
  comfyui: { bindings: { steps: string }; outputNode: string };
  price: { basePoints: number };
  limits: Record<string, unknown>;
}

describe('loadRecipes', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trainyard-recipes-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function problemsOf(files: Record<string, string>): Promise<readonly string[]> {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    const error: unknown = await loadRecipes(folder).then(() => null, (reason: unknown) => reason);
    return error instanceof RecipesInvalidError ? error.problems : [];
  }

  async function sd15(change: (recipe: RecipeDraft) => unknown): Promise<string> {
    const recipe = JSON.parse(await readFile(join(RECIPES, 'sd15-lora.json'), 'utf8')) as RecipeDraft;
    change(recipe);
    return JSON.stringify(recipe);
  }

  it('reports every problem of every file at once, with the name of the file', async () => {
    const problems = await problemsOf({
      'broken.json': '{ "id": ',
      'sd15-lora.json': await sd15((recipe) => {
        recipe.comfyui.bindings.steps = '/4/inputs/stepz';
        recipe.comfyui.outputNode = '9';
        recipe.price.basePoints = 0.5;
      }),
    });
    expect(problems).toHaveLength(4);
    expect(problems).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^broken\.json: /),
        expect.stringContaining('sd15-lora.json: price.basePoints'),
        'sd15-lora.json: comfyui.bindings.steps: the input /4/inputs/stepz is not in the graph',
        'sd15-lora.json: comfyui.outputNode: node "9" is not in the graph',
      ]),
    );
  });

  it('refuses a field it does not know, so that a misspelt limit cannot pass unseen', async () => {
    const problems = await problemsOf({ 'sd15-lora.json': await sd15((recipe) => (recipe.limits['stallMS'] = 5)) });
    expect(problems).toEqual([expect.stringContaining('stallMS')]);
  });

  it('refuses a recipe whose id is not the name of its file', async () => {
    expect(await problemsOf({ 'other.json': await sd15(() => null) })).toEqual(['other.json: id: expected the name of the file, found "sd15-lora"']);
  });

  it('refuses a folder without recipes', async () => {
    expect(await problemsOf({})).toEqual([expect.stringContaining('expected at least one recipe')]);
  });

  it('reads the two recipes of the project', async () => {
    const recipes = await loadRecipes(RECIPES);
    expect([...recipes.keys()]).toEqual(['sd15-lora', 'sdxl-lora']);
    for (const recipe of recipes.values()) {
      expect(checkSettings(recipe, {})).toMatchObject({ kind: 'ok', settings: { steps: 1500, rank: 16 } });
      expect(checkSettings(recipe, { steps: 0 }).kind).toBe('invalid');
    }
  });
});
