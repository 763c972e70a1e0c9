import { createPublicKey, generateKeyPair, type KeyObject, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import forge from 'node-forge'

/** A certificate and its key, both PEM; the key in PKCS #1 ("RSA PRIVATE KEY"). */
export interface Identity {
  readonly certificate: string
  readonly key: string
}

export interface Certificates {
  readonly authority: Identity
  readonly apiServer: Identity
  readonly admin: Identity
  /** one certificate for the webhooks of all operators */
  readonly webhooks: Identity
  /** signs the tokens of service accounts */
  readonly serviceAccounts: { readonly key: string; readonly publicKey: string }
}

/**
 * The names of every operator's own authority. Each operator accepts the pair in its Secret only if the authority carries
 * the name it would have given its own (open-policy-agent/cert-controller v0.16.0, pkg/rotator/rotator.go: CAName).
 */
const authorityNames = ['training-operator-ca', 'jobset-ca', 'kubeflow-trainer-ca', 'kueue-ca']

const webhookNames = [
  'training-operator.kubeflow.svc',
  'jobset-webhook-service.jobset-system.svc',
  'kubeflow-trainer-controller-manager.kubeflow-system.svc',
  'kueue-webhook-service.kueue-system.svc',
  'localhost',
]

const generate = promisify(generateKeyPair)

/** Generates in libuv's thread pool: five keys cost about as much time as two on two cores. */
async function rsaKey(): Promise<KeyObject> {
  const { privateKey } = await generate('rsa', { modulusLength: 2048 })
  return privateKey
}

const pkcs1 = (key: KeyObject): string => key.export({ type: 'pkcs1', format: 'pem' }).toString()
const publicPem = (key: KeyObject): string => createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()

interface Subject {
  readonly commonName: string
  readonly organization?: string
  readonly dnsNames?: readonly string[]
  readonly addresses?: readonly string[]
}

function issue(subject: Subject, key: KeyObject, issuer?: { identity: Identity; commonName: string }): Identity {
  const certificate = forge.pki.createCertificate()
  const now = Date.now()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicPem(key))
  // a first byte of 01 makes the number positive and its encoding minimal, which Go insists on (RFC 5280, 4.1.2.2)
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(now - 60 * 60 * 1000)
  certificate.validity.notAfter = new Date(now + 3650 * 24 * 60 * 60 * 1000)
  certificate.setSubject([
    ...(subject.organization ? [{ name: 'organizationName', value: subject.organization }] : []),
    { name: 'commonName', value: subject.commonName },
  ])
  certificate.setIssuer([{ name: 'commonName', value: issuer?.commonName ?? subject.commonName }])
  const altNames = [
    ...(subject.dnsNames ?? []).map((value) => ({ type: 2, value })),
    ...(subject.addresses ?? []).map((ip) => ({ type: 7, ip })),
  ]
  certificate.setExtensions([
    { name: 'basicConstraints', cA: issuer === undefined, critical: true },
    issuer === undefined
      ? { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true }
      : { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    ...(issuer === undefined ? [] : [{ name: 'extKeyUsage', serverAuth: true, clientAuth: true }]),
    ...(altNames.length > 0 ? [{ name: 'subjectAltName', altNames }] : []),
  ])
  const signer = issuer ? issuer.identity.key : pkcs1(key)
  certificate.sign(forge.pki.privateKeyFromPem(signer), forge.md.sha256.create())
  return { certificate: forge.pki.certificateToPem(certificate), key: pkcs1(key) }
}

/** Makes a new authority and everything signed by it, valid for ten years; keys are RSA 2048. */
export async function makeCertificates(): Promise<Certificates> {
  const [authorityKey, apiServerKey, adminKey, webhooksKey, accountsKey] = await Promise.all([
    rsaKey(),
    rsaKey(),
    rsaKey(),
    rsaKey(),
    rsaKey(),
  ])
  const commonName = 'test-control-plane'
  const authority = issue({ commonName, dnsNames: authorityNames }, authorityKey)
  const issuer = { identity: authority, commonName }
  return {
    authority,
    apiServer: issue(
      {
        commonName: 'kube-apiserver',
        dnsNames: ['localhost', 'kubernetes.default.svc'],
        addresses: ['127.0.0.1', '10.96.0.1'],
      },
      apiServerKey,
      issuer,
    ),
    admin: issue({ commonName: 'admin', organization: 'system:masters' }, adminKey, issuer),
    webhooks: issue({ commonName: 'webhooks', dnsNames: webhookNames }, webhooksKey, issuer),
    serviceAccounts: { key: pkcs1(accountsKey), publicKey: publicPem(accountsKey) },
  }
}
