"""Sending in an idea: writing it, choosing theme and province, and asking later what became of it."""
