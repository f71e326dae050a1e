/** The hosts that Discord gives attachments out from. */
const DISCORD_HOSTS = new Set(['cdn.discordapp.com', 'media.discordapp.net']);
const ATTACHMENT_PATHS = ['/attachments/', '/ephemeral-attachments/'];

/**
 * The address to fetch, or null when it is not one of an attachment: exact hosts over https on the usual port, or exact
 * origins that the operator allows, each below the attachments' paths and without user info. Everything is compared after
 * parsing, so no spelling of an address is taken for another.
 */
export function attachmentUrl(address: string, allowedOrigins: readonly string[]): URL | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  const isDiscord = url.protocol === 'https:' && url.port === '' && DISCORD_HOSTS.has(url.hostname);
  const isAllowed = (url.protocol === 'http:' || url.protocol === 'https:') && allowedOrigins.includes(url.origin);
  if (!isDiscord && !isAllowed) return null;
  if (url.username !== '' || url.password !== '') return null;
  return ATTACHMENT_PATHS.some((path) => url.pathname.startsWith(path)) ? url : null;
}
