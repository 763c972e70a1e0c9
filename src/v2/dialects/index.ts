import type { Dialect, TrainerVersion } from './dialect.ts'
import { podSpecOverrides } from './pod-spec-overrides.ts'
import { podTemplateOverrides } from './pod-template-overrides.ts'
import { runtimePatches22, runtimePatches23 } from './runtime-patches.ts'

/** All dialects, oldest first. */
export const dialects: readonly Dialect[] = [podSpecOverrides, podTemplateOverrides, runtimePatches22, runtimePatches23]

/** What is written for when nothing says otherwise. */
export const newestDialect: Dialect = runtimePatches23

/** The dialect of a version as people write it: `2.1`, `v2.1`, `2.1.0`; undefined for one nobody knows. */
export function dialectOf(version: string): Dialect | undefined {
  const short = /^v?(\d+\.\d+)(\.\d+)?$/.exec(version.trim())?.[1]
  return dialects.find((dialect) => dialect.version === (short as TrainerVersion | undefined))
}

/**
 * The dialect an installed TrainJob CRD speaks, by the properties of its spec; undefined for one nobody knows.
 * `patchesTerminationGrace`: whether its patches can set terminationGracePeriodSeconds, which came with v2.3.
 */
export function dialectOfSchema(specFields: readonly string[], patchesTerminationGrace: boolean): Dialect | undefined {
  if (specFields.includes('runtimePatches')) return patchesTerminationGrace ? runtimePatches23 : runtimePatches22
  return dialects.find(({ field }) => specFields.includes(field))
}
