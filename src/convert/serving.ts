import type { KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { codes } from './codes.ts'
import { type ConvertOptions, convertJob } from './convert.ts'

/** Whether a job could run on a runtime that exists. */
export interface Serving {
  readonly kind: TrainingRuntime['kind']
  readonly runtime: string
  /** same: equal pods. changed: equal but for what the codes say. differs: other pods. unfit: it cannot take the job. */
  readonly verdict: 'same' | 'changed' | 'differs' | 'unfit'
  /** codes of the findings that are about this runtime */
  readonly codes: readonly string[]
  /** what would differ, or why it is unfit, a line each */
  readonly why: readonly string[]
}

const lost = Object.entries(codes).flatMap(([code, text]) => (text.class === 'lost' ? [code] : []))

/**
 * What each runtime would make of a v1 job, the best first. Losses that every runtime has are accepted here: the question is which runtime.
 * @throws Problem for a job that is not converted at all
 */
export function servings(
  job: KubeObject,
  runtimes: readonly TrainingRuntime[],
  options: ConvertOptions,
): readonly Serving[] {
  const accepting = { ...options, accept: lost }
  const faithful = convertJob(job, { ...accepting, style: 'faithful' })
  const usual = new Set(faithful.findings.map(({ code }) => code))
  const found = runtimes.map((runtime): Serving => {
    const named = { kind: runtime.kind, runtime: runtime.metadata.name ?? '' }
    try {
      const { findings } = convertJob(job, { ...accepting, runtime })
      const own = findings.filter((finding) => finding.class !== 'same' && !usual.has(finding.code))
      const told = [...new Set(own.map(({ code }) => code))]
      const why = own.map(({ code, message }) => `${code}: ${message}`)
      return { ...named, verdict: own.length > 0 ? 'changed' : 'same', codes: told, why }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { code, what, why = what } = error.data
      if (code !== 'runtime-not-equal' && code !== 'runtime-unfit') throw error
      const reason = code === 'runtime-unfit' ? [what.replace(/^.*? cannot run on \S+ \S+: /, '')] : why.split('\n')
      return { ...named, verdict: code === 'runtime-unfit' ? 'unfit' : 'differs', codes: [], why: reason }
    }
  })
  return found.sort((a, b) => ranks.indexOf(a.verdict) - ranks.indexOf(b.verdict) || a.why.length - b.why.length)
}

const ranks: readonly Serving['verdict'][] = ['same', 'changed', 'differs', 'unfit']
