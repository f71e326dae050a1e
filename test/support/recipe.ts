import type { Recipe } from '../../domain/recipes.js';

/** A recipe with the bounds of `sd15-lora` and no graph: for tests of everything that only reads its rules. */
export function aRecipe(changes: Partial<Recipe> = {}): Recipe {
  return {
    id: 'sd15-lora',
    title: 'SD 1.5 LoRA',
    description: 'A small model for Stable Diffusion 1.5',
    queue: 'sd15',
    baseModel: { title: 'Stable Diffusion 1.5', setting: 'SD15_BASE_MODEL', defaultFileName: 'v1-5.safetensors', kind: 'sd15' },
    images: { min: 4, max: 20, maxSidePx: 768, sideMultiplePx: 64, minSidePx: 256 },
    captions: { required: true },
    settings: {
      steps: { min: 100, max: 5_000, default: 1_500, integer: true },
      learningRate: { min: 0.000_001, max: 0.01, default: 0.000_5, integer: false },
      rank: { min: 1, max: 128, default: 16, integer: true },
      resolutionPx: { min: 256, max: 768, default: 512, integer: true },
    },
    price: { basePoints: 1_000, perImagePoints: 50, perHundredStepsPoints: 20 },
    limits: { firstStepMs: null, stallMs: null },
    comfyui: {
      minVersion: '0.3.0',
      graph: {},
      bindings: { folder: '', prefix: '', baseModel: '', seed: '', steps: '', learningRate: '', rank: '' },
      outputNode: '1',
      progressNode: '1',
      artifact: { fileName: '' },
    },
    ...changes,
  };
}
