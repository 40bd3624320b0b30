"""A network as a program or a file to take home. No torch."""
