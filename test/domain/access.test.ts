import { describe, expect, it } from '@jest/globals';
import { canDo } from '../../domain/access.js';
import type { Action, Actor } from '../../domain/access.js';
import { accountIdOf } from '../../domain/accounts.js';

const owner: Actor = { accountId: accountIdOf('discord', '1'), isOperator: false };
const stranger: Actor = { accountId: accountIdOf('discord', '2'), isOperator: false };
const operator: Actor = { accountId: accountIdOf('discord', '3'), isOperator: true };
const thing = { owner: owner.accountId };

const ANSWERS: [Action, { owner: boolean; stranger: boolean; operator: boolean }][] = [
  ['view', { owner: true, stranger: false, operator: true }],
  ['change', { owner: true, stranger: false, operator: false }],
  ['start', { owner: true, stranger: false, operator: false }],
  ['cancel', { owner: true, stranger: false, operator: true }],
  ['download', { owner: true, stranger: false, operator: false }],
  ['grantPoints', { owner: false, stranger: false, operator: true }],
];

describe('canDo', () => {
  it.each(ANSWERS)('answers %s the same for everybody of a kind', (action, allowed) => {
    expect({
      owner: canDo(owner, action, thing),
      stranger: canDo(stranger, action, thing),
      operator: canDo(operator, action, thing),
    }).toEqual(allowed);
  });

  it('gives nobody but operators a way to what belongs to the yard', () => {
    expect(canDo(owner, 'view', { owner: null })).toBe(false);
    expect(canDo(operator, 'view', { owner: null })).toBe(true);
  });
});
