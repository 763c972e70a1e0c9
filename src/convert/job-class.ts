import { isRecord, type KubeObject } from '../kube/object.ts'
import { Problem } from '../problem.ts'
import { isTrainJobName } from '../v2/names.ts'
import type { JobClass } from './class-words.ts'
import { lostCodes } from './codes.ts'
import { type ConvertOptions, convertJob } from './convert.ts'

/** Refusals that a flag or a decision ends; any other one means that this version cannot convert the job. */
const undecided: readonly string[] = [
  'mpi-transport',
  'mpi-needs-name',
  'name-too-long',
  'name-not-taken',
  'runtime-changed',
]

/** The class of a v1 job that has not finished, by converting it as a live job. */
export function classOf(object: KubeObject, options: Pick<ConvertOptions, 'dialect' | 'runtimes'>): JobClass {
  try {
    const { findings, reused } = convertJob(object, {
      ...options,
      live: true,
      run: true,
      toolVersion: '',
      accept: lostCodes,
    })
    const codesOf = (word: string) => [
      ...new Set(findings.filter((finding) => finding.class === word).map(({ code }) => code)),
    ]
    const lost = codesOf('lost')
    if (lost.length > 0) return { word: 'NeedsDecision', codes: lost }
    return { word: reused ? 'Ready' : 'NeedsRuntime', codes: codesOf('changed') }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    const { code } = error.data
    return { word: undecided.includes(code) ? 'NeedsDecision' : 'Impossible', codes: [code] }
  }
}

/**
 * A text that is the same for jobs of one class: what a conversion reads of a job, without its own name and without the digits in its
 * commands and values, as the jobs of a sweep differ in nothing else. Its namespace counts by the runtimes that are there, which the key does not tell.
 */
export function classKey({ kind, metadata, ...object }: KubeObject): string {
  const { name = '', labels, annotations, generateName, ownerReferences, finalizers } = metadata
  const { [lastApplied]: _, ...marks } = annotations ?? {}
  const owners = ownerReferences?.map((owner) => (isRecord(owner) ? owner.kind : owner))
  const facts = { labels, marks, owners, finalizers, generated: generateName !== undefined, spec: object['spec'] }
  const text = JSON.stringify(facts)
  const nameless = name === '' ? text : text.replaceAll(name, '\u0000')
  const key = nameless.replace(texts, (value) => value.replace(/\d+/g, '0'))
  return `${kind} ${name.length} ${isTrainJobName(name)} ${key}`
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
/** Commands, arguments and values of env in JSON: nothing is read out of their numbers. */
const texts = /"(?:value|args|command)":(?:"(?:[^"\\]|\\.)*"|\[[^\]]*\])/g
