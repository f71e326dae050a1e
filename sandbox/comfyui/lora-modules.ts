/** The attention layers of one U-Net family, by the names ComfyUI gives them in a LoRA file. */
export type UnetFamily = 'sd15' | 'sdxl';

const SD15_BLOCKS = [1, 2, 4, 5, 7, 8].map((block) => `input_blocks.${block}.1`);
const SD15_OUT_BLOCKS = [3, 4, 5, 6, 7, 8, 9, 10, 11].map((block) => `output_blocks.${block}.1`);
const SDXL_BLOCKS = ['input_blocks.4.1', 'input_blocks.5.1', 'output_blocks.3.1', 'output_blocks.4.1', 'output_blocks.5.1'];
const PROJECTIONS = ['attn1.to_q', 'attn1.to_k', 'attn1.to_v', 'attn1.to_out.0'];

/** SDXL checkpoints are told by their file name: the stand-in has no checkpoint to look into. */
export function unetFamilyOf(checkpoint: string): UnetFamily {
  return /xl/i.test(checkpoint) ? 'sdxl' : 'sd15';
}

/** Modules that get an up and a down matrix. */
export function loraModules(family: UnetFamily): string[] {
  return transformerBlocks(family).flatMap((block) => PROJECTIONS.map((projection) => `${block}.${projection}`));
}

/** Norm layers, trained as plain differences. */
export function normModules(family: UnetFamily): string[] {
  return transformerBlocks(family).map((block) => `${block}.norm1`);
}

function transformerBlocks(family: UnetFamily): string[] {
  const depth = family === 'sdxl' ? 2 : 1;
  const blocks = family === 'sdxl' ? SDXL_BLOCKS : [...SD15_BLOCKS, 'middle_block.1', ...SD15_OUT_BLOCKS];
  return blocks.flatMap((block) => Array.from({ length: depth }, (_, layer) => `${block}.transformer_blocks.${layer}`));
}
