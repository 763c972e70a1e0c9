import type { Serving } from '../convert/serving.ts'
import type { RuntimeFacts } from '../v2/runtime-facts.ts'
import type { Style } from './style.ts'
import { type Cell, renderTable, type Table } from './table.ts'
import { pad, printable, width, wrap } from './width.ts'

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
  const widest = Math.max(0, ...named.map(width))
  return servings.flatMap(({ verdict, why }, at) => [
    ...below(`${pad(named[at] ?? '', widest)}   ${words[verdict]}`, 0, options),
    ...why.flatMap((line) => below(printable(line), 2, options)),
  ])
}

/** Text on as many lines as it needs, all of them indented. */
function below(text: string, indent: number, { width: columns }: { readonly width?: number }): string[] {
  const lines = columns === undefined ? [text] : wrap(text, Math.max(20, columns - indent))
  return lines.map((line) => ' '.repeat(indent) + line)
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

/** A row a job; where a terminal is too narrow for them, each runtime on a line of its own below its job. */
export function jobServingsLines(rows: readonly JobServings[], options: Omit<RuntimesOptions, 'wide'>): string[] {
  const { namespaces, header, width: columns } = options
  const headers = [...(namespaces ? ['NAMESPACE'] : []), 'NAME', 'KIND', 'SERVED BY'].map((word) => ({ header: word }))
  const names = rows.map(({ namespace, name, kind }) => [...(namespaces ? [namespace] : []), name, kind])
  const last = rows.map(servedBy)
  const cells = names.map((cell, at): Cell[] => [
    ...cell,
    { text: last[at]?.join('; ') ?? '', tone: rows[at]?.refused === undefined ? undefined : 'waits' },
  ])
  const whole = { ...options, width: undefined }
  const { lines } = renderTable(headers, cells, whole)
  if (columns === undefined || lines.every((line) => width(line) <= columns)) return lines
  const narrow = renderTable(headers.slice(0, -1), names, whole).lines
  return [
    ...narrow.slice(0, header ? 1 : 0),
    ...narrow
      .slice(header ? 1 : 0)
      .flatMap((line, at) => [line, ...(last[at] ?? []).flatMap((text) => below(printable(text), 2, options))]),
  ]
}

function servedBy({ served, of, refused }: JobServings): string[] {
  if (refused !== undefined) return [`not converted: ${refused}`]
  const each = served.map(({ runtime, codes }) => `${runtime}${codes.length > 0 ? ` (${codes.join(', ')})` : ''}`)
  return each.length > 0 ? each : [`none of ${of}`]
}
