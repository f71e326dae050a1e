import type { Recipe } from '../../domain/recipes.js';
import type { RunRow } from '../../models/runs-schema.js';

const NAME_MAX_LENGTH = 40;
const RUN_LENGTH = 8;

/** `<dataset>-<recipe>-<run8>.safetensors` in plain ASCII: it becomes a file name on every system and a header on every server. */
export function loraFileName(row: RunRow): string {
  const name = row.datasetName
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX_LENGTH)
    .replace(/^-+|-+$/g, '');
  return `${name === '' ? 'lora' : name}-${row.recipeId}-${row.runId.slice(0, RUN_LENGTH)}.safetensors`;
}

const KINDS = {
  sd15: { version: 'sd_v1', architecture: 'stable-diffusion-v1/lora' },
  sdxl: { version: 'sdxl_base_v1-0', architecture: 'stable-diffusion-xl-v1-base/lora' },
} as const;

/** What the file says of itself: our own keys, and those that other programs read (`ss_*`, Stability's modelspec). */
export function loraMetadata(row: RunRow, recipe: Recipe, baseModel: string): Record<string, string> {
  const { steps, learningRate, rank, resolutionPx } = row.settings;
  const kind = KINDS[recipe.baseModel.kind];
  return {
    'trainyard.run_id': row.runId,
    'trainyard.dataset': row.datasetName,
    'trainyard.trigger_word': row.triggerWord,
    'trainyard.recipe': row.recipeId,
    'trainyard.base_model': baseModel,
    'trainyard.images': String(row.images.length),
    'modelspec.sai_model_spec': '1.0.0',
    'modelspec.architecture': kind.architecture,
    'modelspec.title': row.datasetName,
    'modelspec.trigger_phrase': row.triggerWord,
    'modelspec.resolution': `${resolutionPx}x${resolutionPx}`,
    ss_output_name: loraFileName(row).replace(/\.safetensors$/, ''),
    ss_base_model_version: kind.version,
    ss_sd_model_name: baseModel,
    ss_network_module: 'networks.lora',
    ss_network_dim: String(rank),
    ss_network_alpha: '1.0',
    ss_max_train_steps: String(steps),
    ss_steps: String(steps),
    ss_learning_rate: String(learningRate),
    ss_num_train_images: String(row.images.length),
  };
}
