import { ComponentType, type Component } from '../../wire.js';
import { FileView, Gallery, Thumbnail } from './media.js';
import { Markdown } from './markdown.js';
import { MessageButton } from './message-button.js';
import { MessageSelect } from './message-select.js';

interface Props {
  component: Component;
  messageId: string;
}

/** The components of a message, one below the other. */
export function ComponentList({ components, messageId }: { components: readonly Component[]; messageId: string }) {
  return <>{components.map((component, index) => <ComponentView key={component.custom_id ?? component.id ?? index} component={component} messageId={messageId} />)}</>;
}

function ComponentView({ component, messageId }: Props) {
  const children = component.components ?? [];
  switch (component.type) {
    case ComponentType.Container:
      return <Container component={component} messageId={messageId} />;
    case ComponentType.ActionRow:
      return <div class="action-row"><ComponentList components={children} messageId={messageId} /></div>;
    case ComponentType.Section:
      return (
        <div class="section">
          <div><ComponentList components={children} messageId={messageId} /></div>
          {component.accessory !== undefined && <ComponentView component={component.accessory} messageId={messageId} />}
        </div>
      );
    case ComponentType.TextDisplay:
      return <Markdown text={component.content ?? ''} />;
    case ComponentType.Thumbnail:
      return <Thumbnail component={component} />;
    case ComponentType.MediaGallery:
      return <Gallery items={component.items ?? []} />;
    case ComponentType.File:
      return <FileView url={component.file?.url ?? ''} name={component.name ?? 'file'} size={component.size} />;
    case ComponentType.Separator:
      return <hr class={(component as { divider?: boolean }).divider === false ? 'gap' : ''} />;
    case ComponentType.Button:
      return <MessageButton button={component} messageId={messageId} />;
    default:
      return <MessageSelect select={component} messageId={messageId} />;
  }
}

function Container({ component, messageId }: Props) {
  const accent = component.accent_color === undefined ? undefined : `#${component.accent_color.toString(16).padStart(6, '0')}`;
  return (
    <div class="container" {...(accent === undefined ? {} : { style: { borderInlineStartColor: accent } })}>
      <ComponentList components={component.components ?? []} messageId={messageId} />
    </div>
  );
}
