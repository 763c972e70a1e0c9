import type { ObjectMeta } from '../../kube/object.ts'
import type { Guard, JobEvidence } from './guard.ts'

interface Tracker {
  readonly tool: string
  /** `app nlp-train`, undefined where the object carries no mark of the tool */
  readonly find: (metadata: ObjectMeta) => string | undefined
}

/**
 * Marks of the tools that keep objects as their sources say.
 * Sources: argo-cd docs/user-guide/resource_tracking.md; fluxcd kustomize- and helm-controller, labels of owned objects; helm v3 pkg/action/validate.go.
 */
const trackers: readonly Tracker[] = [
  {
    tool: 'Argo CD',
    find: ({ labels = {}, annotations = {} }) => {
      const app = annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ?? labels['argocd.argoproj.io/instance']
      return app === undefined ? undefined : `application ${app}`
    },
  },
  {
    tool: 'Flux',
    find: ({ labels = {} }) => {
      const name = labels['kustomize.toolkit.fluxcd.io/name']
      const release = labels['helm.toolkit.fluxcd.io/name']
      if (name !== undefined) return `Kustomization ${name}`
      return release === undefined ? undefined : `HelmRelease ${release}`
    },
  },
  {
    tool: 'Helm',
    find: ({ labels = {}, annotations = {} }) => {
      const release = annotations['meta.helm.sh/release-name']
      if (release !== undefined) return `release ${release}`
      return labels['app.kubernetes.io/managed-by'] === 'Helm'
        ? `release ${labels['app.kubernetes.io/instance'] ?? '(unnamed)'}`
        : undefined
    },
  },
]

/** A tool that would put v1 back as its source says, or delete the job, in the middle of the move or after it. */
export const tracked: Guard<JobEvidence> = {
  code: 'tracked',
  check({ v1, kind, namespace, name }) {
    for (const { tool, find } of trackers) {
      const source = find(v1.metadata)
      if (source === undefined) continue
      return {
        message: `${tool} keeps it as its source says (${source})`,
        why: `${tool} would resume the held ${kind.kind}, and its next sync would not know the TrainJob`,
        remedy: [
          `change the source of ${source}: $0 convert job ${name} -n ${namespace}   (prints what belongs there)`,
        ],
      }
    }
    return undefined
  },
}

/** An owner (a workflow, a pipeline, a trial) waits for this very object, and its deletion takes the job along. */
export const owned: Guard<JobEvidence> = {
  code: 'owned',
  check({ v1, namespace, name }) {
    const [owner] = v1.metadata.ownerReferences ?? []
    if (!owner) return undefined
    return {
      message: `it belongs to ${owner.kind} ${owner.name} (${owner.apiVersion})`,
      why: `the ${owner.kind} made it, waits for it, and would not know the TrainJob`,
      remedy: [`let the ${owner.kind} make a TrainJob: $0 convert job ${name} -n ${namespace}   (prints it)`],
    }
  },
}
