import type { ConfigMaps, ConfigMapText } from '../convert/config-maps.ts'
import type { Input } from '../env.ts'
import { isRecord, type KubeObject } from '../kube/object.ts'
import { documentsOf } from '../kube/yaml.ts'
import { configMapReferences } from '../v1/config-map-references.ts'
import type { ConfigMapShelf } from './config-maps.ts'

/** What a ConfigMap's document cannot do without. */
const kind = 'ConfigMap'

type See = (content: string | Uint8Array, source: string) => void

interface Written {
  readonly namespace: string | undefined
  readonly text: ConfigMapText
}

/**
 * The ConfigMaps written in the files of one run, wherever they stand: of each file when it is read, and of those still to come once a
 * job refers to one that was not seen yet. Nothing but their texts is held. Others may be in the cluster or in files nobody named, so that
 * one that is not here is nothing to tell.
 */
export class ConfigMapsOfFiles implements ConfigMapShelf {
  readonly #written = new Map<string, Written[]>()
  readonly #seen = new Set<string>()
  readonly #ahead: (see: See) => Promise<void>
  #hasAll = false

  /** `ahead` shows the files that are still to be read; it is called once at most. */
  constructor(ahead: (see: See) => Promise<void>) {
    this.#ahead = ahead
  }

  /** Takes the ConfigMaps of a file, once. Documents that mention none are not read. */
  see(content: string | Uint8Array, source: string): void {
    if (this.#seen.has(source)) return
    this.#seen.add(source)
    if (!mayMention(content)) return
    for (const { object } of documentsOf(content, source, kind)) if (object) this.#take(object)
  }

  #take(object: Readonly<Record<string, unknown>>): void {
    if (object['kind'] !== kind || object['apiVersion'] !== 'v1' || !isRecord(object['metadata'])) return
    const { name, namespace } = (object as unknown as KubeObject).metadata
    const text = { data: texts(object['data']) }
    this.#written.set(String(name), [...(this.#written.get(String(name)) ?? []), { namespace, text }])
  }

  async of(job: KubeObject): Promise<ConfigMaps> {
    const names = new Set(configMapReferences(job).map(({ name }) => name))
    if (!this.#hasAll && [...names].some((name) => !this.#find(name, job))) {
      this.#hasAll = true
      await this.#ahead((content, source) => this.see(content, source))
    }
    const known = new Map<string, ConfigMapText>()
    for (const name of names) {
      const found = this.#find(name, job)
      if (found) known.set(name, found.text)
    }
    return known
  }

  #find(name: string, { metadata }: KubeObject): Written | undefined {
    return this.#written.get(name)?.findLast(({ namespace }) => isOne(metadata.namespace, namespace))
  }
}

/** Whether a ConfigMap may stand in it; text with two bytes a character has to be read first. */
function mayMention(content: string | Uint8Array): boolean {
  if (typeof content === 'string') return content.includes(kind)
  return (content[0] ?? 0) >= 0xfe || Buffer.from(content.buffer, content.byteOffset, content.length).includes(kind)
}

/** Whether two namespaces may be one: a manifest that names none is created in the one of the others. */
function isOne(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other
}

function texts(data: unknown): Record<string, string> {
  const pairs = Object.entries(isRecord(data) ? data : {})
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

/** Standard input, which can be read once, for somebody who looks at it before its turn comes. */
export class InputAhead {
  readonly #input: Input
  #early: Promise<Uint8Array> | undefined
  #isTaken = false

  constructor(input: Input) {
    this.#input = input
  }

  /** For the reader whose turn it is. Nothing is held after that. */
  readonly inTurn: Pick<Input, 'bytes'> = {
    bytes: () => {
      const content = this.#early ?? this.#input.bytes()
      this.#early = undefined
      this.#isTaken = true
      return content
    },
  }

  /** For the one who looks: nothing where its turn has come, or where it cannot be read, which is told in its turn. */
  readonly early: Pick<Input, 'bytes'> = {
    bytes: () => {
      if (this.#isTaken) return Promise.resolve(new Uint8Array())
      this.#early ??= this.#input.bytes()
      return this.#early.catch(() => new Uint8Array())
    },
  }
}
