"""The page of phones: what people see, type and tap in the rehearsal."""
