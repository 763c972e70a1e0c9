import { describe, expect, it } from 'vitest'
import { strategicMerge } from './strategic-merge.ts'

/** A JobSet spec with one replicated job whose pod has this spec. */
const withPod = (spec: Record<string, unknown>) => ({
  replicatedJobs: [{ name: 'node', template: { spec: { template: { spec } } } }],
})

/** The pod spec that a patch of it leaves. */
function patchedPod(base: Record<string, unknown>, patch: Record<string, unknown>): unknown {
  return strategicMerge(withPod(base), withPod(patch)).replicatedJobs[0]?.template.spec.template.spec
}

describe('a strategic merge patch', () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, Record<string, unknown>]>([
    ['sets a field', {}, { serviceAccountName: 'a' }, { serviceAccountName: 'a' }],
    ['replaces a scalar', { serviceAccountName: 'a' }, { serviceAccountName: 'b' }, { serviceAccountName: 'b' }],
    ['removes what is null', { serviceAccountName: 'a', os: 1 }, { serviceAccountName: null }, { os: 1 }],
    [
      'merges maps key by key',
      { nodeSelector: { a: '1', b: '1' } },
      { nodeSelector: { b: '2', c: '2' } },
      { nodeSelector: { a: '1', b: '2', c: '2' } },
    ],
    [
      'merges structures field by field, and replaces their lists',
      { securityContext: { runAsUser: 1, supplementalGroups: [1, 2] } },
      { securityContext: { fsGroup: 3, supplementalGroups: [4] } },
      { securityContext: { runAsUser: 1, fsGroup: 3, supplementalGroups: [4] } },
    ],
    [
      'replaces tolerations whole',
      { tolerations: [{ key: 'a' }, { key: 'b' }] },
      { tolerations: [{ key: 'c' }] },
      { tolerations: [{ key: 'c' }] },
    ],
    [
      'merges containers by name and env by name',
      { containers: [{ name: 'node', image: 'i', env: [{ name: 'A', value: '1' }] }] },
      { containers: [{ name: 'node', env: [{ name: 'A', value: '2' }] }] },
      { containers: [{ name: 'node', image: 'i', env: [{ name: 'A', value: '2' }] }] },
    ],
    [
      'keeps the old source of a volume beside the new one',
      { volumes: [{ name: 'v', emptyDir: {} }] },
      { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] },
      { volumes: [{ name: 'v', emptyDir: {}, persistentVolumeClaim: { claimName: 'c' } }] },
    ],
    [
      'merges mounts by their path, so that a new one keeps the old subPath',
      { containers: [{ name: 'node', volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 'a' }] }] },
      { containers: [{ name: 'node', volumeMounts: [{ name: 'w', mountPath: '/data' }] }] },
      { containers: [{ name: 'node', volumeMounts: [{ name: 'w', mountPath: '/data', subPath: 'a' }] }] },
    ],
    [
      'merges ports by number',
      { containers: [{ name: 'node', ports: [{ containerPort: 80, name: 'a' }] }] },
      { containers: [{ name: 'node', ports: [{ containerPort: 80, protocol: 'UDP' }] }] },
      { containers: [{ name: 'node', ports: [{ containerPort: 80, name: 'a', protocol: 'UDP' }] }] },
    ],
    [
      'merges pull secrets and gates by name',
      { imagePullSecrets: [{ name: 'a' }], schedulingGates: [{ name: 'g' }] },
      { imagePullSecrets: [{ name: 'a' }], schedulingGates: [{ name: 'g' }] },
      { imagePullSecrets: [{ name: 'a' }], schedulingGates: [{ name: 'g' }] },
    ],
  ])('%s', (_, base, patch, merged) => {
    expect(patchedPod(base, patch)).toEqual(merged)
  })

  it('merges replicated jobs by name, in the base’s order', () => {
    const job = (name: string, more: object = {}) => ({ name, template: {}, ...more })
    const merged = strategicMerge(
      { replicatedJobs: [job('a'), job('b')], network: { subdomain: 's' } },
      { replicatedJobs: [job('b', { replicas: 2 })] },
    )
    expect(merged).toEqual({ replicatedJobs: [job('a'), job('b', { replicas: 2 })], network: { subdomain: 's' } })
  })

  it('changes neither side', () => {
    const base = withPod({ nodeSelector: { a: '1' }, tolerations: [{ key: 'a' }] })
    const patch = withPod({ nodeSelector: { b: '2' }, tolerations: [{ key: 'b' }] })
    const before = structuredClone([base, patch])
    const merged = strategicMerge(base, patch)
    expect([base, patch]).toEqual(before)
    const spec = merged.replicatedJobs[0]?.template.spec.template.spec as { tolerations: unknown[] }
    spec.tolerations.push({})
    expect([base, patch]).toEqual(before)
  })
})
