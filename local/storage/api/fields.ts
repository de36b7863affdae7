/** A `fields` mask as a tree; an empty map keeps everything below. */
type Mask = Map<string, Mask>;

/** Keeps the fields of a partial-response mask such as `items(name,size),nextPageToken` or `items/name`. */
export function pruneFields(body: object, fields: string | null): object {
  return fields ? (prune(body, parseMask(fields)) as object) : body;
}

function parseMask(text: string): Mask {
  const root: Mask = new Map();
  const parents: Mask[] = [];
  let level = root;
  let at = root;
  for (const [token] of text.matchAll(/[^,()/\s]+|[,()/]/g)) {
    if (token === '(') {
      parents.push(level);
      level = at;
    } else if (token === ')') {
      level = parents.pop() ?? root;
      at = level;
    } else if (token === ',') {
      at = level;
    } else if (token !== '/') {
      const next: Mask = at.get(token) ?? new Map();
      at.set(token, next);
      at = next;
    }
  }
  return root;
}

function prune(value: unknown, mask: Mask): unknown {
  if (mask.size === 0 || mask.has('*')) return value;
  if (Array.isArray(value)) return value.map((item) => prune(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).flatMap(([name, inner]) => {
    const below = mask.get(name);
    return below ? [[name, prune(inner, below)]] : [];
  });
  return Object.fromEntries(kept);
}
