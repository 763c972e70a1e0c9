/** `node bench/sandbox-host.ts N`: a sandbox with so many suspended PyTorchJobs. Prints its kubeconfig, and what it took when its input ends. */
import type { KubeObject } from '../src/kube/object.ts'
import { clusterObjects, namespace } from '../src/sandbox/cluster-objects.ts'
import { type Beginning, startSandbox } from '../src/sandbox/host.ts'
import { benchJob } from './jobs.ts'

const count = Number(process.argv[2])
const namespaces = Array.from({ length: 20 }, (_, at) => `team-${String(at).padStart(2, '0')}`)
const day = 86_400

const job = (_: unknown, number: number): Beginning => {
  const { spec, ...rest } = benchJob(number, namespaces[number % namespaces.length] ?? '')
  const runPolicy = { ...(spec['runPolicy'] as object | undefined), suspend: true }
  return { object: { ...rest, spec: { ...spec, runPolicy } } as KubeObject, ago: day }
}

const before = [...clusterObjects(), ...namespaces.map(namespace)].map((object) => ({ object, ago: 2 * day }))
const sandbox = await startSandbox({
  port: 0,
  speed: 1,
  namespace: 'default',
  now: () => new Date(),
  random: Math.random,
  beginning: [...before, ...Array.from({ length: count }, job)],
})
console.log(sandbox.kubeconfig)
for await (const _ of process.stdin);
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
console.log(JSON.stringify({ megabytes: (maxRSS * 1024) / 1e6, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 }))
await sandbox.stop()
