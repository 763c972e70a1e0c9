import fc from 'fast-check'
import type { Container, ContainerPort, VolumeMount } from '../../../src/kube/pod.ts'
import { type EnvContext, env } from './env.ts'
import { sometimes } from './sometimes.ts'

export interface ContainerContext extends EnvContext {
  readonly name: string
  readonly volumes: readonly string[]
  /** ports are this number and those after it, so that no two containers of a pod claim one */
  readonly firstPort: number
  readonly init: boolean
}

/** Requests never above limits, devices the same in both, each resource in one of several spellings. */
const resources = fc
  .record(
    {
      cpu: fc.constantFrom(['100m', '0.1'], ['0.5', '1000m'], ['1', '1'], ['1', '2']),
      memory: fc.constantFrom(['64Mi', '1Gi'], ['1Gi', '1024Mi'], ['1G', '2G']),
      'ephemeral-storage': fc.constantFrom(['1Gi', '1Gi']),
      'nvidia.com/gpu': fc.constantFrom([1, 1], ['8', '8']),
      'vpc.amazonaws.com/efa': fc.constant([4, 4]),
    },
    { requiredKeys: [] },
  )
  .chain((pairs) =>
    fc.constantFrom('both', 'limits', 'requests').map((which) => {
      const requests: Record<string, string | number> = {}
      const limits: Record<string, string | number> = {}
      for (const [name, pair] of Object.entries(pairs)) {
        const [request = '1', limit = '1'] = pair as readonly (string | number)[]
        // devices are never only requested
        if (which !== 'requests' || name.includes('/')) limits[name] = limit
        if (which !== 'limits') requests[name] = request
      }
      return {
        ...(which === 'requests' && Object.keys(limits).length === 0 ? {} : { limits }),
        ...(which === 'limits' ? {} : { requests }),
      }
    }),
  )

function ports({ firstPort, init }: ContainerContext): fc.Arbitrary<ContainerPort[]> {
  const port = fc.record({
    name: fc.option(fc.constantFrom('http', 'metrics', 'rpc'), { nil: undefined }),
    protocol: fc.option(fc.constantFrom('TCP', 'UDP'), { nil: undefined }),
  })
  const ordinary = fc.array(port, { maxLength: 3 }).map((list) =>
    list.map(({ name, protocol }, at) => ({
      containerPort: firstPort + at,
      ...(name ? { name: `${name}-${firstPort + at}` } : {}),
      ...(protocol ? { protocol } : {}),
    })),
  )
  if (init || firstPort !== mainPort) return ordinary
  const own = (port: ContainerPort): fc.Arbitrary<ContainerPort[]> => fc.constant([port])
  return fc.oneof(
    { weight: 6, arbitrary: ordinary },
    { weight: 1, arbitrary: own({ name: 'pytorchjob-port', containerPort: 29500 }) },
    { weight: 1, arbitrary: own({ containerPort: 23456 }) },
    { weight: 1, arbitrary: own({ name: 'master', containerPort: 23456 }) },
  )
}

/** First port of the container that trains. */
export const mainPort = 8000

const probe = fc.record(
  {
    exec: fc.constant({ command: ['true'] }),
    initialDelaySeconds: fc.constantFrom(0, 5),
    periodSeconds: fc.constantFrom(10, 30),
    failureThreshold: fc.constantFrom(3, 100),
  },
  { requiredKeys: ['exec'] },
)
const httpProbe = fc.constantFrom(
  { httpGet: { path: '/health', port: 8000 } },
  { httpGet: { port: 'http', scheme: 'HTTPS', httpHeaders: [{ name: 'X-A', value: 'b' }] } },
  { tcpSocket: { port: 8000 } },
  { grpc: { port: 8000, service: 'health' } },
)

const securityContext = fc.constantFrom(
  {},
  { privileged: true },
  { runAsUser: 1000, runAsGroup: 3000, runAsNonRoot: true },
  { capabilities: { add: ['IPC_LOCK'], drop: ['ALL'] }, allowPrivilegeEscalation: false },
  { readOnlyRootFilesystem: true, seccompProfile: { type: 'RuntimeDefault' } },
)

function mounts({ volumes }: ContainerContext): fc.Arbitrary<VolumeMount[]> {
  if (volumes.length === 0) return fc.constant([])
  const mount = fc.record(
    {
      name: fc.constantFrom(...volumes),
      mountPath: fc.constantFrom('/data', '/dev/shm', '/work', '/logs'),
      subPath: fc.constantFrom('a', 'b/c'),
      readOnly: fc.boolean(),
    },
    { requiredKeys: ['name', 'mountPath'] },
  )
  return fc.uniqueArray(mount, { maxLength: 3, selector: ({ mountPath }) => mountPath })
}

const envFrom = fc.constantFrom(
  [],
  [{ configMapRef: { name: 'settings' } }],
  [{ prefix: 'X_', secretRef: { name: 'token', optional: true } }],
)

/** Fields that init containers may not have. */
const fieldsOfMain = {
  livenessProbe: fc.oneof(probe, httpProbe),
  readinessProbe: probe,
  startupProbe: probe,
  lifecycle: fc.constantFrom(
    { preStop: { exec: { command: ['sh', '-c', 'save'] } } },
    { postStart: { httpGet: { port: 8000 } }, preStop: { sleep: { seconds: 5 } } },
  ),
  resizePolicy: fc.constant([{ resourceName: 'cpu', restartPolicy: 'NotRequired' }]),
}

const image = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom('busybox', 'reg.example.org/train:1') },
  { weight: 1, arbitrary: fc.constant(`reg.example.org/${'x'.repeat(500)}:1`) },
)

/** One container with any of the fields a pod template may have. */
export function container(context: ContainerContext): fc.Arbitrary<Container> {
  const text = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('python', 'train.py', '--rank=$(RANK)', '$(A)', '$$(A)', '') },
    { weight: 1, arbitrary: fc.constant(`--host=${context.job}-master-0`) },
  )
  const texts = fc.array(text, { minLength: 1, maxLength: 3 })
  return fc
    .tuple(
      image,
      sometimes(2, { command: texts, args: texts, env: env(context), resources, volumeMounts: mounts(context) }),
      sometimes(4, {
        workingDir: fc.constant('/work'),
        envFrom,
        ports: ports(context),
        securityContext,
        imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
        terminationMessagePath: fc.constant('/tmp/end'),
        terminationMessagePolicy: fc.constant('FallbackToLogsOnError'),
        stdin: fc.boolean(),
        stdinOnce: fc.boolean(),
        tty: fc.boolean(),
      }),
      context.init ? fc.constant({}) : sometimes(4, fieldsOfMain),
    )
    .map(([of, ...parts]) => Object.assign({ name: context.name, image: of }, ...parts) as Container)
}
