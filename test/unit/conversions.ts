import { type Conversion, type ConvertOptions, convertJob } from '../../src/convert/convert.ts'
import type { Finding } from '../../src/convert/finding.ts'
import { parseFieldPath } from '../../src/kube/field-path.ts'
import type { KubeObject } from '../../src/kube/object.ts'
import type { Container, PodSpec, PodTemplate } from '../../src/kube/pod.ts'
import { Problem, type ProblemData } from '../../src/problem.ts'
import { type ManifestOptions, pytorchManifest } from './pytorch-manifest.ts'

export const usual: ConvertOptions = { live: false, run: false, toolVersion: '0.0.0' }

/** A PyTorchJob by what is not the usual, converted. */
export function converted(manifest: ManifestOptions = {}, options: Partial<ConvertOptions> = {}): Conversion {
  return convertJob(pytorchManifest(manifest), { ...usual, ...options })
}

/** Why a job is not converted; throws where it is. */
export function refusal(object: KubeObject, options: Partial<ConvertOptions> = {}): ProblemData {
  try {
    convertJob(object, { ...usual, ...options })
  } catch (error) {
    if (error instanceof Problem) return error.data
    throw error
  }
  throw new Error(`${object.metadata.name ?? ''} is converted`)
}

/** What is told about a conversion, as `class code path`, but for what is told of every job that restarts its containers. */
export function told(conversion: { readonly findings: readonly Finding[] }): string[] {
  return allTold(conversion).filter((line) => !line.startsWith('same evicted-pod-kept '))
}

/** Everything that is told about a conversion, as `class code path`. */
export function allTold({ findings }: { readonly findings: readonly Finding[] }): string[] {
  return findings.map((finding) => `${finding.class} ${finding.code} ${finding.path}`)
}

/** The one pod template that a conversion's runtime has for a replicated job. */
export function runtimeTemplate({ runtime }: Conversion, job = 'node'): PodTemplate {
  const found = runtime.spec.template.spec.replicatedJobs.find(({ name }) => name === job)
  if (!found) throw new Error(`no replicated job ${job}`)
  return found.template.spec.template
}

/** A container of that template. */
export function runtimeContainer(conversion: Conversion, name: string, job = 'node'): Container {
  const found = runtimeTemplate(conversion, job).spec.containers.find((container) => container.name === name)
  if (!found) throw new Error(`no container ${name}`)
  return found
}

/** The pod template that a conversion's patch sets, empty where there is none. */
export function patchedTemplate({ trainJob }: Conversion): { metadata?: object; spec?: Partial<PodSpec> } {
  const [patch] = trainJob.spec.runtimePatches ?? []
  const job = patch?.trainingRuntimeSpec.template.spec?.replicatedJobs[0]?.template as
    | { spec: { template: { metadata?: object; spec?: Partial<PodSpec> } } }
    | undefined
  return job?.spec.template ?? {}
}

/** Whether an object has a value at a field path. */
export function hasField(object: unknown, path: string): boolean {
  const steps = parseFieldPath(path)
  if (!steps) throw new Error(`${path} is no field path`)
  let value = object
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !(step in value)) return false
    value = (value as Record<string | number, unknown>)[step]
  }
  return true
}
