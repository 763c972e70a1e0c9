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
  ])('a host written out in %s is lost, with its path', (_, worker, path) => {
    expect(said(worker)).toEqual([`lost literal-host ${template}.${path}`])
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

  it.each(['rank=${HOSTNAME##*-}', 'echo $(hostname)', '`hostname`', 'socket.gethostname().split("-")'])(
    '%s takes a host name apart',
    (text) => {
      expect(said({ container: { args: [text] } })).toEqual([
        `changed host-name-parsing ${template}.containers[0].args[0]`,
      ])
    },
  )

  it('a host name that is only shown is nothing to tell', () => {
    expect(said({ container: { args: ['echo $HOSTNAME'] } })).toEqual([])
  })

  it('labels of v1 are told', () => {
    expect(said({ container: { args: ['kubectl get pods -l training.kubeflow.org/job-name=x'] } })).toEqual([
      `changed v1-label-in-text ${template}.containers[0].args[0]`,
    ])
  })
})
