const HUES = 8;

/** A person's or bot's mark: the first letter on a colour of their own. The name stands beside it. */
export function Avatar({ id, name }: { id: string; name: string }) {
  return (
    <span class={`avatar hue-${Number(id.slice(-3)) % HUES}`} aria-hidden="true">
      {name.slice(0, 1)}
    </span>
  );
}
