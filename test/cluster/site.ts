import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { dump } from 'js-yaml'
import type { Certificates } from './certificates.ts'
import { configurations, kubeconfigOf, type Site, servedCertificatesOf } from './components.ts'
import { certificateSecret } from './manifests.ts'
import { stages } from './stages.ts'

/** Writes everything the processes read: keys, kubeconfig, stages, configurations. */
export async function writeSite({ folder, ports }: Site, certificates: Certificates): Promise<void> {
  const { authority, apiServer, admin, serviceAccounts } = certificates
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [
      {
        name: 'test',
        cluster: {
          server: `https://127.0.0.1:${ports.apiServer}`,
          'certificate-authority-data': base64(authority.certificate),
        },
      },
    ],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': base64(admin.certificate), 'client-key-data': base64(admin.key) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin', namespace: 'default' } }],
  }
  const served = servedCertificatesOf(folder)
  const files: Record<string, string> = {
    [kubeconfigOf(folder)]: dump(kubeconfig),
    [join(folder, 'stages.yaml')]: stages()
      .map((stage) => dump(stage))
      .join('---\n'),
    [join(folder, 'pki', 'ca.crt')]: authority.certificate,
    [join(folder, 'pki', 'apiserver.crt')]: apiServer.certificate,
    [join(folder, 'pki', 'apiserver.key')]: apiServer.key,
    [join(folder, 'pki', 'service-accounts.key')]: serviceAccounts.key,
    [join(folder, 'pki', 'service-accounts.pub')]: serviceAccounts.publicKey,
  }
  for (const [name, data] of Object.entries(certificateSecret(certificates))) {
    files[join(served, name)] = Buffer.from(data, 'base64').toString()
  }
  for (const [name, configuration] of Object.entries(configurations({ folder, ports }))) {
    files[join(folder, name)] = JSON.stringify(configuration)
  }
  await Promise.all([
    mkdir(join(folder, 'pki'), { recursive: true }),
    mkdir(join(folder, 'logs'), { recursive: true }),
    mkdir(served, { recursive: true }),
  ])
  await satisfyMountCheck(certificates.webhooks.certificate)
  await Promise.all(Object.entries(files).map(([path, text]) => writeFile(path, text, { mode: 0o600 })))
}

/**
 * Puts a file where the operators look before they register their webhooks. They serve from the temporary folder, but wait
 * for a certificate under /tmp whatever that folder is, and only look whether it exists (training-operator v1.9.4 and
 * jobset v0.12.0, cert.go: certDir; cert-controller v0.16.0, rotator.go: ensureCertsMounted). Nothing there is replaced:
 * other control planes of this machine look at the same file.
 */
async function satisfyMountCheck(certificate: string): Promise<void> {
  const folder = '/tmp/k8s-webhook-server/serving-certs'
  const file = join(folder, 'tls.crt')
  if (existsSync(file)) return
  await mkdir(folder, { recursive: true })
  await writeFile(file, certificate)
}
