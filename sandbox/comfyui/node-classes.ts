/** What the choices of a node depend on; read anew at every validation, as ComfyUI does. */
export interface Catalogue {
  checkpoints(): string[];
  inputFolders(): string[];
  loras(): string[];
}

export interface NodeInput {
  name: string;
  type: string;
  required: boolean;
  config: Record<string, unknown>;
  choices: ((catalogue: Catalogue) => string[]) | null;
}

export interface NodeOutput {
  name: string;
  type: string;
  isList: boolean;
}

export interface NodeClass {
  name: string;
  displayName: string;
  category: string;
  module: string;
  /** Old-style classes list their choices as the type itself; new-style ones say `COMBO` with `options`. */
  style: 'old' | 'new';
  outputNode: boolean;
  inputIsList: boolean;
  experimental: boolean;
  inputs: NodeInput[];
  outputs: NodeOutput[];
}

const NO_LORA = '[None]';
const MAX_SEED = 0xffffffffffffffffn;

const link = (name: string, type: string, required = true): NodeInput => ({ name, type, required, config: {}, choices: null });
const integer = (name: string, byDefault: number, min: number, max: number): NodeInput => ({
  name,
  type: 'INT',
  required: true,
  config: { default: byDefault, min, max },
  choices: null,
});
const toggle = (name: string, byDefault: boolean): NodeInput => ({
  name,
  type: 'BOOLEAN',
  required: true,
  config: { default: byDefault },
  choices: null,
});
const text = (name: string, byDefault: string): NodeInput => ({
  name,
  type: 'STRING',
  required: true,
  config: { default: byDefault, multiline: false },
  choices: null,
});
const choice = (name: string, choices: (catalogue: Catalogue) => string[], byDefault?: string): NodeInput => ({
  name,
  type: 'COMBO',
  required: true,
  config: byDefault === undefined ? {} : { default: byDefault },
  choices,
});
const oneOf = (name: string, options: string[], byDefault: string): NodeInput => choice(name, () => options, byDefault);
const output = (name: string, type: string, isList = false): NodeOutput => ({ name, type, isList });

const trainLora: NodeClass = {
  name: 'TrainLoraNode',
  displayName: 'Train LoRA',
  category: 'training',
  module: 'comfy_extras.nodes_train',
  style: 'new',
  outputNode: false,
  inputIsList: true,
  experimental: true,
  inputs: [
    link('model', 'MODEL'),
    link('latents', 'LATENT'),
    link('positive', 'CONDITIONING'),
    integer('batch_size', 1, 1, 10_000),
    integer('grad_accumulation_steps', 1, 1, 1024),
    integer('steps', 16, 1, 100_000),
    { name: 'learning_rate', type: 'FLOAT', required: true, config: { default: 0.0005, min: 1e-7, max: 1, step: 1e-7 }, choices: null },
    integer('rank', 8, 1, 128),
    oneOf('optimizer', ['AdamW', 'Adam', 'SGD', 'RMSprop'], 'AdamW'),
    oneOf('loss_function', ['MSE', 'L1', 'Huber', 'SmoothL1'], 'MSE'),
    integer('seed', 0, 0, Number(MAX_SEED)),
    oneOf('training_dtype', ['bf16', 'fp32', 'none'], 'bf16'),
    oneOf('lora_dtype', ['bf16', 'fp32'], 'bf16'),
    toggle('quantized_backward', false),
    oneOf('algorithm', ['LoRA', 'LoHa', 'LoKr', 'OFT'], 'LoRA'),
    toggle('gradient_checkpointing', true),
    integer('checkpoint_depth', 1, 1, 5),
    toggle('offloading', false),
    choice('existing_lora', (catalogue) => [...catalogue.loras(), NO_LORA], NO_LORA),
    toggle('bucket_mode', false),
    toggle('bypass_mode', false),
  ],
  outputs: [output('lora', 'LORA_MODEL'), output('loss_map', 'LOSS_MAP'), output('steps', 'INT')],
};

const checkpointLoader: NodeClass = {
  name: 'CheckpointLoaderSimple',
  displayName: 'Load Checkpoint',
  category: 'loaders',
  module: 'nodes',
  style: 'old',
  outputNode: false,
  inputIsList: false,
  experimental: false,
  inputs: [choice('ckpt_name', (catalogue) => catalogue.checkpoints())],
  outputs: [output('MODEL', 'MODEL'), output('CLIP', 'CLIP'), output('VAE', 'VAE')],
};

const datasetClass = {
  category: 'dataset',
  module: 'comfy_extras.nodes_dataset',
  style: 'new',
  outputNode: false,
  experimental: true,
} as const;

const datasetClasses: NodeClass[] = [
  {
    ...datasetClass,
    name: 'LoadImageTextDataSetFromFolder',
    displayName: 'Load Image and Text Dataset from Folder',
    inputIsList: false,
    inputs: [choice('folder', (catalogue) => catalogue.inputFolders())],
    outputs: [output('images', 'IMAGE', true), output('texts', 'STRING', true)],
  },
  {
    ...datasetClass,
    name: 'LoadImageDataSetFromFolder',
    displayName: 'Load Image Dataset from Folder',
    inputIsList: false,
    inputs: [choice('folder', (catalogue) => catalogue.inputFolders())],
    outputs: [output('images', 'IMAGE', true)],
  },
  {
    ...datasetClass,
    name: 'MakeTrainingDataset',
    displayName: 'Make Training Dataset',
    inputIsList: true,
    inputs: [link('images', 'IMAGE'), link('vae', 'VAE'), link('clip', 'CLIP'), link('texts', 'STRING', false)],
    outputs: [output('latents', 'LATENT', true), output('conditioning', 'CONDITIONING', true)],
  },
  {
    ...datasetClass,
    name: 'ResolutionBucket',
    displayName: 'Resolution Bucket',
    inputIsList: true,
    inputs: [link('latents', 'LATENT'), link('conditioning', 'CONDITIONING')],
    outputs: [output('latents', 'LATENT', true), output('conditioning', 'CONDITIONING', true)],
  },
];

const trainingOutput = {
  category: 'training',
  module: 'comfy_extras.nodes_train',
  style: 'new',
  outputNode: true,
  inputIsList: false,
  experimental: true,
  outputs: [],
} as const;

const outputClasses: NodeClass[] = [
  {
    ...trainingOutput,
    outputs: [],
    name: 'SaveLoRA',
    displayName: 'Save LoRA Weights',
    inputs: [
      link('lora', 'LORA_MODEL'),
      text('prefix', 'loras/ComfyUI_trained_lora'),
      { name: 'steps', type: 'INT', required: false, config: { forceInput: true }, choices: null },
    ],
  },
  {
    ...trainingOutput,
    outputs: [],
    name: 'LossGraphNode',
    displayName: 'Plot Loss Graph',
    inputs: [link('loss', 'LOSS_MAP'), text('filename_prefix', 'loss_graph')],
  },
];

const NODE_CLASSES: ReadonlyMap<string, NodeClass> = new Map(
  [checkpointLoader, ...datasetClasses, trainLora, ...outputClasses].map((each) => [each.name, each]),
);

export function nodeClass(name: string): NodeClass | undefined {
  return NODE_CLASSES.get(name);
}

export function allNodeClasses(): NodeClass[] {
  return [...NODE_CLASSES.values()];
}

/** The pair ComfyUI shows for an input, in `/object_info` and as `input_config` of a node error: type or choices, then settings. */
export function inputConfig(of: NodeClass, input: NodeInput, catalogue: Catalogue): [string | string[], Record<string, unknown>] {
  if (input.choices === null) return [input.type, input.config];
  const options = input.choices(catalogue);
  return of.style === 'old' ? [options, input.config] : [input.type, { ...input.config, multiselect: false, options }];
}
