"""Commands for residents, their letters and ideas, agents, proposals and commitments."""
