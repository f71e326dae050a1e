import { Dialog } from './dialog.js';

/** A picture as large as the window allows. */
export function PictureDialog({ picture, onClose }: { picture: { url: string; alt: string }; onClose: () => void }) {
  return (
    <Dialog title={picture.alt} className="picture-dialog" onClose={onClose}>
      <img src={picture.url} alt={picture.alt} />
      <button type="button" class="button" onClick={onClose}>Close</button>
    </Dialog>
  );
}
