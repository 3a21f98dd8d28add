"""Policy drafts, their rounds of comments and the answers. Reserved: lands in a later release."""
