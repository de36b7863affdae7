import { setImmediate } from 'node:timers/promises';

/** So much at a time that nothing else waits long. */
const stepCharacters = 65_536;

interface Parser {
  write(text: string): unknown;
  close(): unknown;
}

/** Feeds a document to a parser, to its end. */
export async function feed(parser: Parser, text: string): Promise<void> {
  for (let at = 0; at < text.length; at += stepCharacters) {
    parser.write(text.slice(at, at + stepCharacters));
    await setImmediate();
  }
  parser.close();
}
