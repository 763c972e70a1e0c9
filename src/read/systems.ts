import type { Cluster } from '../cluster/cluster.ts'
import { failedWith } from '../cluster/errors.ts'
import { Problem } from '../problem.ts'
import { readDialect } from './dialect.ts'
import { Gaps, settle } from './gaps.ts'
import { readInstallation } from './operators.ts'

/** One system that is installed; its version is absent where it is not to be seen. */
export interface InstalledSystem {
  readonly version?: string
  /** of Trainer: the field in which its TrainJobs take overrides; absent where it speaks what nobody here knows */
  readonly dialect?: string
}

/** What a cluster has of both sides, absent where it is not installed. */
export interface Systems {
  readonly trainer?: InstalledSystem
  readonly trainingOperator?: InstalledSystem
  readonly kueue?: InstalledSystem
}

/**
 * Reads what is installed and in which versions, as far as the user may see it. Undefined where the API server does not even tell what
 * it serves (a user without `system:discovery`).
 */
export async function readSystems(cluster: Cluster): Promise<Systems | undefined> {
  try {
    const [installation, dialect] = await settle(readInstallation(cluster, new Gaps()), dialectName(cluster))
    const { trainer, trainingOperator, kueue } = installation
    return {
      ...(trainer && { trainer: { ...versionOf(trainer), ...(dialect === undefined ? {} : { dialect }) } }),
      ...(trainingOperator && { trainingOperator: versionOf(trainingOperator) }),
      ...(kueue && { kueue: versionOf(kueue) }),
    }
  } catch (error) {
    if (failedWith(error, 'forbidden')) return undefined
    throw error
  }
}

function versionOf({ version }: { readonly version?: string }): InstalledSystem {
  return version === undefined ? {} : { version }
}

/** Undefined where Trainer is absent, or speaks what nobody here knows. */
async function dialectName(cluster: Cluster): Promise<string | undefined> {
  try {
    return (await readDialect(cluster)).field
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
