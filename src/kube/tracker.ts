import type { ObjectMeta } from './object.ts'

/** A tool that keeps an object as its source says, and that source. */
export interface Tracker {
  readonly tool: 'Argo CD' | 'Flux' | 'Helm'
  /** `application nlp-train`, `Kustomization team`, `release bert` */
  readonly source: string
}

const finders: readonly {
  readonly tool: Tracker['tool']
  readonly find: (metadata: ObjectMeta) => string | undefined
}[] = [
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

/**
 * The tool whose marks an object carries, undefined where it carries none.
 * Sources: argo-cd docs/user-guide/resource_tracking.md; fluxcd kustomize- and helm-controller, labels of owned objects; helm v3
 * pkg/action/validate.go.
 */
export function trackerOf(metadata: ObjectMeta): Tracker | undefined {
  for (const { tool, find } of finders) {
    const source = find(metadata)
    if (source !== undefined) return { tool, source }
  }
  return undefined
}
