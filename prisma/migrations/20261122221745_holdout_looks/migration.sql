-- CreateTable
CREATE TABLE "HoldoutLook" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "goldenSetId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "author" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,
    "openUntil" REAL NOT NULL,
    CONSTRAINT "HoldoutLook_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "HoldoutLook_goldenSetId_createdAt_idx" ON "HoldoutLook"("goldenSetId", "createdAt");
