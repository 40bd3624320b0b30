"""The training processes, seen from the server: where runs are put, moved and taken up again."""
