import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DiscordAPIError, type RawFile, Routes } from 'discord.js';
import { TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import { startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const V2 = 1 << 15;
const text = (content: string) => ({ type: 10, content });
const button = (fields: Record<string, unknown> = {}) => ({ type: 2, style: 1, label: 'Go', custom_id: 'go', ...fields });
const row = (...components: unknown[]) => ({ type: 1, components });
const v2 = (...components: unknown[]) => ({ flags: V2, components });
const many = <T>(count: number, make: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => make(n));
const picture = { name: 'a.png', data: Buffer.from('A') } satisfies RawFile;

interface Refused {
  rule: string;
  body: unknown;
  files?: RawFile[];
  /** Path below `errors`, and Discord's code there. */
  at: string;
  code: string;
}

const refusedMessages: Refused[] = [
  { rule: '1 content-length', body: { content: 'x'.repeat(2001) }, at: 'content', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: '3 no-legacy-fields-with-v2', body: { ...v2(text('a')), content: 'b' }, at: 'content', code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' },
  { rule: '3 no-legacy-fields-with-v2', body: { ...v2(text('a')), embeds: [{ title: 'b' }] }, at: 'embeds', code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' },
  { rule: '3 no-legacy-fields-with-v2', body: { ...v2(text('a')), sticker_ids: ['1'] }, at: 'sticker_ids', code: 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2' },
  { rule: '4 v2-components-without-flag', body: { components: [text('a')] }, at: 'components.0', code: 'UNION_TYPE_CHOICES' },
  { rule: '6 component-count', body: v2({ type: 17, components: many(40, () => text('a')) }), at: 'components', code: 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED' },
  { rule: '7 displayed-text', body: v2(text('a'.repeat(2001)), text('a'.repeat(2000))), at: 'components', code: 'COMPONENT_MAX_DISPLAYABLE_TEXT_SIZE_EXCEEDED' },
  { rule: '8 embeds-total', body: { embeds: [{ description: 'x'.repeat(4000) }, { description: 'x'.repeat(2001) }] }, at: 'embeds', code: 'MAX_EMBED_SIZE_EXCEEDED' },
  { rule: '9 custom-id-unique', body: { components: [row(button(), button())] }, at: 'components.0.components.1.custom_id', code: 'COMPONENT_CUSTOM_ID_DUPLICATED' },
  { rule: '10 button-style', body: { components: [row(button({ custom_id: undefined }))] }, at: 'components.0.components.0.custom_id', code: 'BUTTON_COMPONENT_CUSTOM_ID_REQUIRED' },
  { rule: '10 button-style', body: { components: [row(button({ style: 5, custom_id: undefined }))] }, at: 'components.0.components.0.url', code: 'BUTTON_COMPONENT_URL_REQUIRED' },
  { rule: '10 button-style', body: { components: [row(button({ url: 'https://a.b' }))] }, at: 'components.0.components.0.custom_id', code: 'BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE' },
  { rule: '10 button-style', body: { components: [row(button({ style: 5, custom_id: undefined, url: 'http://localhost:3000/x' }))] }, at: 'components.0.components.0.url', code: 'URL_TYPE_INVALID_URL' },
  { rule: '10 button-style', body: { components: [row(button({ label: undefined }))] }, at: 'components.0.components.0.label', code: 'BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED' },
  { rule: '11 attachment-reference', body: v2({ type: 12, items: [{ media: { url: 'attachment://b.png' } }] }), files: [picture], at: 'components.0.items.0.media.url', code: 'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND' },
  { rule: '11 attachment-reference', body: v2({ type: 13, file: { url: 'https://a.b/c' } }), at: 'components.0.file.url', code: 'UNFURLED_MEDIA_ITEM_ATTACHMENT_REFERENCE_REQUIRED' },
  { rule: 'legacy-rows', body: { components: many(6, (n) => row(button({ custom_id: `${n}` }))) }, at: 'components', code: 'BASE_TYPE_BAD_LENGTH' },
  { rule: 'action-row-layout', body: { components: [row({ type: 5, custom_id: 'a' }, { type: 5, custom_id: 'b' })] }, at: 'components.0.components', code: 'COMPONENT_LAYOUT_WIDTH_EXCEEDED' },
  { rule: 'select', body: { components: [row({ type: 3, custom_id: 'a', options: [{ label: 'a', value: 'a' }, { label: 'b', value: 'a' }] })] }, at: 'components.0.components.0.options.1.value', code: 'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED' },
  { rule: 'attachment-id', body: { content: 'x', attachments: [{ id: 0 }] }, at: 'attachments.0.id', code: 'ATTACHMENT_NOT_FOUND' },
  { rule: 'allowed-mentions', body: { content: 'x', allowed_mentions: { parse: ['users'], users: ['1'] } }, at: 'allowed_mentions.parse', code: 'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE' },
  { rule: 'schema', body: v2(text('')), at: 'components.0.content', code: 'BASE_TYPE_MIN_LENGTH' },
  { rule: 'schema', body: { components: [row(button({ custom_id: 'x'.repeat(101) }))] }, at: 'components.0.components.0.custom_id', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: 'schema', body: { components: [row(...many(6, (n) => button({ custom_id: `${n}` })))] }, at: 'components.0.components', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: 'schema', body: v2({ type: 12, items: [] }), at: 'components.0.items', code: 'BASE_TYPE_MIN_LENGTH' },
  { rule: 'schema', body: v2({ type: 17, components: [{ type: 17, components: [text('a')] }] }), at: 'components.0.components.0', code: 'UNION_TYPE_CHOICES' },
  { rule: 'schema', body: v2({ type: 9, components: [text('a')] }), at: 'components.0.accessory', code: 'BASE_TYPE_REQUIRED' },
  { rule: 'schema', body: { content: 'x', nonce: 'x'.repeat(26) }, at: 'nonce', code: 'BASE_TYPE_MAX_LENGTH' },
];

const label = (component: Record<string, unknown>) => ({ type: 18, label: 'L', component });
const form = (...components: unknown[]) => ({ type: 9, data: { custom_id: 'f', title: 'F', components } });

const refusedCallbacks: Refused[] = [
  { rule: '12 modal-size', body: form(...many(6, () => text('a'))), at: 'data.components', code: 'BASE_TYPE_BAD_LENGTH' },
  { rule: '13 modal-inputs', body: form(label({ type: 3, custom_id: 's', disabled: true, options: [{ label: 'a', value: 'a' }] })), at: 'data.components.0.component.disabled', code: 'MODAL_COMPONENT_DISABLED' },
  { rule: '13 modal-inputs', body: form(label({ type: 23, custom_id: 'c', required: true })), at: 'data.components.0.component.required', code: 'MODAL_CHECKBOX_REQUIRED' },
  { rule: '14 defer-flags', body: { type: 5, data: { flags: V2 | 64 } }, at: 'data.flags', code: 'INTERACTION_DEFER_FLAGS_INVALID' },
  { rule: '16 callback-type', body: { type: 7, data: { content: 'x' } }, at: 'type', code: 'BASE_TYPE_CHOICES' },
  { rule: '16 callback-type', body: { type: 8, data: { choices: [] } }, at: 'type', code: 'BASE_TYPE_CHOICES' },
  { rule: 'schema', body: { type: 4, data: { content: 'x'.repeat(2001) } }, at: 'data.content', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: '9 custom-id-unique', body: form(label({ type: 4, custom_id: 'a', style: 1 }), label({ type: 4, custom_id: 'a', style: 1 })), at: 'data.components.1.component.custom_id', code: 'COMPONENT_CUSTOM_ID_DUPLICATED' },
  { rule: 'modal-ranges', body: form(label({ type: 19, custom_id: 'f', min_values: 3, max_values: 2 })), at: 'data.components.0.component.min_values', code: 'NUMBER_TYPE_MAX' },
  { rule: 'schema', body: { type: 9, data: { custom_id: 'f', title: 'x'.repeat(46), components: [text('a')] } }, at: 'data.title', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: 'schema', body: form({ type: 18, label: 'x'.repeat(46), component: { type: 4, custom_id: 'a', style: 1 } }), at: 'data.components.0.label', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: 'schema', body: form(label({ type: 19, custom_id: 'f', max_values: 11 })), at: 'data.components.0.component.max_values', code: 'NUMBER_TYPE_MAX' },
  { rule: 'schema', body: form(label({ type: 21, custom_id: 'r', options: [{ label: 'a', value: 'a' }] })), at: 'data.components.0.component.options', code: 'BASE_TYPE_MIN_LENGTH' },
];

const option = (fields: Record<string, unknown>) => ({ type: 3, name: 'a', description: 'A', ...fields });
const command = (fields: Record<string, unknown>) => [{ name: 'train', description: 'Train', ...fields }];

const refusedCommands: Refused[] = [
  { rule: '17 command-name', body: command({ name: 'Train' }), at: '0.name', code: 'APPLICATION_COMMAND_INVALID_NAME' },
  { rule: '17 command-name', body: command({ options: [option({ name: 'a b' })] }), at: '0.options.0.name', code: 'APPLICATION_COMMAND_INVALID_NAME' },
  { rule: '18 description', body: command({ description: undefined }), at: '0.description', code: 'BASE_TYPE_REQUIRED' },
  { rule: '19 required-first', body: command({ options: [option({}), option({ name: 'b', required: true })] }), at: '0.options.1', code: 'APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID' },
  { rule: '20 autocomplete-or-choices', body: command({ options: [option({ autocomplete: true, choices: [{ name: 'a', value: 'a' }] })] }), at: '0.options.0.autocomplete', code: 'APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE' },
  { rule: '21 command-size', body: command({ options: many(4, (n) => option({ name: `o${n}`, choices: many(25, (c) => ({ name: `${c}${'n'.repeat(50)}`, value: `${c}${'v'.repeat(50)}` })) })) }), at: '0', code: 'APPLICATION_COMMAND_TOO_LARGE' },
  { rule: '21 command-size', body: command({ options: many(25, (n) => option({ name: `o${n}`, description_localizations: { de: 'd'.repeat(100) }, choices: many(3, (c) => ({ name: `${c}${'n'.repeat(90)}`, value: `${c}` })) })) }), at: '0', code: 'APPLICATION_COMMAND_TOO_LARGE' },
  { rule: '21 localizations', body: command({ description_localizations: { xx: 'd' } }), at: '0.description_localizations.xx', code: 'ENUM_TYPE_COERCE' },
  { rule: 'command-names-unique', body: [...command({}), ...command({})], at: '1', code: 'APPLICATION_COMMANDS_DUPLICATE_NAME' },
  { rule: 'option-names-unique', body: command({ options: [option({}), option({})] }), at: '0.options.1', code: 'APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS' },
  { rule: 'schema', body: command({ description: 'd'.repeat(101) }), at: '0.description', code: 'BASE_TYPE_MAX_LENGTH' },
  { rule: 'schema', body: command({ options: many(26, (n) => option({ name: `o${n}` })) }), at: '0.options', code: 'BASE_TYPE_MAX_LENGTH' },
];

describe('bodies Discord refuses', () => {
  let yard: TestYard;

  beforeAll(async () => {
    yard = await startTestYard();
    await yard.register([trainCommand]);
    await yard.logInSilent();
  });
  afterEach(() => yard.driver.reset());
  afterAll(() => yard.stop());

  async function expectRefusal(attempt: Promise<unknown>, { rule, at, code }: Refused): Promise<void> {
    const error = await attempt.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(DiscordAPIError);
    const { rawError, status } = error as DiscordAPIError;
    expect([status, rawError]).toEqual([400, { message: 'Invalid Form Body', code: 50035, errors: expect.anything() }]);
    const place = at.split('.').reduce<unknown>((node, step) => (node as Record<string, unknown> | undefined)?.[step], (rawError as { errors: unknown }).errors);
    expect(place).toMatchObject({ _errors: expect.arrayContaining([{ code, message: expect.any(String) }]) });
    expect((await yard.driver.violations()).map((violation) => violation.rule)).toContain(rule);
  }

  it.each(refusedMessages)('posting: $rule at $at', async (refused) => {
    // Beyond the channel's bucket of the last tests.
    await yard.driver.advanceClock(5_000);
    const calls = fetchLike(yard, 'POST', Routes.channelMessages(TRAINING_CHANNEL_ID), refused);
    await expectRefusal(calls, refused);
  });

  it.each(refusedCallbacks)('answering: $rule at $at', async (refused) => {
    const handle = await yard.driver.user('mira').slash('train menu');
    const { id, token } = await yard.received(handle.id);

    await expectRefusal(yard.rest.post(Routes.interactionCallback(id, token), { auth: false, body: refused.body }), refused);
    // A refused body is no answer: a good one still counts.
    await yard.rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type: 4, data: { content: 'ok' } } });
    expect((await handle.message()).content).toBe('ok');
  });

  it.each(refusedCommands)('registering: $rule at $at', async (refused) => {
    await yard.driver.advanceClock(20_000);
    await expectRefusal(fetchLike(yard, 'PUT', '/applications/1180430915223552001/commands', refused), refused);
  });

  it('refuses everything but suggestions for an autocomplete, and a form in answer to a form', async () => {
    const mira = yard.driver.user('mira');
    const typing = mira.autocomplete('train view', 'id', 'c');
    const [asked] = await yard.driver.waitFor(async () => (await mira.interactions()).filter((one) => one.kind === 'autocomplete' && one.choices === undefined));
    const { id, token } = await yard.received(asked?.id ?? '');
    const answer = (of: { id: string; token: string }, body: unknown) => yard.rest.post(Routes.interactionCallback(of.id, of.token), { auth: false, body });
    await expectRefusal(answer({ id, token }, { type: 5 }), { rule: '16 callback-type', body: null, at: 'type', code: 'BASE_TYPE_CHOICES' });
    await expectRefusal(answer({ id, token }, { type: 8, data: { choices: many(26, (n) => ({ name: `${n}`, value: 'v' })) } }), { rule: 'schema', body: null, at: 'data.choices', code: 'BASE_TYPE_MAX_LENGTH' });
    await answer({ id, token }, { type: 8, data: { choices: [] } });
    expect(await typing).toEqual([]);

    const opener = await mira.slash('train form');
    await answer((await yard.received(opener.id)), form(label({ type: 4, custom_id: 'a', style: 1 })));
    const submit = await mira.submitModal(await opener.modal(), { a: 'text' });
    await expectRefusal(answer((await yard.received(submit.id)), form(text('again'))), { rule: '15 no-modal-to-modal', body: null, at: 'type', code: 'BASE_TYPE_CHOICES' });
  });
});

/** Past the client's own waiting, which would slow the table down; the answer is turned into the client's error. */
async function fetchLike(yard: TestYard, method: 'POST' | 'PUT', path: string, { body, files = [] }: Refused): Promise<unknown> {
  const form = new FormData();
  form.set('payload_json', JSON.stringify(body));
  files.forEach((file, n) => {
    form.set(`files[${n}]`, new Blob([new Uint8Array(file.data as Buffer)]), file.name);
  });
  const response = await fetch(`${yard.standIn.apiUrl}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${yard.standIn.token}`, ...(files.length === 0 ? { 'content-type': 'application/json' } : {}) },
    body: files.length === 0 ? JSON.stringify(body) : form,
  });
  const answer = (await response.json()) as { code: number; message: string };
  if (response.ok) return answer;
  throw new DiscordAPIError(answer, answer.code, response.status, method, path, {});
}
