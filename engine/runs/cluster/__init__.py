"""The training processes, seen from the server: placement, migration and failover of runs."""
