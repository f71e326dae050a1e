import type { Ack, Component, ComponentInteraction, Context, Reply } from '../interaction-kinds.js';

/** A component whose arguments are hidden, so that one table can hold all of them. */
export interface AnyComponent {
  readonly name: string;
  readonly ack: Ack;
  /** Null when the arguments are not ones the route writes. */
  bind(args: readonly string[]): ((interaction: ComponentInteraction, context: Context) => Promise<Reply>) | null;
}

export function anyComponent<Args>(component: Component<Args>): AnyComponent {
  return {
    name: component.route.name,
    ack: component.ack,
    bind(rawArgs) {
      const args = component.route.parse(rawArgs);
      return args === null ? null : (interaction, context) => component.run(interaction, args, context);
    },
  };
}
