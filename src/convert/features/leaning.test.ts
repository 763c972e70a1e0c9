import { describe, expect, it } from 'vitest'
import { converted, told } from '../../../test/unit/conversions.ts'
import type { ReplicaOptions } from '../../../test/unit/pytorch-manifest.ts'

const template = 'spec.pytorchReplicaSpecs.Worker.template.spec'
const accept = ['literal-host']
const said = (worker: ReplicaOptions) =>
  told(converted({ master: {}, worker }, { accept })).filter((line) => !line.includes('cleanPodPolicy'))

describe('names of v1 in what programs read', () => {
  it.each<[string, ReplicaOptions, string]>([
    ['an argument', { container: { args: ['a', '--host=train-master-0'] } }, 'containers[0].args[1]'],
    ['the command', { container: { command: ['ping', 'train-worker-1.nlp.svc'] } }, 'containers[0].command[1]'],
    [
      'an env value',
      { container: { env: [{ name: 'A', value: 'tcp://train-master-0:1' }] } },
      'containers[0].env[0].value',
    ],
    ['a sidecar', { sidecars: [{ name: 'proxy', image: 'p', args: ['train-worker-0'] }] }, 'containers[1].args[0]'],
    [
      'an init container',
      { pod: { initContainers: [{ name: 'wait', image: 'w', args: ['train-master-0'] }] } },
      'initContainers[0].args[0]',
    ],
    [
      'a probe',
      { container: { livenessProbe: { exec: { command: ['nc', 'train-master-0', '1'] } } } },
      'containers[0].livenessProbe.exec.command[1]',
    ],
    [
      'a hook',
      { container: { lifecycle: { preStop: { httpGet: { host: 'train-master-0', port: 1 } } } } },
      'containers[0].lifecycle.preStop.httpGet.host',
    ],
  ])('a host written out in %s is lost, with its path', (_, worker, path) => {
    expect(said(worker)).toEqual([`lost literal-host ${template}.${path}`])
  })

  it('an object that is called like a host of the job is no host', () => {
    const container = { envFrom: [{ prefix: 'train-master-0', configMapRef: { name: 'train-master-0' } }] }
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'train-worker-0' } }]
    const conversion = converted({ master: { container }, worker: { container, pod: { volumes } } })
    expect(conversion.proof.differences).toEqual([])
    expect(told(conversion).filter((line) => line.includes('literal-host'))).toEqual([])
  })

  it('explains what a probe names', () => {
    const livenessProbe = { exec: { command: ['nc', 'train-master-0', '1'] } }
    const { proof } = converted({ master: {}, worker: { container: { livenessProbe } } }, { accept })
    expect(proof.differences).toEqual([])
  })

  it('explains the values that are made of it as well', () => {
    const env = [
      { name: 'A', value: 'train-master-0' },
      { name: 'B', value: 'tcp://$(A)' },
      { name: 'C', value: '$(B):1' },
    ]
    const { proof, findings } = converted({ master: {}, worker: { container: { env, args: ['$(C)'] } } }, { accept })
    expect(proof.differences).toEqual([])
    expect(findings.find(({ code }) => code === 'literal-host')?.explains).toEqual([
      'containers[main].env.A',
      'containers[main].env.B',
      'containers[main].env.C',
      'containers[main].args',
    ])
  })

  it('a host that env and arguments make together is lost where it comes together', () => {
    const env = [
      { name: 'JOB', value: 'train' },
      { name: 'SUFFIX', value: '-0' },
      { name: 'HOST', value: '$(JOB)-master$(SUFFIX)' },
    ]
    const container = { env, args: ['--master=$(HOST)', '$(JOB)-data'] }
    expect(said({ container })).toEqual([`lost literal-host ${template}.containers[0].env[2].value`])
    const { proof, findings } = converted({ master: {}, worker: { container } }, { accept })
    expect(proof.differences).toEqual([])
    expect(findings.find(({ code }) => code === 'literal-host')?.explains).toEqual([
      'containers[main].env.HOST',
      'containers[main].args',
    ])
  })

  it.each([
    'train-master-01',
    'my-train-master-0',
    'train-master',
    'train-chief-0',
    'x_train-master-0',
    'train-master-0-data',
  ])('%s is no host of the job', (text) => {
    expect(said({ container: { args: [text] } })).toEqual([])
  })

  it.each([
    'for i in 0 1; do ping train-worker-$i; done',
    'for i in 0 1; do ping train-worker-${i}.nlp; done',
    "hosts = [f'train-worker-{i}' for i in range(2)]",
    'host = "train-worker-%d:23456" % rank',
    "host = 'train-worker-' + str(rank)",
    'tcp://train-worker-$INDEX:1',
    '--hosts=train-worker-[0-1]',
    '--hosts=train-worker-{0,1}',
  ])('%s puts host names of v1 together', (text) => {
    expect(said({ container: { args: [text] } })).toEqual([`lost literal-host ${template}.containers[0].args[0]`])
  })

  it.each(['/logs/train-worker-$RANK.log', '--run=train-worker-large', 'my-train-worker-$i', 'train-worker-'])(
    '%s does not',
    (text) => {
      expect(said({ container: { args: [text] } })).toEqual([])
    },
  )

  it.each([
    'rank=${HOSTNAME##*-}',
    'echo $(hostname)',
    '`hostname`',
    'socket.gethostname().split("-")',
    'rank=$(hostname -s | cut -d- -f3)',
    "rank=$(echo $HOSTNAME | grep -o '[0-9]*$')",
    'echo "${HOSTNAME}" | sed s/.*-//',
    'IFS=- read -ra part <<< "$HOSTNAME"',
    '[[ $HOSTNAME == *master* ]] && lead',
    '[ "$HOSTNAME" != x ] || lead',
    'case "${HOSTNAME}" in *-master-*) lead;; esac',
    'hostname | awk -F- "{print $NF}"',
    "int(os.environ['HOSTNAME'].split('-')[-1])",
    'os.environ.get("HOSTNAME")',
    "os.getenv('HOSTNAME')",
    'platform.node().rsplit("-", 1)',
    'uname -n',
    'cat /etc/hostname',
  ])('%s takes a host name apart', (text) => {
    expect(said({ container: { args: [text] } })).toEqual([
      `changed host-name-parsing ${template}.containers[0].args[0]`,
    ])
  })

  it.each([
    'echo $HOSTNAME',
    'torchrun --log-dir /logs/$HOSTNAME',
    '--hostname=node',
    'nodeSelector kubernetes.io/hostname=',
  ])('%s only shows it, or is another', (text) => {
    expect(said({ container: { args: [text] } })).toEqual([])
  })

  it('labels of v1 are told', () => {
    expect(said({ container: { args: ['kubectl get pods -l training.kubeflow.org/job-name=x'] } })).toEqual([
      `changed v1-label-in-text ${template}.containers[0].args[0]`,
    ])
  })
})
