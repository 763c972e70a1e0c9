import { existsSync } from 'node:fs'
import type { TestProject } from 'vitest/node'
import { build, oldKubectlRecipe, program as programOf } from './build.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import type { Say } from './lock.ts'
import { buildProgram } from './program.ts'
import type { ProvidedControlPlane } from './provided.ts'
import { ControlPlaneUnavailable } from './unavailable.ts'

/**
 * What a run of cluster tests takes from the environment:
 *
 * - MIGRATE_TEST_KEEP=1: use the control plane of `scripts/cluster up`, start it if need be, leave it running;
 * - MIGRATE_TEST_KUBECONFIG=FILE: use the existing cluster FILE names, which must have both operators and finish pods as the
 *   stages here do; refused without
 * - MIGRATE_TEST_MAY_CHANGE_THAT_CLUSTER=yes, because the tests create, suspend and delete jobs in it;
 * - MIGRATE_TEST_KUBECTL=1.30: type every kubectl command of the tests into kubectl 1.30, built if need be;
 * - CI=true: a control plane that cannot be had fails the run; elsewhere its tests are skipped, and why is printed.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  try {
    const { provided, stop } = await acquire(say)
    const why = provided.folder === undefined ? needsOwn[project.name] : undefined
    if (why !== undefined) throw new ControlPlaneUnavailable(why)
    const program = await buildProgram()
    const kubectl = await kubectlAsked(say)
    project.provide('controlPlane', { ...provided, ...(kubectl !== undefined && { kubectl }) })
    project.provide('program', program.path)
    return async () => {
      await program.remove()
      await stop()
    }
  } catch (error) {
    if (!(error instanceof ControlPlaneUnavailable) || process.env['CI'] === 'true') throw error
    say(`SKIPPED: all tests of the project "${project.name}": ${error.message}`)
    project.config.testNamePattern = /(?!)/
    return async () => undefined
  }
}

/** Projects that an existing cluster is not enough for. */
const needsOwn: Readonly<Record<string, string>> = {
  kueue: 'Kueue is only installed into a control plane of our own',
}

const say: Say = (line) => console.error(`[cluster] ${line}`)

interface Acquired {
  readonly provided: ProvidedControlPlane
  stop(): Promise<void>
}

/** Vitest runs this file once for each project, in one process: they share one control plane, and the last one stops it. */
const shared = globalThis as { kubectlMigrateControlPlane?: { users: number; plane: Promise<ControlPlane> } }

/** The cluster the environment asks for. Whoever acquired it stops it; the last one ends a control plane of its own. */
export async function acquire(say: Say): Promise<Acquired> {
  const existing = process.env['MIGRATE_TEST_KUBECONFIG']
  if (existing) return { provided: existingCluster(existing), stop: async () => undefined }
  shared.kubectlMigrateControlPlane ??= {
    users: 0,
    plane: startControlPlane({ keep: process.env['MIGRATE_TEST_KEEP'] === '1', say }),
  }
  const entry = shared.kubectlMigrateControlPlane
  entry.users++
  const { kubeconfig, kubectl, folder, stop } = await entry.plane
  return {
    provided: { kubeconfig, kubectl, folder },
    stop: async () => {
      entry.users--
      if (entry.users === 0) await stop()
    },
  }
}

/** The kubectl that the environment asks for, which is not the control plane's own. */
async function kubectlAsked(say: Say): Promise<string | undefined> {
  const asked = process.env['MIGRATE_TEST_KUBECTL']
  if (!asked) return undefined
  if (!oldKubectlRecipe.version.startsWith(`v${asked}.`)) {
    throw new Error(
      `MIGRATE_TEST_KUBECTL=${asked}: beside the control plane's own there is ${oldKubectlRecipe.version}; say 1.30`,
    )
  }
  return programOf(await build(oldKubectlRecipe, say), 'kubectl')
}

function existingCluster(kubeconfig: string): ProvidedControlPlane {
  if (process.env['MIGRATE_TEST_MAY_CHANGE_THAT_CLUSTER'] !== 'yes') {
    throw new Error(
      `MIGRATE_TEST_KUBECONFIG names an existing cluster (${kubeconfig}), and these tests create, suspend and delete ` +
        'training jobs in it. Set MIGRATE_TEST_MAY_CHANGE_THAT_CLUSTER=yes if that is what you want.',
    )
  }
  if (!existsSync(kubeconfig)) throw new Error(`MIGRATE_TEST_KUBECONFIG: there is no file ${kubeconfig}`)
  return { kubeconfig, kubectl: 'kubectl' }
}
