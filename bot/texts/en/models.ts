import { count, counted, durationText, listed, pointsText, sizeText } from './words.js';

/** What is said of trained models. Values of users come in escaped. */
export const models = {
  heading: '## Your models',
  none: 'You have none yet. A model is what a training makes: start one with `/train start`. Each finished one stays here until you delete it.',
  total: (models: number, page: number, pages: number): string => `${counted(models, 'model')}${pages > 1 ? ` · page ${page} of ${pages}` : ''}`,
  open: 'Open a model',
  /** One line of the list, and what stands under its name while it is chosen. */
  line: (name: string, recipe: string, sizeBytes: number, made: string): string => `- **${name}** · \`${recipe}\` · ${sizeText(sizeBytes)} · ${made}`,
  choice: (recipe: string, sizeBytes: number): string => `${recipe} · ${sizeText(sizeBytes)}`,

  made: (at: string): string => `Trained ${at}`,
  baseModel: (title: string): string => `- For **${title}**: it works with this base model and those made from it`,
  triggerWord: (word: string): string => `- Trigger word \`${word}\`: put it into every prompt`,
  strength: (strength: string): string => `- Recommended strength **${strength}**; lower it when everything looks like the training images`,
  promptHeading: '**A prompt to copy**',
  /** Stands in for a caption of the training images when there is none to quote. */
  promptSubject: 'high quality photo',
  promptHint: (fileName: string, strength: string): string =>
    `-# In ComfyUI put the file into \`models/loras\`, choose \`${fileName}\` in a *Load LoRA* node with strength ${strength}, and leave the \`<lora:…>\` part out.`,
  file: (fileName: string, sizeBytes: number, tensors: number): string => `File \`${fileName}\` · ${sizeText(sizeBytes)} · ${counted(tensors, 'tensor')}`,
  sha256: (sha256: string): string => `SHA-256 \`${sha256}\``,
  settings: (recipe: string, steps: number, learningRate: number, rank: number, resolutionPx: number): string =>
    `Recipe \`${recipe}\` · ${counted(steps, 'step')} · learning rate ${learningRate} · rank ${rank} · up to ${count(resolutionPx)} px`,
  run: (dataset: string, images: number, started: string, run: string): string => `Trained on **${dataset}** (${counted(images, 'image')}), started ${started} · run \`${run}\``,
  took: (ms: number, node: string | null, pricePoints: number): string =>
    listed([`Took ${durationText(ms)}${node === null ? '' : ` on node ${node}`}`, pricePoints === 0 ? 'it was free' : pointsText(pricePoints)]),

  buttons: {
    download: 'Download',
    rename: 'Rename',
    delete: 'Delete',
    deleteYes: 'Delete model',
    again: 'Train again',
    all: 'All models',
    previousPage: 'Previous page',
    nextPage: 'Next page',
  },

  link: (until: string): string => `-# The link works until ${until}. Whoever has it can fetch the file; the button makes a new one each time.`,
  renamed: (before: string, name: string): string => `**${before} is called ${name} now.** Its file keeps its name, so that prompts that name it still work.`,
  renameTitle: 'Rename the model',
  renameLabel: 'New name',
  deleteQuestion: (name: string): string => `## Delete ${name}?`,
  deleteMeans: (fileName: string, sizeBytes: number): string =>
    `Its file \`${fileName}\` (${sizeText(sizeBytes)}) goes with it and cannot be brought back; links to it stop working. The dataset stays.`,
  deleted: (name: string): string => `**${name} is deleted**, with its file.`,
} as const;
