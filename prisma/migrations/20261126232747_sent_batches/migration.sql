-- CreateTable
CREATE TABLE "SentBatch" (
    "tag" TEXT NOT NULL,
    "batchId" TEXT NOT NULL,
    "sentAt" REAL NOT NULL,

    PRIMARY KEY ("tag", "batchId")
);
