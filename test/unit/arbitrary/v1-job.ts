import fc from 'fast-check'
import { clone } from '../../../src/kube/clone.ts'
import type { KubeObject } from '../../../src/kube/object.ts'
import type { PodTemplate } from '../../../src/kube/pod.ts'
import { kindInfo, type V1Kind } from '../../../src/v1/kinds.ts'
import type { PodContext } from './pod.ts'
import { pytorchJob } from './pytorchjob.ts'
import { sometimes } from './sometimes.ts'

/** Variables a kind's operator injects: they stand where a PyTorchJob's env clashes with its operator's. */
const injectedNames: Readonly<Record<Exclude<V1Kind, 'PyTorchJob'>, Readonly<Record<string, string>>>> = {
  TFJob: { RANK: 'TF_CONFIG', WORLD_SIZE: 'REPLICA_INDEX' },
  XGBoostJob: { PET_NNODES: 'WORKER_ADDRS' },
  PaddleJob: { RANK: 'PADDLE_MASTER', WORLD_SIZE: 'PADDLE_NNODES', MASTER_ADDR: 'POD_IP_DUMMY' },
  JAXJob: { RANK: 'PROCESS_ID', WORLD_SIZE: 'NUM_PROCESSES', MASTER_ADDR: 'COORDINATOR_ADDRESS' },
  MPIJob: {
    RANK: 'OMPI_MCA_plm_rsh_agent',
    WORLD_SIZE: 'NVIDIA_VISIBLE_DEVICES',
    MASTER_ADDR: 'I_MPI_HYDRA_BOOTSTRAP',
    PET_NNODES: 'I_MPI_HYDRA_BOOTSTRAP_EXEC',
  },
}

/** A PyTorchJob's pod template with another kind's names for container, port and variables. */
function translated(template: PodTemplate, kind: Exclude<V1Kind, 'PyTorchJob'>): PodTemplate {
  const { container = 'mpi', port = { name: 'mpi-port', number: 9999 } } = kindInfo(kind) ?? {}
  const names = injectedNames[kind]
  const text = JSON.stringify(template)
    .replaceAll('"pytorch"', `"${container}"`)
    .replaceAll('pytorchjob-port', port.name)
    .replaceAll('23456', String(port.number))
    .replace(/\b(RANK|WORLD_SIZE|MASTER_ADDR|PET_NNODES)\b/g, (name) => names[name] ?? name)
  return JSON.parse(text) as PodTemplate
}

interface Replica {
  replicas?: number
  restartPolicy?: string
  template: PodTemplate
}

/** How many pods each role has: undefined leaves the number to the operator. */
type Counts = Readonly<Record<string, number | undefined>>

const some = fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined })
const someOrNone = fc.option(fc.integer({ min: 0, max: 3 }), { nil: undefined })

/** Roles of one kind that its webhook takes, in any order. */
const roles: Readonly<Record<Exclude<V1Kind, 'PyTorchJob'>, fc.Arbitrary<Counts>>> = {
  TFJob: fc
    .tuple(
      fc.constantFrom([], [], ['Chief'], ['Master']),
      fc.subarray(['PS', 'Worker', 'Evaluator'], { minLength: 1 }),
      fc.array(some, { minLength: 4, maxLength: 4 }),
      fc.boolean(),
    )
    .map(([lead, others, counts, backwards]) => {
      const names = backwards ? [...others, ...lead] : [...lead, ...others]
      return Object.fromEntries(names.map((name, at) => [name, name === 'Chief' || name === 'Master' ? 1 : counts[at]]))
    }),
  XGBoostJob: fc.oneof(
    some.map((count) => ({ Master: 1, Worker: count })),
    some.map((count) => ({ Worker: count, Master: 1 })),
    fc.constant({ Master: 1 }),
  ),
  PaddleJob: fc.oneof(
    some.map((count) => ({ Worker: count })),
    fc.tuple(some, some).map(([masters, workers]) => ({ Master: masters, Worker: workers })),
    some.map((count) => ({ Master: count })),
  ),
  JAXJob: some.map((count) => ({ Worker: count })),
  MPIJob: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(1, undefined), some).map(launcherAnd) },
    { weight: 1, arbitrary: someOrNone.map((count) => launcherAnd([1, count])) },
    { weight: 1, arbitrary: fc.constant({ Launcher: 1 }) },
  ),
}

function launcherAnd([launcher, workers]: readonly [number | undefined, number | undefined]): Counts {
  return { Launcher: launcher, Worker: workers }
}

/** Fields of a kind's spec beside its replicas. */
const specFields: Readonly<Record<Exclude<V1Kind, 'PyTorchJob'>, fc.Arbitrary<object>>> = {
  TFJob: sometimes(3, {
    successPolicy: fc.constantFrom('', 'AllWorkers'),
    enableDynamicWorker: fc.boolean(),
  }),
  XGBoostJob: fc.constant({}),
  PaddleJob: sometimes(8, { elasticPolicy: fc.constantFrom({}, { minReplicas: 1, maxReplicas: 4 }) }),
  JAXJob: fc.constant({}),
  MPIJob: sometimes(2, {
    slotsPerWorker: fc.constantFrom(1, 2, 8),
    mainContainer: fc.constantFrom('mpi', 'logger'),
    cleanPodPolicy: fc.constantFrom('None', 'Running', 'All'),
  }),
}

/** Valid jobs of one of the kinds beside PyTorchJob: metadata, templates and run policies are those of a random PyTorchJob. */
function otherJob(kind: Exclude<V1Kind, 'PyTorchJob'>, context: PodContext): fc.Arbitrary<KubeObject> {
  const specKey = kindInfo(kind)?.specKey ?? ''
  return fc
    .record({ source: pytorchJob(context), counts: roles[kind], fields: specFields[kind], alike: fc.boolean() })
    .map(({ source, counts, fields, alike }) => {
      const { runPolicy, pytorchReplicaSpecs } = source['spec'] as {
        runPolicy?: object
        pytorchReplicaSpecs: Record<string, Replica>
      }
      const [first, second = first] = Object.values(pytorchReplicaSpecs) as [Replica, Replica?]
      const replica = ({ restartPolicy, template }: Replica, count: number | undefined): Replica => ({
        ...(count === undefined ? {} : { replicas: count }),
        ...(restartPolicy === undefined ? {} : { restartPolicy }),
        template: translated(clone(template), kind),
      })
      const specs = Object.entries(counts).map(([role, count], at) => [
        role,
        replica(alike || at % 2 === 0 ? first : second, count),
      ])
      return {
        ...source,
        kind,
        spec: {
          ...(runPolicy ? { runPolicy } : {}),
          // one without Workers makes Training Operator v1.9.4 panic (paddlepaddle_defaults.go setPaddleElasticPolicy)
          ...('elasticPolicy' in fields && !('Worker' in counts) ? {} : fields),
          [specKey]: Object.fromEntries(specs),
        },
      }
    })
}

/** Valid jobs of a kind. */
export function v1JobOf(kind: V1Kind, context: PodContext): fc.Arbitrary<KubeObject> {
  return kind === 'PyTorchJob' ? pytorchJob(context) : otherJob(kind, context)
}
