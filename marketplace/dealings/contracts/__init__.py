"""Public contracts after their award: whose they are where no NEQ says so, and those that come up for renewal."""
