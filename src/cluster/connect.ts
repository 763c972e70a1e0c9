import { isatty } from 'node:tty'
import packageJson from '../../package.json' with { type: 'json' }
import { createCluster } from './client.ts'
import type { Cluster, ConnectionFlags } from './cluster.ts'
import { credentialsFor } from './credentials.ts'
import { createRequests } from './requests.ts'
import { resolveSettings, type Settings } from './settings.ts'
import { createTransport } from './transport.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Opens the door to the cluster that kubectl would talk to with these flags and this environment. Nothing is sent yet, but
 * the kubeconfig and its certificates are read.
 * @param warn gets one line without a line break: `Warning: ...` of the API server once each, and with -v 6 the requests
 * @param signal aborts whatever is under way
 * @throws ClusterError when the kubeconfig does not say where to go, Problem when a flag makes no sense
 */
export async function connect(
  flags: ConnectionFlags,
  environment: Environment,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<Cluster> {
  return openCluster(await resolveSettings(flags, environment), flags, environment, warn, signal)
}

/** connect, for settings already decided. */
export async function openCluster(
  settings: Settings,
  flags: ConnectionFlags,
  environment: Environment,
  warn: (text: string) => void,
  signal: AbortSignal,
): Promise<Cluster> {
  const credentials = await credentialsFor({
    settings,
    environment,
    signal,
    warn,
    now: Date.now,
    terminal: () => isatty(0),
  })
  const requests = createRequests({
    settings,
    transport: createTransport(settings, environment),
    credentials,
    userAgent: `kubectl-migrate/${packageJson.version}`,
    compression: !settings.cluster.disableCompression,
    verbosity: flags.verbosity ?? 0,
    warn,
    signal,
  })
  return createCluster(settings, requests)
}
