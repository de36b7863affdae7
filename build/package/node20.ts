/** What Node 20 lacks. The bundler puts these in the place of the globals of the same names. */

function withResolvers<T>(): PromiseWithResolvers<T> {
  let settle: Pick<PromiseWithResolvers<T>, 'resolve' | 'reject'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...(settle as NonNullable<typeof settle>) };
}

class Stack {
  readonly #disposals: (() => void)[] = [];

  use<T extends Disposable | null | undefined>(resource: T): T {
    if (resource) this.#disposals.push(() => resource[Symbol.dispose]());
    return resource;
  }

  adopt<T>(value: T, dispose: (value: T) => void): T {
    this.#disposals.push(() => dispose(value));
    return value;
  }

  defer(dispose: () => void): void {
    this.#disposals.push(dispose);
  }

  [Symbol.dispose](): void {
    for (const dispose of this.#disposals.splice(0).reverse()) dispose();
  }
}

export { Stack as DisposableStack, withResolvers as 'Promise.withResolvers' };
