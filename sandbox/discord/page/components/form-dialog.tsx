import { useState } from 'preact/hooks';
import type { SeenModal } from '../../user/seen.js';
import { Refused } from '../api.js';
import { initialValues, problemsIn, sentValues, type FormValues } from '../form-state.js';
import { useClient, useClientState } from '../hooks.js';
import { Dialog } from './dialog.js';
import { FormField } from './form-field.js';

/** A form the bot opened. It closes when the bot took it; what is wrong is said at its field. */
export function FormDialog({ form, onClose }: { form: SeenModal; onClose: () => void }) {
  const client = useClient();
  const limit = useClientState((state) => state.uploadLimitBytes);
  const [values, setValues] = useState<FormValues>(() => initialValues(form.components));
  const [isChecked, setChecked] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState('');
  const problems = isChecked ? problemsIn(form.components, values, limit) : {};

  const send = async (): Promise<string | undefined> => {
    const files: File[] = [];
    const id = await client.act({ kind: 'modal', interactionId: form.interactionId, values: sentValues(values, files) }, files);
    const seen = await client.settled(id);
    if (seen !== undefined && seen.failure === undefined) return undefined;
    return seen?.failure ?? 'Something went wrong. Try again.';
  };
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    setChecked(true);
    const wrong = Object.keys(problemsIn(form.components, values, limit))[0];
    if (wrong !== undefined) {
      document.getElementById(`field-${wrong}`)?.focus();
      return;
    }
    if (isBusy) return;
    setBusy(true);
    send()
      .catch((error: unknown) => {
        if (error instanceof Refused) return error.message;
        throw error;
      })
      .then((said) => {
        setBusy(false);
        if (said === undefined) onClose();
        else setRefusal(said);
      }, () => { setBusy(false); setRefusal('The stand-in does not answer.'); });
  };
  return (
    <Dialog title={form.title} className="form-dialog" onClose={onClose}>
      <p class="subtext">This form is sent to Trainyard on this machine.</p>
      <form noValidate onSubmit={submit}>
        {form.components.map((component, index) => (
          <FormField key={index} component={component} values={values} problems={problems} onChange={(name, value) => { setValues((all) => ({ ...all, [name]: value })); }} />
        ))}
        {refusal !== '' && <p class="failure" role="alert">{refusal}</p>}
        <div class="dialog-actions">
          <button type="button" class="button" onClick={onClose}>Cancel</button>
          <button type="submit" class="button is-primary" aria-busy={isBusy}>{isBusy ? 'Sending…' : 'Submit'}</button>
        </div>
      </form>
    </Dialog>
  );
}
