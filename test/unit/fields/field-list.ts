/** What type a field has: a sample value can be made of it. */
export type FieldType = 'text' | 'number' | 'flag' | 'amount'

/** One field that has no fields of its own. */
export interface Field {
  /** names on the way to it: `[]` steps into a list, `{}` into a map of any keys */
  readonly path: readonly string[]
  readonly type: FieldType
}

/** The fields of a kind, and those that must stand wherever their parent does. */
export interface Fields {
  readonly leaves: readonly Field[]
  readonly required: readonly Field[]
}

/** The parts of an OpenAPI schema that a CustomResourceDefinition uses. */
export interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: Schema
  readonly 'x-kubernetes-int-or-string'?: boolean
}

const types: Readonly<Record<string, FieldType>> = { string: 'text', integer: 'number', boolean: 'flag' }

/** A line each for the leaves of a schema, sorted: its path, `!` where its parent needs it, and its type. */
export function leafLines(schema: Schema, path: readonly string[] = [], needed = false): string[] {
  const { properties, items, additionalProperties, required = [] } = schema
  if (properties) {
    const names = Object.keys(properties).sort()
    return names.flatMap((name) => leafLines(properties[name] ?? {}, [...path, name], required.includes(name)))
  }
  if (additionalProperties) return leafLines(additionalProperties, [...path, '{}'])
  if (items) return leafLines(items, [...path, '[]'])
  const type = schema['x-kubernetes-int-or-string'] ? 'amount' : types[schema.type ?? '']
  if (!type) throw new Error(`${path.join('.')}: no sample can be made of type ${schema.type}`)
  return [`${path.join('.')}${needed ? '!' : ''} ${type}`]
}

/** Reads lines that `leafLines` wrote. */
function readLines(lines: readonly string[]): Fields {
  const read = lines.map((line) => {
    const [, path = '', needed, type] = /^(\S+?)(!?) (\w+)$/.exec(line) ?? []
    return { path: path.split('.'), type: type as FieldType, needed: needed === '!' }
  })
  return { leaves: read, required: read.filter(({ needed }) => needed) }
}

/** The fields of all kinds as text: the pod template, which all have in common, and the spec of each kind. */
export function fieldList(kinds: Readonly<Record<string, Schema>>, release: string): string {
  const templates = new Set<string>()
  const sections = Object.keys(kinds)
    .sort()
    .map((kind) => {
      const lines = leafLines(kinds[kind]?.properties?.['spec'] ?? {}, ['spec'])
      const inTemplate = lines.filter((line) => /^spec\.\w+ReplicaSpecs\.\{\}\.template\./.test(line))
      templates.add(inTemplate.map((line) => line.replace(/^.*?\.\{\}\.template\./, '')).join('\n'))
      return `[${kind}]\n${lines.filter((line) => !inTemplate.includes(line)).join('\n')}`
    })
  if (templates.size !== 1) throw new Error('the kinds have different pod templates')
  const from = `# Fields of the CustomResourceDefinitions of Training Operator ${release}, and their types; ! where the parent needs it.\n# MIGRATE_TEST_UPDATE=fields on test/cluster/fields.test.ts writes this file.`
  return `${[from, `[template]\n${[...templates][0]}`, ...sections].join('\n\n')}\n`
}

/** Reads what `fieldList` wrote: the fields of each section. */
export function readFieldList(text: string): ReadonlyMap<string, Fields> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of text.split('\n')) {
    const [, name] = /^\[(\w+)\]$/.exec(line) ?? []
    if (name !== undefined) {
      lines = []
      sections.set(name, lines)
    } else if (line !== '' && !line.startsWith('#')) lines.push(line)
  }
  return new Map([...sections].map(([name, own]) => [name, readLines(own)]))
}
