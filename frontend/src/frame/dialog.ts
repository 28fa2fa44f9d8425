/** A dialog that `lib/ask.ts` or a key opens: a click beside it means no. */
import { closeOnBackdrop } from '../lib/dialogs';
import type { Mount } from '../lib/islands';

export const mount: Mount = (element) => closeOnBackdrop(element as HTMLDialogElement);
