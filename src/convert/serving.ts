import type { KubeObject } from '../kube/object.ts'
import type { TrainingRuntime } from '../v2/trainjob.ts'
import { lostCodes } from './codes.ts'
import { type ConvertOptions, convertForEach, type OnRuntime } from './convert.ts'

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

/**
 * What each runtime would make of a v1 job, the best first. Losses that every runtime has are accepted here: the question is which runtime.
 * @throws Problem for a job that is not converted at all
 */
export function servings(
  job: KubeObject,
  runtimes: readonly TrainingRuntime[],
  options: ConvertOptions,
): readonly Serving[] {
  const { own, on } = convertForEach(job, runtimes, { ...options, accept: lostCodes })
  const usual = new Set<string>(own.findings.map(({ code }) => code))
  return on
    .map(
      (each): Serving => ({
        kind: each.runtime.kind,
        runtime: each.runtime.metadata.name ?? '',
        ...judged(each, usual),
      }),
    )
    .sort((a, b) => ranks.indexOf(a.verdict) - ranks.indexOf(b.verdict) || a.why.length - b.why.length)
}

/** @param usual codes of findings that the job has on a runtime of its own as well */
function judged(each: OnRuntime, usual: ReadonlySet<string>): Pick<Serving, 'verdict' | 'codes' | 'why'> {
  if ('unfit' in each) return { verdict: 'unfit', codes: [], why: [each.unfit] }
  if ('differences' in each) return { verdict: 'differs', codes: [], why: each.differences }
  const { findings } = each.conversion
  const about = findings.filter((finding) => finding.class !== 'same' && !usual.has(finding.code))
  return {
    verdict: about.length > 0 ? 'changed' : 'same',
    codes: [...new Set(about.map(({ code }) => code))],
    why: about.map(({ code, message }) => `${code}: ${message}`),
  }
}

const ranks: readonly Serving['verdict'][] = ['same', 'changed', 'differs', 'unfit']
