import { describe, expect, it } from '@jest/globals';
import type { Feed } from '../../../../sandbox/discord/control/feed-types.js';
import { initialValues, problemsIn, sentValues } from '../../../../sandbox/discord/page/form-state.js';
import { runAddress, runIdIn } from '../../../../sandbox/discord/page/run-link.js';
import { channelAt, type ClientState, emptyState, isAfter, unreadIn, withFeed } from '../../../../sandbox/discord/page/state.js';
import { timeText } from '../../../../sandbox/discord/page/times.js';
import type { SeenMessage } from '../../../../sandbox/discord/user/seen.js';
import { againRoute, cancelAskRoute, cancelRoute, quoteRoute, refreshRoute } from '../../../../bot/views/custom-ids.js';
import { moveCardRoute, showRunRoute } from '../../../../bot/views/run-routes.js';

const RUN = '0b9dd2f4-6c2e-4f52-9a50-f1b1a3b1d0a1';

describe('times in messages', () => {
  const now = 1_700_000_000_000;
  it.each([
    [0, 'now'],
    [5, 'in 5 seconds'],
    [-59, '59 seconds ago'],
    [61, 'in 1 minute'],
    [-7_300, '2 hours ago'],
    [86_400, 'tomorrow'],
    [40 * 86_400, 'in 1 month'],
  ])('%d s away is %s', (delta, expected) => {
    expect(timeText(1_700_000_000 + delta, 'R', now)).toBe(expected);
  });

  it('writes absolute times by their style', () => {
    const text = (style: Parameters<typeof timeText>[1]) => timeText(1_700_000_000, style, now, 'UTC').replace(/\s/g, ' ');
    expect([text('t'), text('T'), text('d'), text('D')]).toEqual(['10:13 PM', '10:13:20 PM', '11/14/23', 'November 14, 2023']);
    expect(text('F')).toMatch(/^Tuesday, November 14, 2023.* 10:13 PM$/);
  });
});

describe('the run a message speaks of', () => {
  const buttons = (...ids: string[]) => [{ type: 17, components: [{ type: 1, components: ids.map((id) => ({ type: 2, custom_id: id })) }] }];

  it.each([
    ['refresh', refreshRoute.format({ runId: RUN })],
    ['cancel', cancelRoute.format({ runId: RUN, points: 100, attempt: 1, atSeconds: 1 })],
    ['ask to cancel', cancelAskRoute.format({ runId: RUN })],
    ['again', againRoute.format({ runId: RUN })],
    ['show', showRunRoute.format({ runId: RUN })],
    ['move the card', moveCardRoute.format({ runId: RUN, move: 0 })],
  ])('is known from the button "%s" of the bot', (_what, customId) => {
    expect(runIdIn(buttons('v1:open', customId))).toBe(RUN);
  });

  it('is known from its workflow id in the text, and from nothing else', () => {
    expect(runIdIn([{ type: 10, content: `stuck: train-run:${RUN}` }])).toBe(RUN);
    expect(runIdIn(buttons(quoteRoute.format({ datasetId: RUN }), 'refresh', `x:refresh:${RUN}`))).toBeUndefined();
    expect(runAddress('http://127.0.0.1:8233/namespaces/default/workflows/train-run%3A{runId}', RUN)).toBe(`http://127.0.0.1:8233/namespaces/default/workflows/train-run%3A${RUN}`);
  });
});

describe('what a form holds', () => {
  const file = (name: string, size = 1): File => new File(['x'.repeat(size)], name);
  const label = (component: object) => ({ type: 18, label: 'L', component: { type: 4, ...component } });
  const form = [
    label({ custom_id: 'text', min_length: 2, max_length: 5 }),
    label({ type: 19, custom_id: 'files', min_values: 1, max_values: 2 }),
    label({ type: 3, custom_id: 'pick', options: [{ label: 'A', value: 'a' }, { label: 'B', value: 'b', default: true }] }),
    label({ type: 23, custom_id: 'tick' }),
    label({ type: 22, custom_id: 'several', required: false, options: [{ label: 'A', value: 'a' }, { label: 'B', value: 'b' }] }),
  ];

  it('starts with what the bot filled in', () => {
    expect(initialValues(form)).toEqual({ text: '', files: { files: [] }, pick: ['b'], tick: false, several: [] });
  });

  it('says what is wrong at each field, and takes what is right', () => {
    const { text, files, pick } = problemsIn(form, { ...initialValues(form), pick: [] }, 10);
    expect([text, files, pick]).toEqual(['Required.', 'Choose 1 to 2 files; 0 chosen.', 'Choose one.']);
    expect(problemsIn(form, { text: 'abcdef', files: { files: [file('a', 11)] }, pick: ['a'] }, 10)).toMatchObject({ text: '2 to 5 characters; this has 6.', files: expect.stringContaining('a is too large') });
    expect(problemsIn(form, { text: 'abc', files: { files: [file('a'), file('b')] }, pick: ['a'], tick: false, several: ['a', 'b'] }, 10)).toEqual({});
  });

  it('sends files by their place in the upload', () => {
    const sent: File[] = [];
    expect(sentValues({ a: { files: [file('1'), file('2')] }, b: 'x', c: ['y'], d: { files: [file('3')] } }, sent)).toEqual({ a: { files: [0, 1] }, b: 'x', c: ['y'], d: { files: [2] } });
    expect(sent.map(({ name }) => name)).toEqual(['1', '2', '3']);
  });
});

describe('what the page knows', () => {
  const message = (id: string, fields: Partial<SeenMessage> = {}): SeenMessage => ({ id, channelId: '10', channel: '#training', author: 'Trainyard', authorId: '1', ephemeral: false, thinking: false, content: id, embeds: [], components: [], attachments: [], pinged: false, edits: 0, createdAt: 0, ...fields });
  const channel = { id: '10', name: 'training', kind: 'channel' as const, server: 'S', archived: false, commands: [] };
  const feed = (fields: Partial<Feed>): Feed => ({ epoch: 'e', seq: 1, now: 5_000, whole: false, botConnected: true, uploadLimitBytes: 1, people: [{ id: '7', name: 'mira', displayName: 'Mira', isOperator: false, isBot: false }], channels: [channel], messages: [], gone: [], interactions: [], ...fields });
  const start: ClientState = withFeed(emptyState('mira', 'training'), feed({ whole: true, messages: [message('100'), message('99')] }), 4_000);

  it('keeps messages in order, adds and changes by id, and drops those that are gone', () => {
    const next = withFeed(start, feed({ messages: [message('100', { content: 'new' }), message('1000')], gone: ['99'] }), 4_000);
    expect([...next.messages.values()].map(({ content }) => content)).toEqual(['new', '1000']);
    expect([...start.messages.keys()]).toEqual(['99', '100']);
    expect(next.clockOffsetMs).toBe(1_000);
  });

  it('keeps the very objects of what did not change, and forgets everything after a restart of the stand-in', () => {
    const next = withFeed(start, feed({ seq: 2 }), 4_000);
    expect(next.messages).toBe(start.messages);
    expect(next.channels).toBe(start.channels);
    expect(withFeed(start, feed({ whole: true, epoch: 'f' }), 0).messages.size).toBe(0);
  });

  it('opens the form of an act of this page only', () => {
    const seen = { id: '5', kind: 'command' as const, label: '/x', channelId: '10', createdAt: 0, messages: [], modal: { custom_id: 'f', title: 'F', components: [], interactionId: '5' } };
    expect(withFeed(start, feed({ interactions: [seen] }), 0).openForm).toBeUndefined();
    const opened = withFeed({ ...start, own: new Set(['5']) }, feed({ interactions: [seen] }), 0);
    expect(opened.openForm).toBe('5');
    expect(withFeed({ ...opened, openForm: undefined }, feed({ interactions: [seen] }), 0).openForm).toBeUndefined();
  });

  it('counts as unread what came later from others and everybody may see', () => {
    const messages = new Map([message('5'), message('20', { pinged: true }), message('21', { authorId: '7' }), message('22', { ephemeral: true, pinged: true }), message('23', { channelId: '11' })].map((one) => [one.id, one]));
    expect(unreadIn({ ...start, messages, read: { '10': '9' } }, channel)).toEqual({ messages: 1, pings: 1 });
    expect(unreadIn({ ...start, messages, read: {} }, channel)).toEqual({ messages: 2, pings: 1 });
    expect([isAfter('10', '9'), isAfter('9', '10'), isAfter('9', '9')]).toEqual([true, false, false]);
  });

  it('finds the channel an address means, else the first', () => {
    const dm = { id: '12', name: 'dm', kind: 'dm' as const, archived: false, commands: [] };
    const at = (place: string) => channelAt({ channels: [channel, dm], place })?.id;
    expect([at('training'), at('dm'), at('12'), at('nowhere')]).toEqual(['10', '12', '12', '10']);
  });
});
