// open-and-close URL: opens the database, which migrates it, and prints how many migrations it then has.
import { openDatabase } from '~/storage/database'

const database = await openDatabase(process.argv[2] ?? '')
process.stdout.write(String(database.raw.prepare(`SELECT count(*) FROM _prisma_migrations WHERE finished_at IS NOT NULL`).pluck().get()))
await database.close()
