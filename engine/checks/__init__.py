"""Checks before a long run: does this network, with these settings, learn at all?"""
