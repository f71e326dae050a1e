import { ComponentType, TextInputStyle, type APIModalInteractionResponseCallbackData } from 'discord.js';
import { captionForTraining, NAME_MAX_LENGTH } from '../../domain/datasets.js';
import { DEFAULT_STRENGTH, type Recipe } from '../../domain/recipes.js';
import type { DownloadLink } from '../../models/download-links.js';
import type { Lora } from '../../models/loras.js';
import type { RunRow } from '../../models/runs-schema.js';
import type { Texts } from '../texts/texts.js';
import { againRoute, downloadRoute } from './custom-ids.js';
import { ACCENT, button, framed, line, linkButton, row, select, text, timestamp, type View } from './layout.js';
import { modelDeleteAskRoute, modelDeleteRoute, modelOpenRoute, modelRenameFormRoute, modelRenameRoute, modelsRoute } from './model-routes.js';
import { pageOf } from './pages.js';
import { clamp, plain, safe } from './safe.js';

export type ListedModel = Pick<Lora, 'loraId' | 'name' | 'recipeId' | 'sizeBytes' | 'createdAt'>;

/** Small enough that a page of the longest names stays within a message, and within one select. */
export const MODELS_PER_PAGE = 20;
const PROMPT_EXCERPT = 200;

/** The models of an account, page by page; a page that is gone shows the last one there is. */
export function modelListView(t: Texts, models: readonly ListedModel[], wantedPage: number): View {
  if (models.length === 0) return framed(ACCENT.calm, [text(t.models.heading, t.models.none)]);
  const { page, pages, items } = pageOf(models, wantedPage, MODELS_PER_PAGE);
  return framed(ACCENT.calm, [
    text(t.models.heading, t.models.total(models.length, page + 1, pages)),
    text(...items.map(({ name, recipeId, sizeBytes, createdAt }) => t.models.line(safe(name, 40), plain(recipeId), sizeBytes, timestamp(createdAt)))),
    row(
      select(
        modelOpenRoute.format({}),
        t.models.open,
        items.map(({ loraId, name, recipeId, sizeBytes }) => ({ label: plain(name), value: loraId, description: t.models.choice(plain(recipeId), sizeBytes) })),
      ),
    ),
    row(
      page > 0 ? button(t.models.buttons.previousPage, modelsRoute.format({ page: page - 1 })) : null,
      page + 1 < pages ? button(t.models.buttons.nextPage, modelsRoute.format({ page: page + 1 })) : null,
    ),
  ]);
}

/** How a model shows in the list that appears while its id is typed. */
export function modelChoiceName(t: Texts, { name, recipeId, sizeBytes }: ListedModel): string {
  return clamp(`${plain(name)} · ${t.models.choice(plain(recipeId), sizeBytes)}`, 100);
}

export interface ModelPage {
  readonly lora: Lora;
  /** The run that made it, while it is on record. */
  readonly run: Pick<RunRow, 'runId' | 'datasetName' | 'images' | 'claim' | 'pricePoints' | 'createdAt' | 'attemptStartedAt' | 'endedAt'> | null;
  readonly recipe: Recipe | undefined;
  /** Operators may look, but have nothing to press. */
  readonly isOwner: boolean;
  /** What has just been done, above everything else. */
  readonly done?: string;
}

/** One model: what to use it with and how, its file, and where it came from. */
export function modelView(t: Texts, { lora, run, recipe, isOwner, done }: ModelPage): View {
  const { loraId } = lora;
  const { steps, learningRate, rank, resolutionPx } = lora.settings;
  const strength = String(recipe?.strength ?? DEFAULT_STRENGTH);
  return framed(ACCENT.good, [
    done === undefined ? null : text(done),
    text(`## ${safe(lora.name, 40)}`, t.models.made(timestamp(lora.createdAt, 'f'))),
    text(t.models.baseModel(safe(lora.baseModel, 80)), t.models.triggerWord(inCode(lora.triggerWord)), t.models.strength(strength)),
    text(t.models.promptHeading, `\`\`\`\n${promptOf(t, lora, run, strength)}\n\`\`\``, t.models.promptHint(inCode(lora.fileName), strength)),
    line(),
    text(t.models.file(inCode(lora.fileName), lora.sizeBytes, lora.tensors), t.models.sha256(lora.sha256)),
    text(t.models.settings(inCode(lora.recipeId), steps, learningRate, rank, resolutionPx), ...runLines(t, run)),
    isOwner
      ? row(
          button(t.models.buttons.download, downloadRoute.format({ loraId }), 'primary'),
          button(t.models.buttons.rename, modelRenameRoute.format({ loraId })),
          button(t.models.buttons.delete, modelDeleteAskRoute.format({ loraId }), 'danger'),
          run === null ? null : button(t.models.buttons.again, againRoute.format({ runId: run.runId })),
          button(t.models.buttons.all, modelsRoute.format({ page: 0 })),
        )
      : null,
  ]);
}

/** A caption of its own training images makes the prompt that shows best what was learned. */
function promptOf(t: Texts, { triggerWord, fileName }: Lora, run: ModelPage['run'], strength: string): string {
  const caption = run?.images.find((image) => image.caption.trim() !== '')?.caption;
  const words = captionForTraining(caption === undefined ? t.models.promptSubject : clamp(inCode(caption), PROMPT_EXCERPT), inCode(triggerWord));
  return `${words} <lora:${inCode(fileName.replace(/\.safetensors$/, ''))}:${strength}>`;
}

function runLines(t: Texts, run: ModelPage['run']): (string | null)[] {
  if (run === null) return [];
  const { datasetName, images, claim, pricePoints, createdAt, attemptStartedAt, endedAt } = run;
  return [
    t.models.run(safe(datasetName, 40), images.length, timestamp(createdAt, 'f'), run.runId.slice(0, 8)),
    endedAt === null ? null : t.models.took(Math.max(0, endedAt.getTime() - attemptStartedAt.getTime()), claim === null ? null : safe(claim.nodeId, 60), pricePoints),
  ];
}

/** For code spans and blocks, which know no escape: without what would end them. */
function inCode(value: string): string {
  return plain(value).replace(/`/g, 'ˋ');
}

/** A fresh link, for the owner's eyes only. */
export function modelDownloadView(t: Texts, { fileName, sizeBytes, tensors, sha256 }: Pick<Lora, 'fileName' | 'sizeBytes' | 'tensors' | 'sha256'>, link: DownloadLink): View {
  return framed(ACCENT.good, [
    text(t.models.file(inCode(fileName), sizeBytes, tensors), t.models.sha256(sha256), t.models.link(timestamp(link.expiresAt, 'f'))),
    row(linkButton(t.models.buttons.download, link.url), button(t.models.buttons.all, modelsRoute.format({ page: 0 }))),
  ]);
}

/** The confirm of a deletion that cannot be undone. */
export function modelDeleteConfirmView(t: Texts, { loraId, name, fileName, sizeBytes }: Pick<Lora, 'loraId' | 'name' | 'fileName' | 'sizeBytes'>): View {
  return framed(ACCENT.bad, [
    text(t.models.deleteQuestion(safe(name, 40)), t.models.deleteMeans(inCode(fileName), sizeBytes)),
    row(button(t.models.buttons.deleteYes, modelDeleteRoute.format({ loraId }), 'danger')),
  ]);
}

export function modelDeletedView(t: Texts, name: string): View {
  return framed(ACCENT.calm, [text(t.models.deleted(safe(name, 40))), row(button(t.models.buttons.all, modelsRoute.format({ page: 0 })))]);
}

export const MODEL_NAME_FIELD = 'name';

export function modelRenameForm(t: Texts, loraId: string): APIModalInteractionResponseCallbackData {
  return {
    custom_id: modelRenameFormRoute.format({ loraId }),
    title: t.models.renameTitle,
    components: [
      {
        type: ComponentType.Label,
        label: t.models.renameLabel,
        component: { type: ComponentType.TextInput, custom_id: MODEL_NAME_FIELD, style: TextInputStyle.Short, required: true, min_length: 1, max_length: NAME_MAX_LENGTH },
      },
    ],
  };
}
