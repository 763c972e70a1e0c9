import { isRecord, type ObjectMeta } from './object.ts'

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
    find: (metadata) => {
      const { labels = {}, annotations = {} } = metadata
      const app =
        annotations['argocd.argoproj.io/tracking-id']?.split(':')[0] ??
        labels['argocd.argoproj.io/instance'] ??
        // its default label until version 3, which charts set too: its own where it wrote the object
        (writtenByArgo(metadata) ? labels['app.kubernetes.io/instance'] : undefined)
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

function writtenByArgo({ managedFields }: ObjectMeta): boolean {
  return Array.isArray(managedFields) && managedFields.some((entry) => isRecord(entry) && isArgo(entry['manager']))
}

function isArgo(manager: unknown): boolean {
  return typeof manager === 'string' && /^argocd-/.test(manager)
}

/**
 * Labels and annotations by which tools know the objects they made, or say what they do with them, by tool. On a copy of the object the
 * tool would take that one for its own, and delete or overwrite it.
 * Sources: argo-cd docs/user-guide/{resource_tracking,sync-options}.md; fluxcd kustomize- and helm-controller; helm v3 pkg/action/validate.go;
 * kubernetes KEP-3659 (ApplySet); kubernetes-sigs/cli-utils pkg/common/common.go; carvel kapp docs/config.md; rancher/wrangler pkg/apply.
 */
const marks: Readonly<Record<string, RegExp>> = {
  'Argo CD': /^argocd\.argoproj\.io\//,
  Flux: /^(kustomize|helm)\.toolkit\.fluxcd\.io\//,
  Helm: /^(meta\.helm\.sh|helm\.sh)\//,
  'Argo CD, Helm and others': /^app\.kubernetes\.io\/(instance|managed-by)$/,
  'kubectl apply --applyset': /^applyset\.kubernetes\.io\//,
  'Config Sync and kpt': /^(configsync\.gke\.io|configmanagement\.gke\.io)\/|^config\.k8s\.io\/owning-inventory$/,
  kapp: /^kapp\.k14s\.io\//,
  Fleet: /^objectset\.rio\.cattle\.io\//,
}

/** Names of the tools whose marks are known. */
export const trackers: readonly string[] = Object.keys(marks)

/** The tool that knows its objects by a label or annotation of this key; undefined for any other key. */
export function trackerOfMark(key: string): string | undefined {
  return trackers.find((tool) => marks[tool]?.test(key))
}

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
