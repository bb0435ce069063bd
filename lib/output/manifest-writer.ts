import { ApiObject } from 'cdk8s';
import type { Manifest } from '../manifest';
import { apiObjectToYaml } from './resolve';
import { toYaml } from './yaml';

/**
 * Writes manifests and ApiObjects as YAML documents. A manifest that is the same JavaScript object in several
 * clusters is written out once, so it must not be changed between calls.
 */
export class ManifestWriter {
  private readonly seen = new WeakSet<Manifest>();
  private readonly texts = new WeakMap<Manifest, string>();

  /** The documents, separated by `---`, in the order given. */
  documents(objects: readonly (Manifest | ApiObject)[]): string {
    let text = '';
    for (const object of objects)
      text += text === '' ? this.document(object) : `---\n${this.document(object)}`;
    return text;
  }

  /** The same in pieces of about a megabyte, for files that are longer than a string may be. */
  *chunks(objects: Iterable<Manifest | ApiObject>): Generator<string> {
    let text = '';
    let separator = '';
    for (const object of objects) {
      text += separator + this.document(object);
      separator = '---\n';
      if (text.length < 1 << 20) continue;
      yield text;
      text = '';
    }
    yield text;
  }

  private document(object: Manifest | ApiObject): string {
    if (object instanceof ApiObject) return apiObjectToYaml(object);
    const known = this.texts.get(object);
    if (known !== undefined) return known;
    const text = toYaml(object);
    // Most are met once, and their text needn't be kept.
    if (this.seen.has(object)) this.texts.set(object, text);
    else this.seen.add(object);
    return text;
  }
}
