/**
 * The three metadata functions that @peculiar/x509's injection container asks of Reflect before it loads. Import this
 * before that package. A full polyfill, when one is loaded first, is left alone.
 */

const store = new WeakMap<object, Map<string, unknown>>();

function getOwnMetadata(key: string, target: object): unknown {
  return store.get(target)?.get(key);
}

function getMetadata(key: string, target: object): unknown {
  let holder: object | null = target;
  while (holder !== null) {
    const value = getOwnMetadata(key, holder);
    if (value !== undefined) return value;
    const next: unknown = Object.getPrototypeOf(holder);
    holder = typeof next === 'object' || typeof next === 'function' ? next : null;
  }
  return undefined;
}

function defineMetadata(key: string, value: unknown, target: object): void {
  const entries = store.get(target) ?? new Map<string, unknown>();
  entries.set(key, value);
  store.set(target, entries);
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata, getOwnMetadata, defineMetadata });
}
