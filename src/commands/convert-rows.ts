import { type Conversion, placed } from '../convert/convert.ts'
import { explainsPath } from '../convert/explained.ts'
import type { Finding } from '../convert/finding.ts'
import type { Rewriting } from '../convert/rewrite/rewrite.ts'
import { exitCode } from '../exit-code.ts'
import type { KubeObject } from '../kube/object.ts'
import type { ConvertRow } from '../present/convert.ts'
import { Problem } from '../problem.ts'
import type { Source } from '../read/sources.ts'
import type { EmbeddedJob } from '../v1/embedded.ts'

/** Findings that a report tells of, one for all the jobs that have the same: a row of each of thousands holds on to little else. */
export class ToldFindings {
  readonly #known = new Map<string, Finding>()

  of(findings: readonly Finding[]): readonly Finding[] {
    return findings.filter((finding) => finding.class !== 'same').map((finding) => this.#one(finding))
  }

  #one(finding: Finding): Finding {
    const { code, path, message } = finding
    const key = `${code}\0${path}\0${message}`
    const known = this.#known.get(key) ?? finding
    this.#known.set(key, known)
    return known
  }
}

/** The row of a job that was converted, and the file it went to. */
export function convertedRow(
  source: Source,
  conversion: Conversion,
  told: ToldFindings,
  file: string | undefined,
): ConvertRow {
  return {
    source: source.label,
    job: shortName(conversion.job.object),
    outcome: 'proved',
    file,
    pods: conversion.proof.v1.length,
    except: exceptions(conversion),
    findings: told.of(conversion.findings),
    runtime: conversion.runtime.metadata.name,
    reused: conversion.reused,
  }
}

/** Codes of the findings that explain values in which the pods do differ. */
function exceptions({ findings, proof }: Conversion): string[] {
  const telling = findings.filter(
    (finding) =>
      finding.class !== 'same' && proof.comparison.differences.some(({ path }) => explainsPath(finding, path)),
  )
  return [...new Set(telling.map(({ code }) => code))]
}

/** The row of an object of Trainer's that was written for another release, and the file it went to. */
export function rewrittenRow(
  { label }: Source,
  rewriting: Rewriting,
  told: ToldFindings,
  file: string | undefined,
): ConvertRow {
  const { object, from, to, pods, asItStands } = rewriting
  const findings = told.of(rewriting.findings)
  const except = rewriting.findings.filter(({ explains = [] }) => explains.length > 0).map(({ code }) => code)
  const releases = [from.release, to.release] as const
  const job = shortName(object)
  return { source: label, job, outcome: 'rewritten', releases, asItStands, file, pods, except, findings }
}

/** The row of what was not converted, and the word for why; a job that names no namespace is in the one given. */
export function refusedRow(source: Source, reason: string, namespace: string | undefined): ConvertRow {
  return {
    source: source.label,
    job:
      source.is === 'problem' ? '' : shortName(source.is === 'job' ? placed(source.object, namespace) : source.object),
    outcome: source.is === 'problem' ? 'unreadable' : 'refused',
    findings: [],
    reason,
  }
}

/** The row of a v1 job that stands inside of another object. */
export function embeddedRow({ label, object }: Extract<Source, { is: 'other' }>, { path }: EmbeddedJob): ConvertRow {
  return {
    source: `${label}: ${path}`,
    job: shortName(object),
    outcome: 'refused',
    findings: [],
    reason: 'embedded-job',
  }
}

/** What else must change where the job in an object of this kind becomes a TrainJob. */
const surroundings: Readonly<Record<string, string>> = {
  Experiment: "the Experiment's conditions and primary pod labels are about v1's job, and must change with it",
  AppWrapper: "the AppWrapper's podSets name paths in v1's job, and must change with it",
}

/** Why a v1 job inside of another object is left as it is, and what to do with it. */
export function embeddedProblem(
  { label, object }: Extract<Source, { is: 'other' }>,
  { kind, path, asText }: EmbeddedJob,
): Problem {
  return new Problem({
    code: 'embedded-job',
    what: `${label}: the ${kind} in ${object.kind} ${shortName(object)} is not converted`,
    where: asText ? `${path} (as text)` : path,
    why: surroundings[object.kind] ?? `what ${object.kind} does with the job may lean on v1's way`,
    next: ['$0 convert -f JOB.yaml   (the job alone, in a file of its own)'],
    exit: exitCode.no,
  })
}

/** `nlp/bert`; of a job that is to be refused the name may be anything, `false` for `name: n` */
export function shortName({ metadata }: KubeObject): string {
  const name = String(metadata.name ?? `${metadata.generateName ?? ''}*`)
  return metadata.namespace === undefined ? name : `${metadata.namespace}/${name}`
}
