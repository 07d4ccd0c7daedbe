-- DropIndex
DROP INDEX "ProbeClaim_replayId_expiresAt_idx";

-- DropIndex
DROP INDEX "TrialClaim_replayId_expiresAt_idx";

-- DropIndex
DROP INDEX "TrialClaim_replayId_owner_idx";

-- RedefineTables: keys were hexadecimal text
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_CachedResponse" (
    "key" BLOB NOT NULL PRIMARY KEY,
    "answer" JSONB NOT NULL,
    "answerHash" BLOB NOT NULL,
    "latencyMs" REAL NOT NULL,
    "costUsd" REAL,
    "createdAt" REAL NOT NULL
);
INSERT INTO "new_CachedResponse" ("answer", "answerHash", "costUsd", "createdAt", "key", "latencyMs") SELECT "answer", "answerHash", "costUsd", "createdAt", unhex("key"), "latencyMs" FROM "CachedResponse" WHERE unhex("key") IS NOT NULL;
DROP TABLE "CachedResponse";
ALTER TABLE "new_CachedResponse" RENAME TO "CachedResponse";
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
