"""Files in an S3-compatible bucket instead of folders, where S3_URL names one (docs/operations.md, adr/0006)."""
