import { describe, expect, it } from 'vitest'
import { v1Pod } from '../../test/unit/model-pods.ts'
import type { PodSpec } from '../kube/pod.ts'
import { podLeaves } from './leaves.ts'

/** Leaves of a pod as `path = value`, with `→ canonical` where that differs. */
function leaves(spec: Partial<PodSpec>, more: Parameters<typeof v1Pod>[2] = {}): string[] {
  const hosts = (text: string) => text.replaceAll('train-master-0', '<master-0>')
  const found = podLeaves(v1Pod('master', 0, { ...more, spec }), hosts)
  return [...found].map(([path, { value, canonical }]) =>
    value === canonical ? `${path} = ${value}` : `${path} = ${value} → ${canonical}`,
  )
}

const main = (fields: Record<string, unknown>) => ({ containers: [{ name: 'pytorch', ...fields }] })

describe('the values of a pod', () => {
  it.each<[string, Partial<PodSpec>, string[]]>([
    [
      'env as the process sees it, each name once',
      main({
        env: [
          { name: 'A', value: '1' },
          { name: 'B', value: '$(A)$(C)' },
          { name: 'A', value: '2' },
        ],
      }),
      ['containers[main].env.A = 2', 'containers[main].env.B = 1$(C)'],
    ],
    [
      'command and args expanded, as one value each',
      main({ env: [{ name: 'A', value: 'x' }], command: ['sh', '$(A)', '$$(A)'], args: [] }),
      ['containers[main].env.A = x', 'containers[main].command = ["sh","x","$(A)"]', 'containers[main].args = []'],
    ],
    [
      'host names of the job’s pods as tokens',
      main({ args: ['tcp://train-master-0:1'] }),
      ['containers[main].args = ["tcp://train-master-0:1"] → ["tcp://<master-0>:1"]'],
    ],
    [
      'amounts in one spelling',
      main({ resources: { limits: { cpu: '1000m', memory: '1024Mi', 'nvidia.com/gpu': 8 }, requests: { cpu: 'X' } } }),
      [
        'containers[main].resources.limits.cpu = 1000m → 1',
        'containers[main].resources.limits.memory = 1024Mi → 1Gi',
        'containers[main].resources.limits.nvidia.com/gpu = 8',
        'containers[main].resources.requests.cpu = X',
      ],
    ],
    [
      'ports by number and protocol',
      main({ ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP', name: 'dns', hostPort: 53 }] }),
      [
        'containers[main].ports[80/TCP] = (unnamed)',
        'containers[main].ports[53/UDP] = dns',
        'containers[main].ports[53/UDP].hostPort = 53',
      ],
    ],
    [
      'two ports of one number, the second apart',
      main({
        ports: [
          { containerPort: 80, name: 'a' },
          { containerPort: 80, name: 'b' },
        ],
      }),
      ['containers[main].ports[80/TCP] = a', 'containers[main].ports[80/TCP #2] = b'],
    ],
    [
      'the ports that a pod of the host’s network claims there',
      { hostNetwork: true, ...main({ ports: [{ containerPort: 80, name: 'http' }] }) },
      ['containers[main].ports[80/TCP] = http', 'containers[main].ports[80/TCP].hostPort = 80', 'hostNetwork = true'],
    ],
    [
      'mounts by path and volumes by name',
      {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'c', configMap: { name: 'x', items: [{ key: 'a', path: 'b' }] } },
        ],
        ...main({ volumeMounts: [{ name: 'v', mountPath: '/data', subPath: 's' }] }),
      },
      [
        'containers[main].volumeMounts[/data].name = v',
        'containers[main].volumeMounts[/data].mountPath = /data',
        'containers[main].volumeMounts[/data].subPath = s',
        'volumes[v].name = v',
        'volumes[v].emptyDir = {}',
        'volumes[c].name = c',
        'volumes[c].configMap.name = x',
        'volumes[c].configMap.items[a].key = a',
        'volumes[c].configMap.items[a].path = b',
      ],
    ],
    [
      'other containers and init containers by name',
      { containers: [{ name: 'proxy', image: 'p' }], initContainers: [{ name: 'pytorch', image: 'i' }] },
      ['containers[proxy].image = p', 'initContainers[pytorch].image = i'],
    ],
    [
      'a container that is called main apart from the one that trains',
      {
        containers: [
          { name: 'main', image: 'm' },
          { name: 'pytorch', image: 'p' },
        ],
      },
      ["containers['main'].image = m", 'containers[main].image = p'],
    ],
    [
      'everything else field by field',
      {
        nodeSelector: { pool: 'gpu' },
        tolerations: [{ key: 'a', operator: 'Exists' }, { operator: 'Exists' }],
        imagePullSecrets: [],
        securityContext: {},
        hostPID: false,
        containers: [],
      },
      [
        'nodeSelector.pool = gpu',
        'tolerations[a].key = a',
        'tolerations[a].operator = Exists',
        'tolerations[1].operator = Exists',
        'imagePullSecrets = []',
        'securityContext = {}',
        'hostPID = false',
      ],
    ],
    ['no place and no name of the pod itself', { nodeName: 'n', hostname: 'h', subdomain: 's', containers: [] }, []],
    [
      'files made of labels by what is in them',
      {
        containers: [],
        volumes: [
          {
            name: 'about',
            downwardAPI: {
              items: [
                { path: 'team', fieldRef: { fieldPath: "metadata.labels['team']" } },
                { path: 'name', fieldRef: { fieldPath: 'metadata.name' } },
                { path: 'cpu', resourceFieldRef: { containerName: 'pytorch', resource: 'limits.cpu' } },
              ],
            },
          },
        ],
      },
      [
        'volumes[about].name = about',
        'volumes[about].downwardAPI.items[0].path = team',
        'volumes[about].downwardAPI.items[0].fieldRef = nlp',
        'volumes[about].downwardAPI.items[1].path = name',
        'volumes[about].downwardAPI.items[1].fieldRef = <field metadata.name>',
        'volumes[about].downwardAPI.items[2].path = cpu',
        'volumes[about].downwardAPI.items[2].resourceFieldRef = <resource (main) limits.cpu>',
      ],
    ],
  ])('are %s', (_, spec, expected) => {
    const found = leaves(spec, { labels: { team: 'nlp' } })
    expect(found).toEqual(['labels.team = nlp', ...expected])
  })

  it('are its labels and annotations too', () => {
    expect(leaves({ containers: [] }, { labels: { a: 'b' }, annotations: { 'x.io/c': 'd' } })).toEqual([
      'labels.a = b',
      'annotations.x.io/c = d',
    ])
  })
})
