import { useEffect, useState } from 'preact/hooks';

const hasFiles = (transfer: DataTransfer | null): boolean => transfer?.types.includes('Files') ?? false;

const fileIn = (transfer: DataTransfer | null): File | undefined =>
  [...(transfer?.files ?? [])].find(({ type, name }) => type.startsWith('image/') || name !== '');

/** Takes pictures that are dropped on the page or pasted. @returns whether one is over the page. */
export function useDrop(onFile: (file: File) => void): boolean {
  const [isOver, setIsOver] = useState(false);
  useEffect(() => {
    const over = new AbortController();
    const { signal } = over;
    const take = (file: File | undefined): void => {
      setIsOver(false);
      if (file) onFile(file);
    };
    const drag = (event: DragEvent): void => {
      if (!hasFiles(event.dataTransfer)) return;
      event.preventDefault();
      setIsOver(true);
    };
    addEventListener('dragover', drag, { signal });
    addEventListener('dragleave', ({ relatedTarget }) => relatedTarget ?? setIsOver(false), { signal });
    addEventListener(
      'drop',
      (event) => {
        // Text may be dropped into a field.
        if (!hasFiles(event.dataTransfer)) return;
        event.preventDefault();
        take(fileIn(event.dataTransfer));
      },
      { signal },
    );
    addEventListener('paste', ({ clipboardData }) => take(fileIn(clipboardData)), { signal });
    return () => over.abort();
  }, [onFile]);
  return isOver;
}
