import type {
  APIApplicationCommandBasicOption,
  APIModalInteractionResponseCallbackData,
  ApplicationCommandOptionType,
  ChatInputCommandInteraction,
  MessageComponentInteraction,
  MessageContextMenuCommandInteraction,
  ModalSubmitInteraction,
} from 'discord.js';
import type { Actor } from '../domain/access.js';
import type { Refusal } from '../domain/refusals.js';
import type { Services } from './services.js';
import type { Texts } from './texts/texts.js';
import type { Route } from './views/custom-ids.js';
import type { WaysOn } from './views/answers.js';
import type { View } from './views/layout.js';

/**
 * The one acknowledgement of an interaction:
 * `private` defers a message only the user sees · `none` answers at once, and is deferred privately when that takes too long ·
 * `modal` opens a form, before which at most one read of 2 s is done · `update` keeps the message of the button or form, which the answer replaces.
 */
export type Ack = 'private' | 'none' | 'modal' | 'update';

export type Reply =
  | { readonly kind: 'view'; readonly view: View }
  /** `ways`: what can be pressed instead, as far as it is known. */
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly ways?: WaysOn }
  /** Told privately beside the message of the button, which stays as it is. */
  | { readonly kind: 'beside'; readonly view: View }
  | { readonly kind: 'modal'; readonly modal: APIModalInteractionResponseCallbackData }
  /** A workflow answers this interaction; the bot says nothing more. */
  | { readonly kind: 'answered-by-workflow' };

export interface Context {
  readonly services: Services;
  readonly actor: Actor;
  /** In the language of whoever presses or types. */
  readonly texts: Texts;
}

export interface Choice {
  readonly name: string;
  readonly value: string;
}

/** Suggestions for one option while it is typed; anything else may be sent all the same. */
export type Autocomplete = (typed: string, context: Context, given: (option: string) => string | null) => Promise<readonly Choice[]>;

type Wordless<Option> = Option extends unknown ? Omit<Option, 'description'> : never;

/** An option as code knows it; its words stand in the texts of each language, under its path. A choice is found by its value. */
export type OptionShape = Wordless<APIApplicationCommandBasicOption>;

export interface SubcommandShape {
  readonly type: ApplicationCommandOptionType.Subcommand;
  readonly name: string;
  readonly options?: readonly OptionShape[];
}

export interface Command {
  readonly data: SubcommandShape;
  readonly ack: Ack | ((interaction: ChatInputCommandInteraction) => Ack);
  run(interaction: ChatInputCommandInteraction, context: Context): Promise<Reply>;
  readonly autocomplete?: Readonly<Record<string, Autocomplete>>;
}

/** A command in the menu of a message. */
export interface MessageCommand {
  readonly name: string;
  readonly ack: Ack;
  run(interaction: MessageContextMenuCommandInteraction, context: Context): Promise<Reply>;
}

/** A button, select or form, found by the route in its custom id. */
export interface Component<Args> {
  readonly route: Route<Args>;
  readonly ack: Ack;
  run(interaction: ComponentInteraction, args: Args, context: Context): Promise<Reply>;
}

export type ComponentInteraction = MessageComponentInteraction | ModalSubmitInteraction;

export function shown(view: View): Reply {
  return { kind: 'view', view };
}

export function refused(refusal: Refusal, ways: WaysOn = {}): Reply {
  return { kind: 'refused', refusal, ways };
}
