import { useRef } from 'preact/hooks';
import { sizeText } from './media.js';

interface Props {
  id: string;
  files: readonly File[];
  max: number;
  types: readonly string[] | undefined;
  isWrong: boolean;
  labelId: string;
  noteId: string;
  onChange: (files: readonly File[]) => void;
}

const GROUPS: Readonly<Record<string, string>> = { image: 'image/*', video: 'video/*', audio: 'audio/*' };

/** Files, chosen or dropped, each to be taken out again. */
export function FileInput({ id, files, max, types, isWrong, labelId, noteId, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const add = (list: FileList | null | undefined): void => {
    const all = [...files, ...(list ?? [])];
    onChange(max === 1 ? all.slice(-1) : all);
    if (input.current !== null) input.current.value = '';
  };
  return (
    <div
      class="file-input"
      onDragOver={(event) => { event.preventDefault(); event.stopPropagation(); }}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        add(event.dataTransfer?.files);
      }}
    >
      <input
        ref={input}
        id={id}
        type="file"
        multiple={max > 1}
        accept={(types ?? []).map((type) => GROUPS[type] ?? type).join(',')}
        aria-labelledby={labelId}
        aria-describedby={noteId}
        aria-invalid={isWrong}
        onChange={(event) => { add(event.currentTarget.files); }}
      />
      <p class="subtext">{max === 1 ? 'Choose a file or drop it here.' : `Choose up to ${max} files or drop them here. ${files.length} chosen.`}</p>
      <ChosenFiles files={files} onChange={onChange} />
    </div>
  );
}

/** The files chosen so far. */
export function ChosenFiles({ files, onChange }: { files: readonly File[]; onChange: (files: readonly File[]) => void }) {
  if (files.length === 0) return null;
  return (
    <ul class="chosen-files" aria-label="Chosen files">
      {files.map((file, index) => (
        <li key={`${index}-${file.name}`}>
          <span>{file.name}</span> <small>{sizeText(file.size)}</small>
          <button type="button" class="text-button" aria-label={`Remove ${file.name}`} onClick={() => { onChange(files.filter((_, other) => other !== index)); }}>Remove</button>
        </li>
      ))}
    </ul>
  );
}
