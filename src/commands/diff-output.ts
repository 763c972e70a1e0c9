import { createTwoFilesPatch } from 'diff'
import { maskSecrets } from '../compare/mask.ts'
import type { QuotaRow } from '../compare/quota.ts'
import { type Charge, chargesByPod, totalCharge } from '../compare/resources.ts'
import { type Aspect, type DiffRow, diffRows, missingPods } from '../compare/rows.ts'
import type { Examined } from '../convert/examine.ts'
import { explainsPath } from '../convert/explained.ts'
import type { Finding } from '../convert/finding.ts'
import type { Proof } from '../convert/proof.ts'
import type { Env } from '../env.ts'
import { type ExitCode, exitCode } from '../exit-code.ts'
import { printJson } from '../kube/print-json.ts'
import { formatQuantity } from '../kube/quantity.ts'
import { neutralise } from '../kube/text.ts'
import { type DiffView, differs, diffLines, type Neighbours, nextOf } from '../present/diff.ts'
import { diffMarkdown } from '../present/diff-markdown.ts'
import type { PreviewView } from '../present/diff-preview.ts'
import type { V1Job } from '../v1/job.ts'
import { injectedEnv } from '../v1/pods.ts'
import { externalDiff, type PodText, showExternally } from './external-diff.ts'
import { layoutOf } from './screen.ts'

/** What is compared: a v1 job with a TrainJob that exists, or with the conversion of it. */
export interface Compared {
  readonly job: V1Job
  readonly against: string
  readonly findings: readonly Finding[]
  readonly proof: Proof
  /** of a TrainJob that exists: its rows, and why each may differ; else the findings say it of the proof */
  readonly examined?: Pick<Examined, 'rows' | 'explained'>
  readonly neighbours?: Neighbours
  readonly preview?: PreviewView
  readonly quotas?: readonly QuotaRow[]
  readonly queues?: { readonly v1?: string; readonly v2?: string }
}

/** A view with its values pod by pod, for programs that compare files. */
export interface ComparedView extends DiffView {
  readonly podRows: () => readonly { readonly label: string; readonly rows: readonly DiffRow[] }[]
}

export interface DiffFormat {
  readonly env: boolean
  readonly resources: boolean
  readonly all: boolean
  readonly output: string | undefined
}

/** One comparison for every format; what looks secret in env and commands is masked unless it is to be shown. */
export function viewOf(compared: Compared, showSecrets: boolean): ComparedView {
  const { job, against, findings, proof, neighbours, preview, quotas, queues } = compared
  const { rows, explained } = compared.examined ?? ofConversion(compared)
  const { namespace } = job.object.metadata
  const masked = (all: readonly DiffRow[]) => (showSecrets ? all : maskSecrets(all))
  return {
    job: namespace === undefined ? job.name : `${namespace}/${job.name}`,
    kind: job.info.kind,
    against,
    pods: proof.v1.length,
    podsOfV2: proof.v2.length,
    rows: masked(rows),
    findings,
    podCharges: chargesByPod(proof.comparison.pairs),
    charges: { v1: totalCharge(proof.v1), v2: totalCharge(proof.v2) },
    podRows: () =>
      proof.comparison.pairs.map((pair) => ({
        label: pair.label,
        rows: masked(diffRows({ pairs: [pair], differences: [] }, new Set(), explained)),
      })),
    neighbours,
    preview,
    quotas,
    queues,
  }
}

function ofConversion({ job, findings, proof }: Compared): Pick<Examined, 'rows' | 'explained'> {
  const injected = new Set(job.replicas.flatMap(({ role }) => injectedEnv(job, role).map(({ name }) => name)))
  const explained = ({ path }: { readonly path: string }) => {
    const finding = findings.find((candidate) => explainsPath(candidate, path))
    return finding && { code: finding.code, why: finding.message, harmless: finding.class === 'same' }
  }
  return { rows: [...missingPods(proof), ...diffRows(proof.comparison, injected, explained)], explained }
}

/** Writes comparisons in the format asked for; exit 1 where something differs among what was asked for. */
export async function show(env: Env, given: DiffFormat, views: readonly ComparedView[]): Promise<ExitCode> {
  const aspects: Aspect[] = [...(given.env ? ['env' as const] : []), ...(given.resources ? ['resources' as const] : [])]
  const { out } = env
  const options = { aspects, all: given.all, program: env.name, ...layoutOf(out) }
  const tool = given.output === 'text' ? externalDiff(env) : undefined
  switch (tool ? 'tool' : given.output) {
    case 'tool':
      await showExternally(
        env,
        tool ?? [],
        views.flatMap((view) => podTexts(view, aspects)),
      )
      break
    case 'json':
      out.write(`${printJson(jsonOf(views, aspects, given.all))}\n`)
      break
    case 'markdown':
      out.write(`${views.map((view) => diffMarkdown(view, aspects, given.all).join('\n')).join('\n\n')}\n`)
      break
    case 'unified':
      for (const view of views) out.write(unified(view, aspects))
      break
    default:
      out.write(`${views.map((view) => diffLines(view, options).join('\n')).join('\n\n')}\n`)
      out.write(
        nextOf(views, options)
          .map((line) => `${line}\n`)
          .join(''),
      )
  }
  return views.some((view) => differs(view, aspects)) ? exitCode.no : exitCode.ok
}

/** The pods of a job as files; what is harmless or means the same stands alike on both sides. */
function podTexts({ job, podRows }: ComparedView, aspects: readonly Aspect[]): PodText[] {
  return podRows().map(({ label, rows }) => {
    const asked = rows.filter(({ aspect }) => aspects.length === 0 || aspects.includes(aspect))
    const side = (of: (row: DiffRow) => string | undefined) =>
      Object.fromEntries(
        asked
          .flatMap((row) => {
            const value = row.verdict === 'different' ? of(row) : (row.v1 ?? row.v2)
            return value === undefined ? [] : [[row.path, value] as const]
          })
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      )
    return {
      name: `${job}.${label}`.replace(/[^\w.-]/g, '.'),
      v1: side(({ v1 }) => v1),
      v2: side(({ v2 }) => v2),
    }
  })
}

function jsonOf(views: readonly DiffView[], aspects: readonly Aspect[], all: boolean): unknown {
  const wanted = (row: DiffRow) =>
    (all || row.verdict !== 'same') && (aspects.length === 0 || aspects.includes(row.aspect))
  return {
    apiVersion: 'kubectl-migrate.dev/v1alpha1',
    kind: 'DiffList',
    items: views.map(({ job, kind, against, pods, rows, findings, neighbours, preview, quotas, queues, ...view }) => ({
      job,
      kind,
      against,
      pods,
      same: !rows.some(({ verdict }) => verdict === 'different'),
      rows: rows.filter(wanted),
      findings,
      ...(preview ? { preview } : {}),
      ...(neighbours ? { neighbours: neighbours.rows } : {}),
      ...(aspects.includes('resources') ? { resources: amountsOf(view), quotas, queues } : {}),
    })),
  }
}

/** Requests and limits of one pod and of all, in Kubernetes' own spelling. */
function amountsOf({ charges, podCharges = [] }: Pick<DiffView, 'charges' | 'podCharges'>): unknown {
  const told = (charge: Charge) =>
    Object.fromEntries(
      [...charge].map(([name, { requests, limits }]) => [
        name,
        { requests: formatQuantity(requests), limits: formatQuantity(limits) },
      ]),
    )
  return {
    total: { v1: told(charges.v1), v2: told(charges.v2) },
    each: podCharges.map(({ pods, v1, v2 }) => ({ pods, v1: told(v1), v2: told(v2) })),
  }
}

/** Both sides as `FIELD [PODS]: VALUE` lines; what is harmless stands alike on both. */
function unified(view: DiffView, aspects: readonly Aspect[]): string {
  const rows = view.rows.filter(({ aspect }) => aspects.length === 0 || aspects.includes(aspect))
  const side = (of: (row: DiffRow) => string | undefined) =>
    rows
      .flatMap((row) => {
        const value = row.verdict === 'different' ? of(row) : (row.v1 ?? row.v2)
        return value === undefined ? [] : [`${neutralise(`${row.path} [${row.pods}]: ${value}`)}\n`]
      })
      .sort()
      .join('')
  const [v1, v2] = [side((row) => row.v1), side((row) => row.v2)]
  return v1 === v2
    ? ''
    : createTwoFilesPatch(`v1/${view.job}`, `v2/${view.job}`, v1, v2, undefined, undefined, { context: 0 })
}
