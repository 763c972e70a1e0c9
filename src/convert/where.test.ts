import { describe, expect, it } from 'vitest'
import { pytorchJobOf } from '../../test/unit/pytorch-manifest.ts'
import { fieldOfValue } from './where.ts'

const job = pytorchJobOf({
  master: {
    metadata: { labels: { team: 'nlp' } },
    container: {
      env: [
        { name: 'A', value: '1' },
        { name: 'A', value: '2' },
      ],
      resources: { limits: { cpu: 1, 'nvidia.com/gpu': 8 } },
      ports: [{ containerPort: 80 }],
      volumeMounts: [{ name: 'v', mountPath: '/data' }],
      args: ['a'],
    },
    sidecars: [{ name: 'main', image: 'm' }],
    pod: {
      volumes: [{ name: 'v', configMap: { name: 'c', items: [{ key: 'k', path: 'p' }] } }],
      tolerations: [{ key: 'gpu', operator: 'Exists' }, { operator: 'Exists' }],
      initContainers: [{ name: 'fetch', image: 'f' }],
    },
  },
  worker: {},
})

const template = 'spec.pytorchReplicaSpecs.Master.template'

describe('the field that a pod’s value comes from', () => {
  it.each([
    ['containers[main].image', `${template}.spec.containers[0].image`],
    ['containers[main].env.A', `${template}.spec.containers[0].env[1]`],
    ['containers[main].args', `${template}.spec.containers[0].args`],
    ['containers[main].resources.limits.cpu', `${template}.spec.containers[0].resources.limits.cpu`],
    ['containers[main].resources.limits.nvidia.com/gpu', `${template}.spec.containers[0].resources.limits`],
    ['containers[main].ports[80/TCP]', `${template}.spec.containers[0].ports[0]`],
    ['containers[main].volumeMounts[/data].name', `${template}.spec.containers[0].volumeMounts[0].name`],
    ["containers['main'].image", `${template}.spec.containers[1].image`],
    ['initContainers[fetch].image', `${template}.spec.initContainers[0].image`],
    ['volumes[v].configMap.items[k].path', `${template}.spec.volumes[0].configMap.items[0].path`],
    ['tolerations[gpu].operator', `${template}.spec.tolerations[0].operator`],
    ['tolerations[1].operator', `${template}.spec.tolerations[1].operator`],
    ['labels.team', `${template}.metadata.labels.team`],
    // what the object does not hold stands in what does
    ['containers[main].env.RANK', `${template}.spec.containers[0]`],
    ['containers[init].image', `${template}.spec`],
    ['hostNetwork', `${template}.spec`],
    ['annotations.note', `${template}.metadata`],
    ['pod', `${template}.spec`],
  ])('%s is %s', (path, field) => {
    expect(fieldOfValue(job, { pod: 'master-0', path })).toBe(field)
  })

  it('is of the pod’s own role', () => {
    expect(fieldOfValue(job, { pod: 'worker-1', path: 'containers[main].image' })).toBe(
      'spec.pytorchReplicaSpecs.Worker.template.spec.containers[0].image',
    )
    expect(fieldOfValue(job, { pod: 'node-3', path: 'pod' })).toBe('spec.pytorchReplicaSpecs')
  })
})
