/** Who owns things: `<platform>:<id>`, for example `discord:80351110224678912`. */
export type AccountId = `${string}:${string}`;

const ACCOUNT_ID = /^[a-z]{2,16}:[A-Za-z0-9_-]{1,64}$/;

/** Makes the account id of a user of a platform; ids stay strings, whatever they look like. */
export function accountIdOf(platform: string, userId: string): AccountId {
  const accountId: string = `${platform}:${userId}`;
  if (!isAccountId(accountId)) throw new RangeError(`Expected an account id like "discord:80351110224678912", got "${accountId}".`);
  return accountId;
}

export function isAccountId(value: unknown): value is AccountId {
  return typeof value === 'string' && ACCOUNT_ID.test(value);
}

/** The two halves of an account id. */
export function splitAccountId(accountId: AccountId): { platform: string; userId: string } {
  const colon = accountId.indexOf(':');
  return { platform: accountId.slice(0, colon), userId: accountId.slice(colon + 1) };
}
