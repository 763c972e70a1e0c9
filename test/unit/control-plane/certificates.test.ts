import { createPrivateKey, X509Certificate } from 'node:crypto'
import { expect, it } from 'vitest'
import { makeCertificates } from '../../cluster/certificates.ts'

it('certificates are what the API server and the operators take', async () => {
  const { authority, apiServer, admin, webhooks, serviceAccounts } = await makeCertificates()
  const root = new X509Certificate(authority.certificate)
  expect(root.ca).toBe(true)
  expect(root.subjectAltName).toBe('DNS:training-operator-ca, DNS:jobset-ca, DNS:kubeflow-trainer-ca, DNS:kueue-ca')
  for (const { certificate, key } of [apiServer, admin, webhooks]) {
    const leaf = new X509Certificate(certificate)
    expect(leaf.checkIssued(root)).toBe(true)
    expect(leaf.verify(root.publicKey)).toBe(true)
    expect(leaf.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(leaf.ca).toBe(false)
    expect(leaf.serialNumber).toMatch(/^01[0-9A-F]{30}$/)
  }
  expect(new X509Certificate(apiServer.certificate).checkIP('127.0.0.1')).toBe('127.0.0.1')
  expect(new X509Certificate(admin.certificate).subject).toBe('O=system:masters\nCN=admin')
  expect(new X509Certificate(webhooks.certificate).subjectAltName).toContain('DNS:training-operator.kubeflow.svc')
  const keys = [authority.key, apiServer.key, admin.key, webhooks.key, serviceAccounts.key]
  expect(keys.map((key) => key.split('\n')[0])).toEqual(Array(5).fill('-----BEGIN RSA PRIVATE KEY-----'))
})
