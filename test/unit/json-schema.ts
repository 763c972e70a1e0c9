const annotations = new Set(['$schema', '$id', 'title', 'description'])

/**
 * Where a value breaks a JSON schema, as `/path: what`. Of JSON Schema only what our published schemas use; a keyword it does
 * not know is an error, so that nothing goes unchecked.
 */
export function faultsOf(schema: Readonly<Record<string, unknown>>, value: unknown, path = ''): string[] {
  return Object.entries(schema).flatMap(([keyword, rule]) => {
    if (annotations.has(keyword)) return []
    switch (keyword) {
      case 'const':
        return value === rule ? [] : [`${path}: is not ${rule}`]
      case 'enum':
        return (rule as unknown[]).includes(value) ? [] : [`${path}: ${String(value)} is none of ${String(rule)}`]
      case 'type':
        return typeOf(value) === rule || (rule === 'number' && typeOf(value) === 'integer')
          ? []
          : [`${path}: is no ${rule}`]
      case 'required':
        return (rule as string[]).flatMap((name) =>
          Object.hasOwn(value as object, name) ? [] : [`${path}: lacks ${name}`],
        )
      case 'properties':
        return Object.entries(value as object).flatMap(([name, item]) => {
          const inner = (rule as Record<string, Record<string, unknown>>)[name]
          return inner ? faultsOf(inner, item, `${path}/${name}`) : []
        })
      case 'additionalProperties':
        return Object.entries(value as object).flatMap(([name, item]) => {
          if (Object.hasOwn((schema['properties'] ?? {}) as object, name)) return []
          return rule === false
            ? [`${path}: has ${name}`]
            : faultsOf(rule as Record<string, unknown>, item, `${path}/${name}`)
        })
      case 'items':
        return (value as unknown[]).flatMap((item, at) =>
          faultsOf(rule as Record<string, unknown>, item, `${path}/${at}`),
        )
      case 'minItems':
        return (value as unknown[]).length >= (rule as number) ? [] : [`${path}: has too few`]
      case 'maxItems':
        return (value as unknown[]).length <= (rule as number) ? [] : [`${path}: has too many`]
      default:
        throw new Error(`${path}: the keyword ${keyword} is not checked here`)
    }
  })
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  if (value === null) return 'null'
  return Number.isInteger(value) ? 'integer' : typeof value
}
