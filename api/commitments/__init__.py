"""The Council's Open Government plans and their commitments."""
