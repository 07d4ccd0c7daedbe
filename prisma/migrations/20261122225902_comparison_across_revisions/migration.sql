-- AlterTable
ALTER TABLE "ComparisonCase" ADD COLUMN "flipByNewLabels" TEXT;
ALTER TABLE "ComparisonCase" ADD COLUMN "relabelling" TEXT;
