import { Events, type Client, type Interaction } from 'discord.js';
import type { InteractionHandle } from '../../sandbox/discord/driver/interaction.js';
import type { DiscordUser } from '../../sandbox/discord/driver/user.js';
import { pngPicture } from './pictures.js';
import { textOf } from './wire.js';

/** What the next press, choice or form of somebody says instead of what it says. */
interface Forgery {
  readonly customId: string;
  readonly values: readonly string[] | undefined;
}

/** Lets a test send what no button, select or form of Discord offers to somebody: any custom id, any chosen value. */
export interface Forger {
  press(user: DiscordUser, customId: string, values?: readonly string[]): Promise<InteractionHandle>;
  /** Opens a form with `openWith`, fills it in and sends it under another id. */
  send(user: DiscordUser, openWith: string, customId: string): Promise<InteractionHandle>;
}

/** Changes interactions on their way from the gateway to the router, as somebody with a client of their own could. */
export function createForger(client: Client): Forger {
  let next: Forgery | null = null;
  client.prependListener(Events.InteractionCreate, (interaction: Interaction) => {
    if (next === null || !('customId' in interaction)) return;
    Object.assign(interaction, { customId: next.customId }, next.values === undefined || !('values' in interaction) ? {} : { values: next.values });
    next = null;
  });

  async function press(user: DiscordUser, customId: string, values?: readonly string[]): Promise<InteractionHandle> {
    // Anybody has a button and a select of their own.
    const carrier = await (await user.slash(values === undefined ? 'points balance' : 'train list')).message();
    next = { customId, values };
    if (values === undefined) return user.click(carrier, 'History');
    const menu = flat(carrier.components).find(({ options }) => options !== undefined);
    return user.select(carrier, menu?.custom_id ?? '', [menu?.options?.[0]?.value ?? '']);
  }

  return {
    press,
    async send(user, openWith, customId) {
      const opened = await press(user, openWith);
      const { modal } = await opened.waitFor((seen) => seen.modal !== undefined || seen.messages.length > 0);
      if (modal === undefined) throw new Error(`Expected a form in answer to ${openWith}, got ${textOf(await opened.view())}.`);
      const fields = await filledIn(modal.components);
      next = { customId, values: undefined };
      return user.submitModal(modal, fields);
    },
  };
}

interface AnyComponent {
  readonly type?: number;
  readonly custom_id?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly component?: AnyComponent;
  readonly components?: readonly AnyComponent[];
  readonly accessory?: AnyComponent;
  readonly options?: readonly { readonly value: string }[];
}

const TEXT_INPUT = 4;
const FILE_UPLOAD = 19;

function flat(components: readonly AnyComponent[]): AnyComponent[] {
  return components.flatMap((one) => [one, ...flat(one.components ?? []), ...(one.component === undefined ? [] : flat([one.component]))]);
}

type Filled = string | { filename: string; bytes: Uint8Array }[];

async function filledIn(components: readonly object[]): Promise<Record<string, Filled>> {
  const picture = await pngPicture({ widthPx: 300, heightPx: 300, seed: 7 });
  return Object.fromEntries(
    flat(components).flatMap(({ type, custom_id: id = '', value = '' }): [string, Filled][] => {
      if (type === FILE_UPLOAD) return id.includes('caption') ? [] : [[id, [{ filename: 'one.png', bytes: picture }]]];
      return type === TEXT_INPUT ? [[id, value === '' && id === 'name' ? 'Another name' : value]] : [];
    }),
  );
}
