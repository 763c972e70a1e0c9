import type { Serving } from '../convert/serving.ts'
import type { RuntimeFacts } from '../v2/runtime-facts.ts'
import type { Style } from './style.ts'
import { renderTable, type Table } from './table.ts'
import { printable, wrap } from './width.ts'

export interface RuntimesOptions extends Style {
  readonly header: boolean
  readonly wide: boolean
  /** whether runtimes of several namespaces are shown */
  readonly namespaces: boolean
  readonly width?: number
}

/** A row a runtime; wide names its users. */
export function runtimesTable(runtimes: readonly RuntimeFacts[], options: RuntimesOptions): Table {
  const { namespaces, wide } = options
  const columns = [
    ...(namespaces ? [{ header: 'NAMESPACE' }] : []),
    { header: 'NAME' },
    { header: 'SCOPE' },
    { header: 'FRAMEWORK' },
    { header: 'NODES', align: 'right' as const, dispensable: 2 },
    { header: 'DEVICES', dispensable: 3 },
    { header: 'USERS', align: wide ? undefined : ('right' as const) },
    { header: 'IMAGE', dispensable: 4 },
    { header: 'NOTE', dispensable: 1 },
  ]
  const rows = runtimes.map((runtime) => [
    ...(namespaces ? [runtime.namespace ?? '-'] : []),
    runtime.name,
    runtime.kind === 'TrainingRuntime' ? 'namespace' : 'cluster',
    runtime.framework,
    String(runtime.nodes),
    Object.entries(runtime.devices)
      .map(([name, amount]) => `${amount} ${name}`)
      .join(', ') || '-',
    usersCell(runtime, wide),
    runtime.image ?? '-',
    runtime.deprecated ? { text: 'deprecated', tone: 'waits' as const } : '',
  ])
  return renderTable(columns, rows, options)
}

function usersCell({ users }: RuntimeFacts, wide: boolean): string {
  if (users === undefined) return '?'
  return wide ? users.join(',') || '-' : String(users.length)
}

const words: Readonly<Record<Serving['verdict'], string>> = {
  same: 'serves it: same pods',
  changed: 'serves it, but',
  differs: 'would make other pods',
  unfit: 'cannot take it',
}

/** For one job: each runtime, its verdict, and below it what would differ. */
export function servingLines(servings: readonly Serving[], options: Style & { readonly width?: number }): string[] {
  const named = servings.map(({ kind, runtime }) => `${kind}/${printable(runtime)}`)
  const widest = Math.max(0, ...named.map((name) => name.length))
  const fitted = (line: string) => (options.width === undefined ? [line] : wrap(line, options.width))
  return servings.flatMap(({ verdict, why }, at) => [
    ...fitted(`${(named[at] ?? '').padEnd(widest)}   ${words[verdict]}`),
    ...why.flatMap((line) => fitted(`  ${printable(line)}`)),
  ])
}

/** A v1 job and the runtimes that could serve it. */
export interface JobServings {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly served: readonly Serving[]
  /** runtimes that were looked at */
  readonly of: number
  /** why the job is not converted at all, one word */
  readonly refused?: string
}

/** A row a job. */
export function jobServingsTable(rows: readonly JobServings[], options: Omit<RuntimesOptions, 'wide'>): Table {
  const { namespaces } = options
  const columns = [
    ...(namespaces ? [{ header: 'NAMESPACE' }] : []),
    { header: 'NAME' },
    { header: 'KIND', dispensable: 1 },
    { header: 'SERVED BY' },
  ]
  const cells = rows.map(({ namespace, name, kind, served, of, refused }) => [
    ...(namespaces ? [namespace] : []),
    name,
    kind,
    refused === undefined
      ? served
          .map(({ runtime, codes }) => `${runtime}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`)
          .join('; ') || `none of ${of}`
      : { text: `not converted: ${refused}`, tone: 'waits' as const },
  ])
  return renderTable(columns, cells, options)
}
