import { createServer } from 'node:net'

const names = [
  'apiServer',
  'etcd',
  'etcdPeer',
  'kwok',
  'trainingOperatorMetrics',
  'trainingOperatorHealth',
  'trainingOperatorWebhook',
  'jobsetMetrics',
  'jobsetHealth',
  'jobsetWebhook',
  'trainerMetrics',
  'trainerHealth',
  'trainerWebhook',
  'trainerStatus',
  'kueueMetrics',
  'kueueHealth',
  'kueueWebhook',
] as const

export type Ports = Readonly<Record<(typeof names)[number], number>>

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  const free = await new Promise<boolean>((decide) => {
    server.once('error', () => decide(false))
    server.listen(port, () => decide(true))
  })
  if (free) await new Promise((closed) => server.close(closed))
  return free
}

/**
 * Returns a port of this machine for every listener, side by side and all free a moment ago. They lie below 32768, where
 * Linux starts to give out ports of outgoing connections (ip(7), ip_local_port_range): none is taken away before its owner
 * listens.
 */
export async function freePorts(): Promise<Ports> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 10_000 + Math.floor(Math.random() * 22_000)
    const free = await Promise.all(names.map((_, index) => isFree(first + index)))
    if (free.every(Boolean)) return Object.fromEntries(names.map((name, index) => [name, first + index])) as Ports
  }
  throw new Error('no free range of ports found between 10000 and 32000 in 50 attempts')
}
