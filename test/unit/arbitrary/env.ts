import fc from 'fast-check'
import type { EnvVar } from '../../../src/kube/pod.ts'

/** What the env of a container may refer to. */
export interface EnvContext {
  /** the job's name, for host names written by hand */
  readonly job: string
  /** names of the pod's containers */
  readonly containers: readonly string[]
  /** whether one name may be written twice, which the CRD of Training Operator 1.9 refuses */
  readonly duplicates: boolean
}

/** Names that clash with v1's, with v2's and with this project's own variables, beside ordinary ones. */
const names = [
  'A',
  'B',
  'C',
  'DATA_DIR',
  'NCCL_DEBUG',
  'RANK',
  'WORLD_SIZE',
  'MASTER_ADDR',
  'PYTHONUNBUFFERED',
  'PET_NNODES',
  'JOBSET_NAME',
  'JOB_COMPLETION_INDEX',
]

/** Values that mean the same on both sides. */
const values = [
  '',
  'x',
  '1',
  'ünïcode ✓',
  'line\nline',
  '$(A)',
  '$(B)/$(A)',
  '$$(A)',
  '$(UNKNOWN)',
  '$',
  'rank $(RANK)',
  'tcp://$(MASTER_ADDR):$(MASTER_PORT)',
]

/** Values that only v1 gives a meaning, or only v2. */
const valuesOfOneSide = (job: string) => ['$(JOBSET_NAME)', `${job}-master-0`, `http://${job}-worker-1:8080/x`]

const fields = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  "metadata.labels['team']",
  "metadata.annotations['note']",
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.podIP',
  'status.hostIP',
]

const fieldsOfOneSide = ["metadata.labels['training.kubeflow.org/replica-index']"]

/** One in many is a value that cannot be carried. */
function mostly<T>(usual: readonly T[], rare: readonly T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.constantFrom(...rare) },
  )
}

function valueFrom({ containers }: EnvContext): fc.Arbitrary<NonNullable<EnvVar['valueFrom']>> {
  const optional = fc.option(fc.boolean(), { nil: undefined })
  const key = fc.record({ name: fc.constantFrom('settings', 'token'), key: fc.constantFrom('a', 'b'), optional })
  return fc.oneof(
    fc.record({
      fieldRef: fc.record(
        { fieldPath: mostly(fields, fieldsOfOneSide), apiVersion: fc.constant('v1') },
        { requiredKeys: ['fieldPath'] },
      ),
    }),
    fc.record({
      resourceFieldRef: fc.record(
        {
          resource: fc.constantFrom('limits.cpu', 'requests.memory', 'limits.ephemeral-storage'),
          containerName: fc.constantFrom(...containers),
          divisor: fc.constantFrom('0', '1'),
        },
        { requiredKeys: ['resource'] },
      ),
    }),
    fc.record({ configMapKeyRef: key }),
    fc.record({ secretKeyRef: key }),
  )
}

/** The env list of one container, in any order. */
export function env(context: EnvContext): fc.Arbitrary<EnvVar[]> {
  const name = fc.constantFrom(...names)
  const variable = fc.oneof(
    { weight: 3, arbitrary: fc.record({ name, value: mostly(values, valuesOfOneSide(context.job)) }) },
    { weight: 1, arbitrary: fc.record({ name }) },
    { weight: 2, arbitrary: fc.record({ name, valueFrom: valueFrom(context) }) },
  )
  return context.duplicates
    ? fc.array(variable, { maxLength: 6 })
    : fc.uniqueArray(variable, { maxLength: 6, selector: ({ name: called }) => called })
}
