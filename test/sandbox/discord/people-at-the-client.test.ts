import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type APIMessage, InteractionContextType, Routes } from 'discord.js';
import { TRAINING_CHANNEL_ID } from '../../../sandbox/discord/people.js';
import type { DiscordUser } from '../../../sandbox/discord/driver/user.js';
import { startTestYard, type TestYard } from './bot.js';
import { trainCommand } from './commands-of-train.js';

const png = (size = 3) => ({ filename: 'a.png', bytes: Buffer.alloc(size) });

describe('what a person cannot do in the client', () => {
  let yard: TestYard;
  let mira: DiscordUser;

  beforeAll(async () => {
    yard = await startTestYard();
    await yard.register([trainCommand, { name: 'admin', description: 'For admins', default_member_permissions: '0' }, { name: 'here', description: 'In servers', contexts: [InteractionContextType.Guild] }]);
    await yard.logInSilent();
    mira = yard.driver.user('mira');
  });
  afterAll(() => yard.stop());

  it.each<[string, string, Record<string, never>, RegExp]>([
    ['a command that is not registered', 'trains create', {}, /no command \/trains.*\/train, \/admin/],
    ['a subcommand that does not exist', 'train fly', {}, /no command \/train fly/],
    ['half a command', 'train', {}, /not complete: create, view/],
    ['a command for admins', 'admin', {}, /may not use \/admin/],
  ])('run %s', async (_what, path, options, reason) => {
    await expect(mira.slash(path, options)).rejects.toThrow(reason);
  });

  it.each([
    ['leave out a required option', 'train create', {}, /"name" is required/],
    ['leave a required option empty', 'train create', { name: '' }, /"name" is required/],
    ['invent an option', 'train create', { name: 'cats', colour: 'red' }, /no option "colour"/],
    ['write too little', 'train create', { name: 'x' }, /2 to 40 characters/],
    ['write too much', 'train create', { name: 'x'.repeat(41) }, /2 to 40 characters/],
    ['give text for a number', 'train start', { steps: '1500' }, /whole number/],
    ['give a fraction for a whole number', 'train start', { steps: 1.5 }, /whole number/],
    ['go below the minimum', 'train start', { steps: -1 }, /between 100 and 4000/],
    ['go above the maximum', 'train start', { steps: 1e9 }, /between 100 and 4000/],
    ['choose what is not offered', 'train start', { recipe: 'flux' }, /one of: SDXL/],
    ['name somebody who is not there', 'train start', { for: 'nobody' }, /no such person/],
    ['give text for a tick', 'train start', { here: 'yes' }, /true or false/],
    ['give text for a file', 'train upload', { image: 'a.png' }, /must be a file/],
    ['upload another type', 'train upload', { image: { ...png(), filename: 'a.txt' } }, /not of an accepted type/],
    ['upload too large a file', 'train upload', { image: png(10 * 1024 * 1024 + 1) }, /too powerful/],
  ])('%s', async (_what, path, options, reason) => {
    await expect(mira.slash(path, options)).rejects.toThrow(reason);
  });

  it('use a server command in direct messages', async () => {
    await expect(mira.slash('here', {}, { dm: true })).rejects.toThrow('cannot be used in direct messages');
    await expect(mira.slash('here', {}, { channel: 'nowhere' })).rejects.toThrow('no channel "nowhere"');
  });

  it('get suggestions where none are offered', async () => {
    await expect(mira.autocomplete('train create', 'name', 'c')).rejects.toThrow('offers no suggestions');
  });

  it('press what is missing, disabled, a link, ambiguous or invisible', async () => {
    const button = (label: string, fields: object = { custom_id: label }) => ({ type: 2, style: 1, label, ...fields });
    const components = [{ type: 1, components: [button('Off', { custom_id: 'off', disabled: true }), button('Twin', { custom_id: 't1' }), button('Twin', { custom_id: 't2' }), button('Web', { style: 5, url: 'https://a.b' })] }];
    const message = (await yard.rest.post(Routes.channelMessages(TRAINING_CHANNEL_ID), { body: { components } })) as APIMessage;

    await expect(mira.click(message, 'On')).rejects.toThrow('no button "On". It has: [Off], [Twin], [Twin], [Web]');
    await expect(mira.click(message, 'Off')).rejects.toThrow('is disabled');
    await expect(mira.click(message, 'Web')).rejects.toThrow('is a link to https://a.b');
    await expect(mira.click(message, 'Twin')).rejects.toThrow('t1, t2');
    await expect(mira.click(message, 't2')).resolves.toHaveProperty('id');
    await expect(mira.select(message, 'none', ['a'])).rejects.toThrow('no select menu');
    await yard.driver.change({ kind: 'delete-message', messageId: message.id });
    await expect(mira.click(message, 't2')).rejects.toThrow('does not see');
  });

  it('see or press what is private to somebody else', async () => {
    const handle = await mira.slash('train menu');
    const { id, token } = await yard.received(handle.id);
    await yard.rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type: 4, data: { content: 'x', flags: 64, components: [{ type: 1, components: [{ type: 2, style: 1, label: 'Go', custom_id: 'go' }] }] } } });
    const message = await handle.message();

    await expect(yard.driver.user('jonas').click(message, 'Go')).rejects.toThrow('does not see');
    await expect(mira.click(message, 'Go')).resolves.toHaveProperty('id');
  });

  it('send a form that is not filled in as asked, or is not theirs', async () => {
    const label = (component: object) => ({ type: 18, label: 'L', component });
    const components = [
      label({ type: 4, custom_id: 'text', style: 1, min_length: 2, max_length: 5 }),
      label({ type: 19, custom_id: 'files', min_values: 1, max_values: 2, file_types: ['image'] }),
      label({ type: 3, custom_id: 'pick', required: false, options: [{ label: 'A', value: 'a' }] }),
    ];
    const handle = await mira.slash('train form');
    const { id, token } = await yard.received(handle.id);
    await yard.rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type: 9, data: { custom_id: 'f', title: 'F', components } } });
    const modal = await handle.modal();
    const good = { text: 'abc', files: [png()] };

    await expect(mira.submitModal(modal, { files: [png()] })).rejects.toThrow('"text" is required');
    await expect(mira.submitModal(modal, { ...good, text: 'abcdef' })).rejects.toThrow('2 to 5 characters');
    await expect(mira.submitModal(modal, { text: 'abc' })).rejects.toThrow('1 to 2 files; 0 given');
    await expect(mira.submitModal(modal, { ...good, files: [png(), png(), png()] })).rejects.toThrow('1 to 2 files; 3 given');
    await expect(mira.submitModal(modal, { ...good, files: [{ ...png(), filename: 'a.txt' }] })).rejects.toThrow('not of an accepted type');
    await expect(mira.submitModal(modal, { ...good, pick: ['b'] })).rejects.toThrow('has no choice "b"');
    await expect(mira.submitModal(modal, { ...good, other: 'x' })).rejects.toThrow('no field "other"');
    await expect(yard.driver.user('jonas').submitModal(modal, good)).rejects.toThrow('no form open');
    await expect(mira.submitModal(modal, { ...good, pick: ['A'] })).resolves.toHaveProperty('id');
  });

  it('says what it waited for in vain', async () => {
    await expect(yard.driver.waitFor(() => Promise.resolve(false), { timeoutMs: 20, what: 'a miracle' })).rejects.toThrow('Waited 20 ms for a miracle.');
  });
});
