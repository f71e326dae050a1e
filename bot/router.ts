import type { AutocompleteInteraction, ChatInputCommandInteraction, Interaction, MessageContextMenuCommandInteraction } from 'discord.js';
import { MessageFlags } from 'discord.js';
import { actorOf } from './actor.js';
import { autocomplete } from './autocomplete.js';
import type { AnyComponent } from './components/component.js';
import type { Ack, Command, ComponentInteraction, Context, MessageCommand, Reply } from './interaction-kinds.js';
import { referenceOf } from './reference.js';
import { takeRepeatedAnswer } from './repeated-answers.js';
import { followUpPrivately, isAnsweredElsewhere, isTaken, isTooLate, replyOnce, type AnswerableInteraction } from './reply.js';
import type { Services } from './services.js';
import { textsFor } from './texts/texts.js';
import { troubleSentence, within } from './trouble.js';
import { tellWhatWaited } from './waiting-news.js';
import { refusalView, saidView, troubleView } from './views/answers.js';
import { parseCustomId } from './views/custom-ids.js';

/** Discord forgets an interaction after 3 s; a handler that wants to answer at once is deferred well before. */
const ANSWER_AT_ONCE_MS = 1_500;
/** A form must be the first answer, and what it shows may have to be read: whatever takes longer is told instead, while Discord still listens. */
const FORM_LIMIT_MS = 2_000;
/** Longest a user looks at "thinking" before a sentence says why. */
const HANDLER_LIMIT_MS = 12_000;

export interface RouterOptions {
  readonly services: Services;
  /** By command name, then subcommand name. */
  readonly commands: ReadonlyMap<string, ReadonlyMap<string, Command>>;
  /** By name. */
  readonly messageCommands: ReadonlyMap<string, MessageCommand>;
  readonly components: ReadonlyMap<string, AnyComponent>;
}

/** One handler of an interaction: how it is acknowledged, and what runs after that. */
interface Handler {
  readonly name: string;
  readonly ack: Ack;
  run(context: Context): Promise<Reply>;
}

/** The one listener of all interactions: looks up, acknowledges exactly once, runs, answers, and never lets an error out. */
export function createRouter({ services, commands, messageCommands, components }: RouterOptions): (interaction: Interaction) => Promise<void> {
  return async (interaction) => {
    try {
      await route(interaction);
    } catch (error) {
      // What comes before and after the handlers; they tell of their own failures.
      await tellUnplanned(interaction, error, services);
    }
  };

  async function route(interaction: Interaction): Promise<void> {
    const context: Context = { services, actor: actorOf(interaction, services.settings), texts: textsFor(interaction.locale) };
    if (interaction.isAutocomplete()) {
      await autocomplete(interaction, commandOf(interaction), context);
      return;
    }
    if (interaction.isChatInputCommand()) {
      const handled = await handle(interaction, commandHandler(interaction, context), context);
      if (handled) await tellWhatWaited(interaction, context);
      return;
    }
    if (interaction.isMessageContextMenuCommand()) {
      const handled = await handle(interaction, messageCommandHandler(interaction, context), context);
      if (handled) await tellWhatWaited(interaction, context);
      return;
    }
    if (interaction.isMessageComponent() || interaction.isModalSubmit()) {
      await handle(interaction, componentHandler(interaction, context), context);
      return;
    }
    if (interaction.isRepliable()) await interaction.reply({ content: context.texts.unknown, flags: MessageFlags.Ephemeral });
  }

  function commandOf(interaction: ChatInputCommandInteraction | AutocompleteInteraction): Command | undefined {
    return commands.get(interaction.commandName)?.get(interaction.options.getSubcommand(false) ?? '');
  }

  function commandHandler(interaction: ChatInputCommandInteraction, context: Context): Handler {
    const command = commandOf(interaction);
    const name = `${interaction.commandName} ${interaction.options.getSubcommand(false) ?? ''}`.trim();
    if (command === undefined) return answering(name, context.texts.unknown);
    const ack = typeof command.ack === 'function' ? command.ack(interaction) : command.ack;
    return { name, ack, run: (context) => command.run(interaction, context) };
  }

  function messageCommandHandler(interaction: MessageContextMenuCommandInteraction, { texts }: Context): Handler {
    const name = interaction.commandName;
    const command = messageCommands.get(name);
    if (command === undefined) return answering(name, texts.unknown);
    return { name, ack: command.ack, run: (context) => command.run(interaction, context) };
  }

  function componentHandler(interaction: ComponentInteraction, { texts }: Context): Handler {
    const parsed = parseCustomId(interaction.customId);
    if (parsed.kind !== 'ours') return answering(parsed.kind, parsed.kind === 'other-version' ? texts.otherVersion : texts.unknown);
    const component = components.get(parsed.route);
    if (component === undefined) return answering(parsed.route, texts.otherVersion);
    const run = component.bind(parsed.args);
    if (run === null) return answering(parsed.route, texts.malformed);
    return { name: parsed.route, ack: component.ack, run: (context) => run(interaction, context) };
  }
}

async function tellUnplanned(interaction: Interaction, error: unknown, { log }: Services): Promise<void> {
  const reference = referenceOf(interaction.id);
  log.error({ interactionId: interaction.id, reference, err: error }, 'an interaction could not be handled');
  if (!interaction.isRepliable() || interaction.replied || interaction.deferred) return;
  try {
    await interaction.reply({ content: textsFor(interaction.locale).internal(reference), flags: MessageFlags.Ephemeral });
  } catch (failure) {
    log.error({ interactionId: interaction.id, reference, err: failure }, 'the user could not be told of a failure');
  }
}

function answering(name: string, sentence: string): Handler {
  return { name, ack: 'none', run: () => Promise.resolve({ kind: 'view', view: saidView(sentence) }) };
}

/** True when the interaction was answered, or is going to be by a workflow. */
async function handle(interaction: AnswerableInteraction, handler: Handler, context: Context): Promise<boolean> {
  const { log } = context.services;
  const about = { interactionId: interaction.id, handler: handler.name };
  try {
    await acknowledge(interaction, handler.ack);
    const reply = await runHandler(interaction, handler, context);
    await send(interaction, reply, context);
    return reply.kind !== 'modal';
  } catch (error) {
    if (isAnsweredElsewhere(error)) {
      log.warn(about, 'another delivery of this interaction was answered');
      return false;
    }
    if (isTaken(error)) {
      log.warn({ ...about, err: error }, 'the answer was taken, and the reply about it was cut');
      return false;
    }
    if (isTooLate(error)) {
      log.warn({ ...about, err: error, ackLate: true }, 'interaction was gone before it could be answered');
      return false;
    }
    // Whatever fails while there has never been a database fails for that reason.
    const sentence = troubleSentence(error, context.texts) ?? (context.services.hasDatabase() ? null : context.texts.unavailable.database);
    const reference = referenceOf(interaction.id);
    log.error({ ...about, reference, err: error }, sentence === null ? 'handler failed' : 'part of the yard cannot be reached');
    const view = sentence === null ? saidView(context.texts.internal(reference)) : troubleView(sentence);
    await tellFailure(interaction, handler.ack, view, context);
    return false;
  }
}

async function acknowledge(interaction: AnswerableInteraction, ack: Ack): Promise<void> {
  switch (ack) {
    case 'private':
      await deferPrivately(interaction);
      return;
    case 'update':
      if (interaction.isMessageComponent() || (interaction.isModalSubmit() && interaction.isFromMessage())) await deferring(interaction, interaction.deferUpdate());
      else await deferPrivately(interaction);
      return;
    case 'none':
    case 'modal':
      return;
  }
}

async function deferPrivately(interaction: AnswerableInteraction): Promise<void> {
  await deferring(interaction, interaction.deferReply({ flags: MessageFlags.Ephemeral }));
}

/** An acknowledgement that Discord took, and whose reply was lost, was sent again and refused: the user waits for what comes after it. */
async function deferring(interaction: AnswerableInteraction, sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!isTaken(error) && (!isAnsweredElsewhere(error) || !takeRepeatedAnswer(interaction))) throw error;
    interaction.deferred = true;
  }
}

/** A handler that may answer at once loses that right when it is slow. */
async function runHandler(interaction: AnswerableInteraction, handler: Handler, context: Context): Promise<Reply> {
  const work = within(handler.ack === 'modal' ? FORM_LIMIT_MS : HANDLER_LIMIT_MS, handler.run(context));
  if (handler.ack !== 'none') return work;
  let deferred: Promise<unknown> | undefined;
  const timer = setTimeout(() => {
    deferred = deferPrivately(interaction);
    // It is awaited below, after the work; until then nobody listens for its failure.
    deferred.catch(() => undefined);
  }, ANSWER_AT_ONCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
    await deferred;
  }
}

async function send(interaction: AnswerableInteraction, reply: Reply, { services, texts }: Context): Promise<void> {
  switch (reply.kind) {
    case 'view':
      await replyOnce(interaction, reply.view, services);
      return;
    case 'refused':
      await replyOnce(interaction, refusalView(texts, reply.refusal, services.settings, reply.ways), services);
      return;
    case 'beside':
      await followUpPrivately(interaction, reply.view, services);
      return;
    case 'modal':
      if (interaction.isModalSubmit()) throw new Error('Expected no form in answer to a form.');
      await interaction.showModal(reply.modal);
      return;
    case 'answered-by-workflow':
      return;
  }
}

/** A button whose message stays keeps it; the trouble is told beside it, so that it can be pressed again. */
async function tellFailure(interaction: AnswerableInteraction, ack: Ack, view: ReturnType<typeof saidView>, { services }: Context): Promise<void> {
  try {
    if (ack === 'update' && interaction.deferred) await followUpPrivately(interaction, view, services);
    else await replyOnce(interaction, view, services);
  } catch (error) {
    services.log.error({ interactionId: interaction.id, err: error }, 'the user could not be told of a failure');
  }
}
