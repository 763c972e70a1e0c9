import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { inline, temporaryFolder } from '../../test/unit/api-server.ts'
import { type Credentials, credentialsFor } from './credentials.ts'
import type { UserEntry } from './kubeconfig.ts'

function login(user: UserEntry, server = 'https://k8s.example', now = () => 0): Promise<Credentials> {
  const settings = { context: '', namespace: '', server, cluster: {}, user, userName: 'me' }
  const { signal } = new AbortController()
  return credentialsFor({ settings, environment: {}, signal, warn: () => undefined, now, terminal: () => false })
}

const certificate = { clientCertificateData: inline('CERT'), clientKeyData: inline('KEY') }
const never = {
  apiVersion: 'x',
  command: '/never/run',
  args: [],
  env: [],
  provideClusterInfo: false,
  interactiveMode: 'Never',
}

describe('credentialsFor', () => {
  it.each<[string, UserEntry, authorization: string | undefined, certificate: string | undefined]>([
    ['nothing', {}, undefined, undefined],
    ['a token', { token: 't' }, 'Bearer t', undefined],
    ['a password', { username: 'u', password: 'p:ä' }, `Basic ${Buffer.from('u:p:ä').toString('base64')}`, undefined],
    ['a client certificate', certificate, undefined, 'CERT'],
    ['a certificate and a token', { ...certificate, token: 't' }, 'Bearer t', 'CERT'],
    ['a token goes before an exec plugin', { token: 't', exec: never }, 'Bearer t', undefined],
    ['a certificate goes before an exec plugin', { ...certificate, exec: never }, undefined, 'CERT'],
  ])('%s', async (_, user, authorization, expected) => {
    const credential = await (await login(user)).current()
    expect(credential.authorization).toBe(authorization)
    expect(credential.certificate?.toString()).toBe(expected)
  })

  it('reads certificate and key from files', async () => {
    const folder = temporaryFolder()
    writeFileSync(path.join(folder, 'c'), 'CERT')
    writeFileSync(path.join(folder, 'k'), 'KEY')
    const user = { clientCertificate: path.join(folder, 'c'), clientKey: path.join(folder, 'k') }
    const credential = await (await login(user)).current()
    expect([credential.certificate?.toString(), credential.key?.toString()]).toEqual(['CERT', 'KEY'])
  })

  it('sends nothing over plain HTTP, as kubectl', async () => {
    expect(await (await login({ token: 't', exec: never }, 'http://k8s.example')).current()).toEqual({})
  })

  it('says which file is missing', async () => {
    await expect(login({ clientCertificate: '/no/c', clientKey: '/no/k', origin: '/config' })).rejects.toMatchObject({
      failure: { kind: 'invalidKubeconfig', path: '/config', message: '/no/c cannot be read (ENOENT)' },
    })
  })
})

describe('credentialsFor: a token file', () => {
  it('is read again after a minute, and when the server refuses the token', async () => {
    const file = path.join(temporaryFolder(), 'token')
    let now = 0
    writeFileSync(file, 'first\n')
    const credentials = await login({ tokenFile: file }, undefined, () => now)
    expect((await credentials.current()).authorization).toBe('Bearer first')

    writeFileSync(file, 'second')
    now = 59_000
    expect((await credentials.current()).authorization).toBe('Bearer first')
    now = 60_000
    expect((await credentials.current()).authorization).toBe('Bearer second')

    const refused = await credentials.current()
    expect(await credentials.renew(refused), 'the same token is not worth another try').toBe(false)
    writeFileSync(file, 'third')
    expect(await credentials.renew(refused)).toBe(true)
    expect((await credentials.current()).authorization).toBe('Bearer third')
  })

  it.each([
    ['that is absent', undefined, /token cannot be read \(ENOENT\)$/],
    ['that is empty', ' \n', /^the token file .*token is empty$/],
  ])('%s is an error', async (_, content, message) => {
    const file = path.join(temporaryFolder(), 'token')
    if (content === undefined) rmSync(file, { force: true })
    else writeFileSync(file, content)
    const credentials = await login({ tokenFile: file })
    await expect(credentials.current()).rejects.toMatchObject({
      failure: { kind: 'invalidKubeconfig', message: expect.stringMatching(message) },
    })
  })
})
