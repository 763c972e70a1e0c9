/** The label by which Kueue's jobs name their queue. */
export const queueLabel = 'kueue.x-k8s.io/queue-name'

/** The label by which a Workload names the job it stands for, by uid (Kueue v0.19.2, pkg/controller/constants). */
export const jobUidLabel = 'kueue.x-k8s.io/job-uid'

/** What Kueue writes into pod templates when it admits a job (Kueue v0.19.2, pkg/controller/jobframework/reconciler.go). */
export const injectedKeys = {
  labels: ['kueue.x-k8s.io/podset', 'kueue.x-k8s.io/local-queue-name', 'kueue.x-k8s.io/cluster-queue-name'],
  annotations: ['kueue.x-k8s.io/workload'],
} as const
