import { createSigner } from '../../../client/sign.ts';
import { data } from '../state/page_data.ts';
import type { Access } from './access.ts';

type Sign = (url: string) => Promise<string>;

/** The signer of the key that was used last. */
let last: { readonly key: string; readonly sign: Sign } | undefined;

function signerOf(key: string): Sign {
  if (last?.key !== key) last = { key, sign: createSigner({ key }) };
  return last.sign;
}

/** The address with `sign`, where the service wants signatures and there is a key. */
export const signAddress = async (url: string, { signingKey }: Access): Promise<string> =>
  data.needs.signature && signingKey ? await signerOf(signingKey)(url) : url;
