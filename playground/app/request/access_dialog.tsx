import { useEffect, useRef, useState } from 'preact/hooks';
import { data } from '../state/page_data.ts';
import type { Access } from './access.ts';

interface Props {
  readonly access: Access;
  readonly onGive: (access: Access) => void;
  readonly onClose: () => void;
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly minLength?: number;
}

const SecretField = ({ label, value, onChange, minLength = 1 }: FieldProps) => (
  <label>
    <span>{label}</span>
    <input
      type="password"
      autocomplete="off"
      required
      minLength={minLength}
      value={value}
      onInput={({ currentTarget }) => onChange(currentTarget.value)}
    />
  </label>
);

/** Asks for what the service wants; it goes nowhere else. */
export function AccessDialog({ access, onGive, onClose }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [given, setGiven] = useState(access);
  useEffect(() => dialog.current?.showModal(), []);
  const submit = (event: Event): void => {
    event.preventDefault();
    onGive(given);
  };
  return (
    <dialog ref={dialog} aria-labelledby="access-title" onClose={onClose}>
      <form onSubmit={submit}>
        <h2 id="access-title">This service wants {data.needs.key ? 'a key' : 'signed URLs'}</h2>
        <p>
          {data.needs.key ? 'The API key stays in this tab until you close it. ' : ''}
          {data.needs.signature
            ? 'This page signs with the signing key: it is never sent, and forgotten when the page is left or reloaded.'
            : ''}
        </p>
        {data.needs.key ? (
          <SecretField
            label="API key"
            value={given.key ?? ''}
            onChange={(key) => setGiven({ ...given, key })}
          />
        ) : null}
        {data.needs.signature ? (
          <SecretField
            label="Signing key"
            minLength={32}
            value={given.signingKey ?? ''}
            onChange={(signingKey) => setGiven({ ...given, signingKey })}
          />
        ) : null}
        <footer>
          <button type="button" class="quiet" onClick={() => dialog.current?.close()}>
            Not now
          </button>
          <button type="submit" class="button">
            Use it
          </button>
        </footer>
      </form>
    </dialog>
  );
}
