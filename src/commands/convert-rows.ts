import type { Conversion } from '../convert/convert.ts'
import { explainsPath } from '../convert/explained.ts'
import type { KubeObject } from '../kube/object.ts'
import type { ConvertRow } from '../present/convert.ts'
import type { Source } from '../read/sources.ts'

/** The row of a job that was converted, and the file it went to. */
export function convertedRow(source: Source, conversion: Conversion, file: string | undefined): ConvertRow {
  return {
    source: source.label,
    job: shortName(conversion.job.object),
    outcome: 'proved',
    file,
    pods: conversion.proof.v1.length,
    except: exceptions(conversion),
    findings: conversion.findings,
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

/** The row of what was not converted, and the word for why. */
export function refusedRow(source: Exclude<Source, { is: 'other' }>, reason: string): ConvertRow {
  return {
    source: source.label,
    job: source.is === 'job' ? shortName(source.object) : '',
    outcome: source.is === 'job' ? 'refused' : 'unreadable',
    findings: [],
    reason,
  }
}

/** `nlp/bert` */
export function shortName({ metadata }: KubeObject): string {
  const name = metadata.name ?? `${metadata.generateName ?? ''}*`
  return metadata.namespace === undefined ? name : `${metadata.namespace}/${name}`
}
