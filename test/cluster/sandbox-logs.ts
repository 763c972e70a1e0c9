import type { Pod } from '../../src/kube/pod.ts'
import { logLine, trainingAnnotations, trainingOf } from '../../src/sandbox/training.ts'
import { cluster, type Outcome } from './harness.ts'
import type { LogKubelet } from './log-kubelet.ts'
import { shapeOfOutcome } from './sandbox-outcomes.ts'
import type { Side, Sides } from './sandbox-sides.ts'

const steps = 4

/** A pod that trains a few steps in the sandbox; on the real side the kubelet of a test has its log. */
const pod = (name: string, { image = 'train:1', spec = {}, trained = steps } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name,
    ...(name === 'any' && { labels: { app: 'one' } }),
    annotations: { [trainingAnnotations.steps]: String(trained), [trainingAnnotations.checkpointEvery]: '3' },
  },
  spec: {
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    containers: [{ name: 'main', image }],
    ...spec,
  },
})

/** Typed at a pod whose container is over; TIME is that of its third step. */
const typed = [
  'any',
  'any -c main --timestamps',
  'any --tail=0',
  'any --tail=1',
  'any --tail=2',
  'any --tail=2 --timestamps',
  'any --tail=100',
  'any --since=1h',
  'any --since-time=TIME',
  'any -f',
  'any -f --tail=1',
  'any --all-containers --prefix',
  '-l app=one --tail=1',
  'any --previous',
  'none',
  'nowhere',
  'nowhere -f',
  'waits',
  'waits --previous',
] as const

export interface SaidOfLogs {
  readonly words: string
  readonly real: unknown
  readonly ours: unknown
}

/** What kubectl says that follows a pod which goes on, and is ended as by Ctrl-C when it has printed two lines. */
async function interruptedOf({ ask, cache }: Sides, kubelet: LogKubelet, namespace: string) {
  const first = [1, 2]
    .flatMap((step) => logLine(trainingOf(pod('long', { trained: 100_000 })), step, 0).split('\n'))
    .slice(0, 2)
  const log = kubelet.log(namespace, 'long', 'main')
  log.write(...first)
  const both = await ask(async ({ kubeconfig }) => {
    let text = ''
    const outcome = await cluster().kubectl(['logs', 'long', '-f'], {
      namespace,
      env: { KUBECONFIG: kubeconfig, KUBECACHEDIR: cache },
      onStart: (child) => {
        child.stdout?.on('data', (more: Buffer) => {
          text += more.toString()
          if (text.split('\n').length > first.length) child.kill('SIGINT')
        })
      },
    })
    return shapeOfOutcome(
      { ...outcome, stdout: outcome.stdout.split('\n').slice(0, first.length).join('\n') },
      namespace,
    )
  })
  // the log of a container that is over
  log.end()
  return both
}

/** What kubectl logs says of both sides, command by command; the first is that of one who follows from the first line to the end. */
export async function logsOf(sides: Sides, kubelet: LogKubelet): Promise<readonly SaidOfLogs[]> {
  const namespace = await sides.namespace()
  const kubectl = ({ kubeconfig }: Side, words: string, input?: object): Promise<Outcome> => {
    const env = { KUBECONFIG: kubeconfig, KUBECACHEDIR: sides.cache }
    return cluster().kubectl(words.split(' '), { namespace, env, ...(input && { input: JSON.stringify(input) }) })
  }
  const isReal = ({ name }: Side): boolean => name === 'the API server'
  // the kubelet's own words; a kubelet of this project only serves what was written
  kubelet.intercept((asked, response) => {
    if (!asked.startsWith(`${namespace}/waits/`)) return true
    const words = asked.includes('previous=true')
      ? 'previous terminated container "main" in pod "waits" not found'
      : 'container "main" in pod "waits" is waiting to start: trying and failing to pull image'
    response.writeHead(400).end(words)
    return false
  })
  await sides.ask(async (side) => {
    const nodes = isReal(side) ? kubelet.podSpec : {}
    const pods = [
      pod('any', { spec: nodes }),
      pod('long', { spec: nodes, trained: 100_000 }),
      pod('waits', { image: 'train:missing', spec: nodes }),
      pod('nowhere', { spec: { nodeSelector: { nowhere: 'true' } } }),
    ]
    for (const one of pods) await kubectl(side, 'create -f -', one)
    const begun = async () => {
      const phase = (await kubectl(side, 'get pod any -o jsonpath={.status.phase}')).stdout
      const long = (await kubectl(side, 'get pod long -o jsonpath={.status.phase}')).stdout
      const reason = '{.status.containerStatuses[0].state.waiting.reason}'
      const node = (await kubectl(side, 'get pod waits -o jsonpath={.spec.nodeName}')).stdout
      const waits =
        isReal(side) || (await kubectl(side, `get pod waits -o jsonpath=${reason}`)).stdout.endsWith('BackOff')
      return phase !== '' && phase !== 'Pending' && long === 'Running' && node !== '' && waits
    }
    await cluster().waitFor(`the pods have begun on ${side.name}`, begun, 60_000)
  })
  const log = kubelet.log(namespace, 'any', 'main')
  const lines = Array.from({ length: steps }, (_, at) => logLine(trainingOf(pod('any')), at + 1, 0).split('\n')).flat()
  const followed = await sides.ask(async (side) => {
    const outcome = kubectl(side, 'logs any -f')
    if (isReal(side)) {
      await cluster().waitFor('somebody follows', async () => log.followers > 0, 60_000)
      log.write(...lines)
      log.end()
    }
    return shapeOfOutcome(await outcome, namespace)
  })
  const interrupted = await interruptedOf(sides, kubelet, namespace)
  const stamped = await sides.ask((side) => kubectl(side, 'logs any --timestamps'))
  // from here on the kubelet has the lines at the sandbox's times
  const times = stamped.ours.stdout.trimEnd().split('\n')
  const anew = kubelet.log(namespace, 'any', 'main')
  anew.rewrite(
    times.map((line) => ({ time: line.slice(0, line.indexOf(' ')), text: line.slice(line.indexOf(' ') + 1) })),
  )
  const third = times[2]?.replace(/\.\d+Z .*/, 'Z') ?? ''
  const said: SaidOfLogs[] = [
    { words: 'any -f, from the first line on', ...followed },
    { words: 'long -f, Ctrl-C after two lines', ...interrupted },
  ]
  const saidOf = async (words: string): Promise<SaidOfLogs> => {
    const command = `logs ${words.replace('TIME', third)}`
    const both = await sides.ask(async (side) => {
      const { code, stdout, stderr } = await kubectl(side, command)
      return { code, stdout, stderr: stderr.replaceAll(namespace, 'NAMESPACE') }
    })
    return { words, ...both }
  }
  return [...said, ...(await Promise.all(typed.map(saidOf)))]
}
