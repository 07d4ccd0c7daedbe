import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Server } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRequestHandler } from '@remix-run/express'
import type { ServerBuild } from '@remix-run/node'
import express, { type NextFunction, type Request, type Response } from 'express'
import { TouchstoneError } from '../lib/errors'
import type { Logger } from '../lib/logger'
import { sealHoldout } from '../services/seal-holdout'
import type { Workspace } from '../services/workspace-api'
import { allowedHostsOf, refuseRequest } from './request-guard'
import { readLookIds } from '../lib/look-cookie'

export type RunningServer = { url: string; close(): Promise<void> }

/**
 * Serves the built app. `buildFolder` is Remix's build directory. Throws a TouchstoneError when the build is missing or the port is taken.
 * `close` stops accepting, ends open event streams and resolves when the last response is done.
 */
export async function startServer(options: {
  workspace: Workspace
  buildFolder: string
  host: string
  port: number
  /** Names beside localhost and `host` that the server is reached by. */
  allowedHosts?: readonly string[]
  logger: Logger
}): Promise<RunningServer> {
  const { workspace, buildFolder, host, port, logger } = options
  const serverFile = join(buildFolder, 'server', 'index.js')
  if (!existsSync(serverFile))
    throw new TouchstoneError('configuration', 'The web app is not built yet.', 'Run "npm run build", or "npm start", which does it all.')
  const build = (await import(pathToFileURL(serverFile).href)) as ServerBuild

  const app = express()
  app.disable('x-powered-by')
  app.use((request, response, next) => secureHeaders(request, response, next))
  const allowedHosts = allowedHostsOf(host, options.allowedHosts ?? [])
  app.use((request, response, next) => {
    const refusal = refuseRequest(request, allowedHosts)
    if (refusal) response.status(refusal.status).type('text/plain').send(`${refusal.message}\n`)
    else next()
  })
  app.use('/assets', express.static(join(buildFolder, 'client', 'assets'), { immutable: true, maxAge: '1y' }))
  app.use(express.static(join(buildFolder, 'client'), { maxAge: '1h' }))
  app.get('/healthz', (_request, response) => void response.type('text/plain').send('ok\n'))
  app.all(
    '*',
    createRequestHandler({
      build,
      getLoadContext: (request, response) => {
        const lookIds = readLookIds(request.headers.cookie)
        return { workspace: sealHoldout(workspace, lookIds), lookIds, nonce: String(response.locals.nonce) }
      },
    }),
  )
  app.use((error: unknown, _request: Request, response: Response, next: NextFunction) => {
    logger.error('request failed', { error: error instanceof Error ? error.message : String(error) })
    if (response.headersSent) return next(error)
    response.status(500).type('text/plain').send('Something went wrong on the server. Its log says what.\n')
  })

  const server = await listen(app, host, port)
  const address = server.address()
  const actualPort = typeof address === 'object' && address ? address.port : port
  return {
    url: `http://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}:${actualPort}`,
    close: () => closeServer(server),
  }
}

function listen(app: express.Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host.replace(/^\[|\]$/g, ''), () => resolve(server))
    server.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE')
        reject(
          new TouchstoneError(
            'configuration',
            `Port ${port} on ${host} is already in use.`,
            'Stop the other program, or choose another port: PORT=3001 npm start.',
            { cause },
          ),
        )
      else if (cause.code === 'EACCES' || cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND')
        reject(
          new TouchstoneError('configuration', `Cannot listen on ${host}:${port} (${cause.code}).`, 'Choose another HOST or PORT.', {
            cause,
          }),
        )
      else reject(cause)
    })
  })
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
    // Event streams never end by themselves.
    setTimeout(() => server.closeAllConnections(), 500).unref()
  })
}

/** Content is hostile: nothing but our own scripts runs, nothing may frame the app, and nothing is fetched from elsewhere. */
function secureHeaders(_request: Request, response: Response, next: NextFunction) {
  const nonce = randomBytes(16).toString('base64')
  response.locals.nonce = nonce
  response.set({
    'Content-Security-Policy': [
      "default-src 'self'",
      `script-src 'self' 'nonce-${nonce}'`,
      // The editor and the virtualised tables position their lines with style attributes.
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self' data:",
      "worker-src 'self' blob:",
      "connect-src 'self'",
      "object-src 'none'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
      "form-action 'self'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
  next()
}
