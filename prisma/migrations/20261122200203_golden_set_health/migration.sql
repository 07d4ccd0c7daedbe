-- CreateTable
CREATE TABLE "Adjudication" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "goldenSetId" TEXT NOT NULL,
    "caseId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "label" TEXT,
    "rules" JSONB NOT NULL,
    "severity" TEXT,
    "note" TEXT NOT NULL,
    "author" TEXT NOT NULL,
    "createdAt" REAL NOT NULL,
    CONSTRAINT "Adjudication_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "HealthReport" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "goldenSetId" TEXT NOT NULL,
    "revision" INTEGER NOT NULL,
    "inputsHash" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "createdAt" REAL NOT NULL,
    CONSTRAINT "HealthReport_goldenSetId_fkey" FOREIGN KEY ("goldenSetId") REFERENCES "GoldenSet" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "HealthFinding" (
    "reportId" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "caseId" TEXT NOT NULL,
    "groupNumber" INTEGER,
    "detail" TEXT NOT NULL,

    PRIMARY KEY ("reportId", "kind", "rank"),
    CONSTRAINT "HealthFinding_reportId_fkey" FOREIGN KEY ("reportId") REFERENCES "HealthReport" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "Adjudication_goldenSetId_caseId_idx" ON "Adjudication"("goldenSetId", "caseId");

-- CreateIndex
CREATE UNIQUE INDEX "HealthReport_goldenSetId_revision_inputsHash_key" ON "HealthReport"("goldenSetId", "revision", "inputsHash");
