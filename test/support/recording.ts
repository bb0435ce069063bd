/**
 * Which fields a compiled validator never looked at: the ones that its schema doesn't know.
 *
 * The validators of `kubernetes-models` accept unknown fields, but to validate a known one, they have to read
 * it. So the value is handed over behind proxies that note each read. An object of which nothing at all was
 * read is free-form. Only the record of a validation that succeeded is complete.
 */
export class Recording {
  private readonly reads = new Set<string>();
  private looked = false;
  private readonly children = new Map<string, Recording>();
  readonly proxy: object;

  constructor(private readonly value: object) {
    this.proxy = new Proxy(value, {
      get: (target, key) => this.read(target, key),
      ownKeys: target => {
        for (const key of Object.keys(target)) this.note(key);
        return Reflect.ownKeys(target);
      },
    });
  }

  /** Paths of the fields that were not looked at. */
  unread(path = ''): string[] {
    if (!this.looked) return [];
    return Object.keys(this.value).flatMap(key => {
      const at = Array.isArray(this.value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      return this.reads.has(key) ? (this.children.get(key)?.unread(at) ?? []) : [at];
    });
  }

  private read(target: object, key: string | symbol): unknown {
    const value: unknown = Reflect.get(target, key);
    if (typeof key === 'symbol' || (Array.isArray(target) && !/^\d+$/.test(key))) return value;
    this.note(key);
    if (typeof value !== 'object' || value === null) return value;
    const child = this.children.get(key) ?? new Recording(value);
    this.children.set(key, child);
    return child.proxy;
  }

  private note(key: string): void {
    this.looked = true;
    this.reads.add(key);
  }
}
