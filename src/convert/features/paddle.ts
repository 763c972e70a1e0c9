import type { Container } from '../../kube/pod.ts'
import type { SymbolicEnv } from '../../v1/symbolic-env.ts'
import type { Feature } from '../intent.ts'

/** PaddleJob's own fields, its id, and the address its first pod is told. */
export const paddle: Feature = {
  name: 'paddle',
  apply({ job, intent, ledger, trainJobName }) {
    if (job.info.kind !== 'PaddleJob') return
    if (job.spec['elasticPolicy'] !== undefined) {
      ledger.note(['spec', 'elasticPolicy'], {
        code: 'elastic-unused',
        message: 'not carried: Training Operator does nothing with it for PaddleJobs',
      })
    }
    if (trainJobName !== job.name) {
      ledger.remark(['metadata', 'name'], {
        code: 'paddle-job-id',
        message: `PADDLE_JOB_ID is ${trainJobName}, the TrainJob’s name`,
        why: 'v1 gives it the name of the job: programs name checkpoints, logs and what they store in etcd by it',
        explains: intent.roles.flatMap(({ template, main }) =>
          template.spec.containers.flatMap((container) => valuesWith(container, main, 'PADDLE_JOB_ID')),
        ),
      })
    }
    for (const role of intent.roles) {
      if (!role.injected.some(({ pods }) => pods !== undefined)) continue
      role.injected = role.injected.filter(({ pods }) => pods !== 'first').map(onEveryPod)
      ledger.remark(['spec', job.info.specKey], {
        code: 'paddle-master-address',
        message: `PADDLE_MASTER of ${role.role}-0 is its host name instead of its own IP address`,
        why: 'v1 gives the first pod its address and the others its name; pods of one template get the same',
        explains: role.template.spec.containers.flatMap((container) =>
          valuesWith(container, role.main, 'PADDLE_MASTER', 'POD_IP_DUMMY'),
        ),
      })
    }
  },
}

/** The values of a container that hold a variable or its companions: themselves, and the texts that take it from there. */
function valuesWith(
  { name, command, args }: Container,
  main: string,
  variable: string,
  ...companions: string[]
): string[] {
  const place = `containers[${name === main ? 'main' : name}]`
  const takes = (texts: readonly string[] = []) => texts.some((text) => text.includes(`$(${variable})`))
  return [
    ...[variable, ...companions].map((one) => `${place}.env.${one}`),
    ...(takes(command) ? [`${place}.command`] : []),
    ...(takes(args) ? [`${place}.args`] : []),
  ]
}

function onEveryPod({ pods: _pods, ...variable }: SymbolicEnv): SymbolicEnv {
  return variable
}
