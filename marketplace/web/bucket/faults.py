"""What goes wrong with a bucket, as callers know it from a disk."""


class BucketFault(OSError):
    """The bucket does not answer, or refuses. Says which one, which request and which code; never an address of a file."""
