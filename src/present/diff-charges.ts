import type { QuotaRow } from '../compare/quota.ts'
import type { Charge, Charged } from '../compare/resources.ts'
import { formatQuantity } from '../kube/quantity.ts'
import { type DiffOptions, type DiffView, fitted } from './diff.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

/** A table of amounts on both sides, requests and limits; its wide columns stand below one another where a terminal is narrow. */
function amountTable(title: string, charged: readonly Charged[], options: DiffOptions): string[] {
  const amount = (charge: Charge, name: string, kind: 'requests' | 'limits') =>
    formatQuantity(charge.get(name)?.[kind] ?? 0n)
  const rows = charged.flatMap(({ pods, v1, v2 }) =>
    [...new Set([...v1.keys(), ...v2.keys()])].sort().map((name) => ({
      label: pods === '' ? [name] : [pods, name],
      amounts: (['requests', 'limits'] as const).map((kind) => [amount(v1, name, kind), amount(v2, name, kind)]),
    })),
  )
  if (rows.length === 0) return []
  const heads = rows[0]?.label.length === 2 ? [title, 'RESOURCE'] : [title]
  const { lines, widths } = plainTable(
    [...heads, 'REQUESTS V1', 'REQUESTS V2', 'LIMITS V1', 'LIMITS V2'],
    rows.map(({ label, amounts }) => [...label, ...amounts.flat()]),
    options,
  )
  const needed = widths.reduce((sum, column) => sum + column + 3, -3)
  if (options.width === undefined || needed <= options.width) return ['', ...lines]
  const tall = rows.flatMap(({ label, amounts: [requests = [], limits = []] }) => [
    [`${label.join(' ')} requests`, ...requests],
    [`${label.join(' ')} limits`, ...limits],
  ])
  return ['', ...plainTable([title, 'V1', 'V2'], tall, options).lines]
}

/** What pods request, one by one where they differ and together, and what quotas and Kueue charge for it. */
export function chargeLines(
  { charges, podCharges = [], quotas = [], queues }: DiffView,
  options: DiffOptions,
): string[] {
  if (charges.v1.size + charges.v2.size === 0) return ['', 'no pod requests or limits anything']
  const { v1, v2 } = queues ?? {}
  const queued =
    v1 === undefined && v2 === undefined
      ? []
      : fitted(
          `Kueue charges the requests of all pods: v1 to queue ${v1 ?? '(none)'}, v2 to queue ${v2 ?? '(none)'}`,
          options,
        )
  return [
    ...amountTable('EACH POD OF', podCharges, options),
    ...amountTable('TOTAL OF ALL PODS', [{ pods: '', ...charges }], options),
    ...quotaLines(quotas, options),
    ...(queued.length > 0 ? ['', ...queued] : []),
  ]
}

function quotaLines(quotas: readonly QuotaRow[], options: DiffOptions): string[] {
  if (quotas.length === 0) return []
  const rows = quotas.map(({ quota, resource, hard, used, v1, v2, scoped }) => [
    `${quota} ${resource}${scoped ? ' (scoped)' : ''}`,
    hard,
    used,
    v1,
    v2,
  ])
  return ['', ...plainTable(['QUOTA', 'HARD', 'USED', 'BY V1', 'BY V2'], rows, options).lines]
}

function plainTable(headers: readonly string[], rows: readonly string[][], { color, unicode }: Style) {
  return renderTable(
    headers.map((header) => ({ header })),
    rows,
    { color, unicode },
  )
}
