import type { KubeObject } from '../kube/object.ts'
import { isRecord } from '../kube/object.ts'
import { age, ageText, builtInColumns, type Column, name } from './columns.ts'
import { type PrinterColumn, printerColumns } from './schema.ts'
import { qualifiedName, type ServedResource } from './served.ts'

/** A list as `kubectl get` asks for it (meta.k8s.io/v1 Table). */
export function table(
  resource: ServedResource,
  objects: readonly KubeObject[],
  now: Date,
  metadata: object,
  include: 'None' | 'Metadata' | 'Object' = 'Metadata',
): object {
  const columns = columnsOf(resource)
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata,
    columnDefinitions: columns.map(({ name, type, format = '', priority }) => ({
      name,
      type,
      format,
      description: '',
      priority,
    })),
    rows:
      objects.length === 0 && !resource.custom && columns.at(-1)?.type === 'date'
        ? null
        : objects.map((object) => ({
            cells: columns.map(({ cell }) => cell(object, now)),
            object: include === 'None' ? null : include === 'Object' ? object : partial(object),
          })),
  }
}

/** meta/v1 PartialObjectMetadata: what metadata an object has. */
export function partial({ metadata }: KubeObject): object {
  return { kind: 'PartialObjectMetadata', apiVersion: 'meta.k8s.io/v1', metadata }
}

function columnsOf(resource: ServedResource): readonly Column[] {
  const own = printerColumns(resource)
  if (own !== undefined && resource.custom) {
    return own.length === 0 ? [name, { ...age, type: 'date' }] : [name, ...own.map(columnOf)]
  }
  return builtInColumns[qualifiedName(resource)] ?? [name, age]
}

function columnOf({ name: title, type, jsonPath, priority = 0 }: PrinterColumn): Column {
  const cell: Column['cell'] = (object, now) => {
    const value = atJsonPath(object, jsonPath)
    if (value === undefined || value === null) return type === 'date' ? '<unknown>' : ''
    if (type === 'date') return ageText(String(value), now)
    return type === 'string' ? String(value) : value
  }
  return { name: title, type, priority, cell }
}

/** The JSONPath of printer columns: fields, `[-1:]`, `[N]`, and one filter by equality. */
function atJsonPath(object: KubeObject, path: string): unknown {
  let value: unknown = object
  for (const [, key, index, field, wanted] of path.matchAll(
    /\.([\w-]+)|\[(-?\d+):?\]|\[\?\(@\.(\w+)\s*==\s*["']([^"']*)["']\)\]/g,
  )) {
    if (key !== undefined) value = isRecord(value) ? value[key] : undefined
    else if (!Array.isArray(value)) return undefined
    else if (index !== undefined) value = value.at(Number(index))
    else value = (value as unknown[]).find((item) => isRecord(item) && item[field ?? ''] === wanted)
  }
  return value
}
