import { join } from 'node:path'
import type { Ports } from './ports.ts'

/** One process of the control plane. */
export interface Component {
  /** also the name of its log file */
  readonly name: string
  /** the program under the build's bin folder */
  readonly program: string
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** What every component needs to know: its folder, its ports and the credentials lying in the folder. */
export interface Site {
  readonly folder: string
  readonly ports: Ports
}

export const kubeconfigOf = (folder: string): string => join(folder, 'kubeconfig')

/** What the Go programs take for the temporary folder: the operators look for their certificates in it. */
export const temporaryFolderOf = (folder: string): string => join(folder, 'tmp')

/** The one folder controller-runtime serves webhooks from unless told otherwise (pkg/webhook/server.go: CertDir). */
export const servedCertificatesOf = (folder: string): string =>
  join(temporaryFolderOf(folder), 'k8s-webhook-server', 'serving-certs')

const localhost = '127.0.0.1'

export function storage({ folder, ports }: Site): Component[] {
  const etcd = `http://${localhost}:${ports.etcd}`
  const pki = (file: string) => join(folder, 'pki', file)
  return [
    {
      name: 'etcd',
      program: 'etcd',
      args: [
        `--data-dir=${join(folder, 'etcd')}`,
        `--listen-client-urls=${etcd}`,
        `--advertise-client-urls=${etcd}`,
        `--listen-peer-urls=http://${localhost}:${ports.etcdPeer}`,
        '--unsafe-no-fsync',
        '--log-level=warn',
      ],
    },
    {
      name: 'kube-apiserver',
      program: 'kube-apiserver',
      args: [
        `--etcd-servers=${etcd}`,
        `--bind-address=${localhost}`,
        `--advertise-address=${localhost}`,
        `--secure-port=${ports.apiServer}`,
        `--cert-dir=${join(folder, 'pki')}`,
        `--tls-cert-file=${pki('apiserver.crt')}`,
        `--tls-private-key-file=${pki('apiserver.key')}`,
        `--client-ca-file=${pki('ca.crt')}`,
        `--service-account-key-file=${pki('service-accounts.pub')}`,
        `--service-account-signing-key-file=${pki('service-accounts.key')}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        '--service-cluster-ip-range=10.96.0.0/16',
        '--authorization-mode=RBAC',
        '--allow-privileged',
        '--endpoint-reconciler-type=none',
      ],
    },
  ]
}

/**
 * Controllers that are left out: no process of this control plane is reached by way of a Service's endpoints, which were one write in eight,
 * and there are no metrics to scale by.
 */
const idle = [
  'node-ipam-controller',
  'endpoints-controller',
  'endpointslice-controller',
  'endpointslice-mirroring-controller',
  'horizontal-pod-autoscaler-controller',
]

/** The node-lifecycle controller stays on: without it the simulated nodes keep their not-ready taint. */
export function controllers({ folder, ports }: Site): Component[] {
  const kubeconfig = `--kubeconfig=${kubeconfigOf(folder)}`
  return [
    {
      name: 'kube-controller-manager',
      program: 'kube-controller-manager',
      args: [
        kubeconfig,
        `--service-account-private-key-file=${join(folder, 'pki', 'service-accounts.key')}`,
        `--root-ca-file=${join(folder, 'pki', 'ca.crt')}`,
        '--use-service-account-credentials=false',
        '--secure-port=0',
        '--leader-elect=false',
        `--controllers=${['*', ...idle.map((name) => `-${name}`)].join(',')}`,
        '--kube-api-qps=300',
        '--kube-api-burst=600',
      ],
    },
    {
      name: 'kube-scheduler',
      program: 'kube-scheduler',
      args: [`--config=${join(folder, 'scheduler.json')}`, '--secure-port=0'],
    },
    {
      name: 'kwok',
      program: 'kwok',
      args: [
        kubeconfig,
        `--config=${join(folder, 'stages.yaml')}`,
        '--manage-all-nodes=true',
        '--node-lease-duration-seconds=40',
        `--server-address=${localhost}:${ports.kwok}`,
        '--cidr=10.128.0.0/14',
      ],
    },
  ]
}

export function operators({ folder, ports }: Site): Component[] {
  const environment = operatorEnvironment(folder, 'kubeflow')
  return [
    {
      name: 'training-operator',
      program: 'training-operator.v1',
      environment,
      args: [
        `--metrics-bind-address=${localhost}:${ports.trainingOperatorMetrics}`,
        `--health-probe-bind-address=${localhost}:${ports.trainingOperatorHealth}`,
        `--webhook-server-port=${ports.trainingOperatorWebhook}`,
        '--kube-api-qps=200',
        '--kube-api-burst=400',
        '--controller-threads=4',
      ],
    },
    { name: 'jobset', program: 'jobset', environment, args: [`--config=${join(folder, 'jobset.json')}`] },
    {
      name: 'trainer',
      program: 'trainer-controller-manager',
      environment,
      args: [`--config=${join(folder, 'trainer.json')}`],
    },
  ]
}

/** VisibilityOnDemand would need authentication only a pod has. */
export function kueue({ folder }: Site): Component {
  return {
    name: 'kueue',
    program: 'kueue',
    environment: operatorEnvironment(folder, 'kueue-system'),
    args: [`--config=${join(folder, 'kueue.json')}`, '--feature-gates=VisibilityOnDemand=false'],
  }
}

const operatorEnvironment = (folder: string, namespace: string) => ({
  KUBECONFIG: kubeconfigOf(folder),
  MY_POD_NAMESPACE: namespace,
  POD_NAMESPACE: namespace,
})

/**
 * Configuration files of the scheduler and the operators, by file name (JSON is YAML). The scheduler preempts no pod: one of the random jobs of
 * a high priority class would take away what another test waits for, in whichever namespace.
 */
export function configurations({ folder, ports }: Site): Record<string, object> {
  const leaderElection = { leaderElect: false }
  return {
    'scheduler.json': {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      leaderElection,
      clientConnection: { kubeconfig: kubeconfigOf(folder), qps: 300, burst: 600 },
      profiles: [{ plugins: { postFilter: { disabled: [{ name: '*' }] } } }],
    },
    'jobset.json': {
      apiVersion: 'config.jobset.x-k8s.io/v1alpha1',
      kind: 'Configuration',
      leaderElection,
      internalCertManagement: { enable: true },
      health: { healthProbeBindAddress: `${localhost}:${ports.jobsetHealth}` },
      metrics: { bindAddress: `${localhost}:${ports.jobsetMetrics}` },
      webhook: { port: ports.jobsetWebhook },
      clientConnection: { qps: 500, burst: 500 },
    },
    'trainer.json': {
      apiVersion: 'config.trainer.kubeflow.org/v1alpha1',
      kind: 'Configuration',
      leaderElection,
      health: { healthProbeBindAddress: `${localhost}:${ports.trainerHealth}` },
      metrics: { bindAddress: `${localhost}:${ports.trainerMetrics}`, secureServing: false },
      webhook: { port: ports.trainerWebhook },
      certManagement: {
        enable: true,
        webhookServiceName: 'kubeflow-trainer-controller-manager',
        webhookSecretName: 'kubeflow-trainer-webhook-cert',
      },
      clientConnection: { qps: 200, burst: 400 },
      statusServer: { port: ports.trainerStatus },
      controller: {
        groupKindConcurrency: {
          'TrainJob.trainer.kubeflow.org': 5,
          'TrainingRuntime.trainer.kubeflow.org': 1,
          'ClusterTrainingRuntime.trainer.kubeflow.org': 1,
        },
      },
    },
    'kueue.json': {
      apiVersion: 'config.kueue.x-k8s.io/v1beta2',
      kind: 'Configuration',
      namespace: 'kueue-system',
      leaderElection,
      health: { healthProbeBindAddress: `${localhost}:${ports.kueueHealth}` },
      metrics: { bindAddress: `${localhost}:${ports.kueueMetrics}` },
      webhook: { port: ports.kueueWebhook, certDir: servedCertificatesOf(folder) },
      internalCertManagement: {
        enable: true,
        webhookServiceName: 'kueue-webhook-service',
        webhookSecretName: 'kueue-webhook-server-cert',
      },
      clientConnection: { qps: 300, burst: 500 },
      integrations: {
        frameworks: [
          'batch/job',
          'jobset.x-k8s.io/jobset',
          'trainer.kubeflow.org/trainjob',
          'kubeflow.org/pytorchjob',
          'kubeflow.org/tfjob',
          'kubeflow.org/xgboostjob',
          'kubeflow.org/paddlejob',
          'kubeflow.org/jaxjob',
        ],
      },
    },
  }
}
