/** Brings a message into sight and to the keyboard. */
export function jumpTo(messageId: string): void {
  const article = document.querySelector<HTMLElement>(`[data-message-id="${messageId}"]`);
  article?.scrollIntoView({ block: 'center' });
  article?.focus({ preventScroll: true });
}
