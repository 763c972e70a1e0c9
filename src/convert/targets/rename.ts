import { formatFieldPath } from '../../kube/field-path.ts'
import { isRecord } from '../../kube/object.ts'
import type { EnvVar, PodSpec, PodTemplate } from '../../kube/pod.ts'
import { type Finding, findingAt } from '../finding.ts'
import type { Path } from '../ledger.ts'

/** The template's env with a container's new name in its resource references. */
export function renameContainer(env: readonly EnvVar[], from: string, to: string): EnvVar[] {
  return env.map((variable) => {
    const reference = variable.valueFrom?.resourceFieldRef
    if (reference?.containerName !== from) return variable
    return { ...variable, valueFrom: { ...variable.valueFrom, resourceFieldRef: { ...reference, containerName: to } } }
  })
}

/** The same in the env of init containers and in files that volumes make of a container's resources. */
export function renameInPod(spec: PodSpec, from: string, to: string): PodSpec {
  return {
    ...spec,
    ...(spec.initContainers
      ? {
          initContainers: spec.initContainers.map((container) =>
            container.env ? { ...container, env: renameContainer(container.env, from, to) } : container,
          ),
        }
      : {}),
    ...(spec.volumes ? { volumes: spec.volumes.map((volume) => renameReferences(volume, from, to)) } : {}),
  }
}

function renameReferences<T>(value: T, from: string, to: string): T {
  if (Array.isArray(value)) return value.map((item) => renameReferences(item, from, to)) as T
  if (!isRecord(value)) return value
  const members = Object.entries(value).map(([key, item]) => {
    const renamed = key === 'resourceFieldRef' && isRecord(item) && item['containerName'] === from
    return [key, renamed ? { ...item, containerName: to } : renameReferences(item, from, to)]
  })
  return Object.fromEntries(members) as T
}

/** Annotations whose value is a container's name (kubernetes v1.36.3, staging/src/k8s.io/kubectl/pkg/cmd/util/podcmd/podcmd.go). */
const naming = ['kubectl.kubernetes.io/default-container', 'kubectl.kubernetes.io/default-logs-container']
/** Annotations whose key ends in one. */
const appArmor = 'container.apparmor.security.beta.kubernetes.io/'

/** Annotations that name the container follow it to its new name; `path` is the template's in the v1 object. */
export function renameInMetadata(
  { metadata }: PodTemplate,
  from: string,
  to: string,
  path: Path,
): { metadata: PodTemplate['metadata']; findings: Finding[] } {
  if (!metadata?.annotations || from === to) return { metadata, findings: [] }
  const renamed: Record<string, string> = {}
  const explains: string[] = []
  for (const [key, value] of Object.entries(metadata.annotations)) {
    if (naming.includes(key) && value === from) {
      renamed[key] = to
      explains.push(`annotations.${key}`)
    } else if (key === `${appArmor}${from}`) {
      renamed[`${appArmor}${to}`] = value
      explains.push(`annotations.${key}`, `annotations.${appArmor}${to}`)
    } else {
      renamed[key] = value
    }
  }
  if (explains.length === 0) return { metadata, findings: [] }
  const finding = findingAt(formatFieldPath([...path, 'metadata', 'annotations']), {
    code: 'container-reference',
    message: `annotations that name container ${from} name ${to}`,
    explains,
  })
  return { metadata: { ...metadata, annotations: renamed }, findings: [finding] }
}
