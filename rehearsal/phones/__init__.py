"""The page of phones: what a person sees, types and taps in the rehearsal."""
