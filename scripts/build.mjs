// npm run build: everything that `npm start` serves from.
import { buildNodeSide, buildWebApp, checkNode, generateClient, install, runSteps } from './steps.mjs'

await runSteps(async () => {
  checkNode()
  await install({ development: false })
  await generateClient()
  await buildNodeSide()
  await buildWebApp()
})
