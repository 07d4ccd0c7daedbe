import { defineConfig } from 'prisma/config'

/** Read by the Prisma CLI only; the app opens the database through app/storage. */
export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env.DATABASE_URL ?? 'file:./data/touchstone.db' },
})
